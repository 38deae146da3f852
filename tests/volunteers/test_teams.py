"""Teams: founded, joined by a code, left and ended."""

import pytest

from core import clock
from tests.factories.volunteers import make_volunteer
from volunteers.actions import teams
from volunteers.actions.teams import end_team, found_team, join_team, leave_team
from volunteers.models import Team, Volunteer
from volunteers.queries import members_of_team, team_of, teams_of

pytestmark = pytest.mark.django_db


def found(leader: Volunteer | None = None, name: str = " Night shift ") -> Team:
    leader = leader or make_volunteer()
    return found_team(name=name, leader=leader, by=leader.user, at=clock.now())


def join(team: Team, volunteer: Volunteer | None = None, code: str = "") -> Volunteer:
    volunteer = volunteer or make_volunteer()
    join_team(join_code=code or team.join_code, volunteer=volunteer, by=volunteer.user, at=clock.now())
    return volunteer


def test_whoever_founds_a_team_leads_it_and_belongs_to_it() -> None:
    team = found()

    assert team.name == "Night shift"
    assert members_of_team(team) == [team.leader]
    assert teams_of(team.leader) == [team]


def test_others_come_in_by_the_code_as_they_type_it() -> None:
    team = found()

    member = join(team, code=f" {team.join_code[:3].lower()}-{team.join_code[3:]} ")

    assert members_of_team(team) == [team.leader, member]
    assert teams_of(member)[0].people == 2


def test_nobody_joins_twice_or_by_a_wrong_code_or_into_a_full_team(monkeypatch: pytest.MonkeyPatch) -> None:
    team = found()
    member = join(team)

    with pytest.raises(teams.InTeamAlready):
        join(team, member)
    with pytest.raises(teams.NoSuchTeam):
        join(team, code="NOTHERE")
    monkeypatch.setattr(teams, "MEMBERS_MOST", 2)
    with pytest.raises(teams.TeamFull):
        join(team)


def test_nobody_belongs_to_teams_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teams, "TEAMS_MOST", 1)
    team = found()

    with pytest.raises(teams.TooManyTeams):
        found(team.leader)
    with pytest.raises(teams.TooManyTeams):
        join(found(), team.leader)


@pytest.mark.parametrize(("name", "error"), [(" ", teams.NameMissing), ("x" * 61, teams.NameTooLong)])
def test_a_team_has_a_name_of_some_length(name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        found(name=name)


def test_a_member_leaves_and_may_come_again() -> None:
    team = found()
    member = join(team)

    leave_team(team=team, volunteer=member, by=member.user, at=clock.now())
    with pytest.raises(teams.NotInTeam):
        leave_team(team=team, volunteer=member, by=member.user, at=clock.now())
    assert team_of(member, team.code) is None

    join(team, member)
    assert team_of(member, team.code) == team


def test_a_leader_ends_the_team_and_nobody_else() -> None:
    team = found()
    member = join(team)

    with pytest.raises(teams.LeaderStays):
        leave_team(team=team, volunteer=team.leader, by=team.leader.user, at=clock.now())
    with pytest.raises(teams.NotLeader):
        end_team(team=team, volunteer=member, by=member.user, at=clock.now())
    end_team(team=team, volunteer=team.leader, by=team.leader.user, at=clock.now())

    assert (teams_of(member), teams_of(team.leader)) == ([], [])
    with pytest.raises(teams.NoSuchTeam):
        join(team)
