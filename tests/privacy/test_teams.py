"""What stays of a team when its people are forgotten."""

from datetime import timedelta

import pytest

from core import clock
from privacy.erasure import forget
from privacy.retention import purge
from tests.factories.volunteers import make_volunteer
from volunteers.actions.teams import end_team, found_team, join_team, leave_team
from volunteers.models import Team, TeamMember, Volunteer

pytestmark = pytest.mark.django_db


def team_with_a_member() -> tuple[Team, Volunteer]:
    leader, member = make_volunteer(), make_volunteer()
    team = found_team(name="桂芳的夜班队", leader=leader, by=leader.user, at=clock.now())
    join_team(join_code=team.join_code, volunteer=member, by=member.user, at=clock.now())
    return team, member


def test_a_member_who_is_forgotten_is_gone_from_the_team() -> None:
    team, member = team_with_a_member()

    forget(user=member.user, at=clock.now())

    assert not TeamMember.objects.filter(volunteer=member).exists()
    assert Team.objects.live().filter(pk=team.pk).exists()


def test_the_team_of_a_forgotten_leader_ends_and_loses_its_name() -> None:
    team, member = team_with_a_member()

    forget(user=team.leader.user, at=clock.now())

    team.refresh_from_db()
    assert team.ended_at is not None
    assert "桂芳" not in team.name
    assert not TeamMember.objects.filter(volunteer=member, left_at=None).exists()


def test_a_year_after_the_end_a_team_is_deleted() -> None:
    team, member = team_with_a_member()
    at = clock.now()
    leave_team(team=team, volunteer=member, by=member.user, at=at)
    end_team(team=team, volunteer=team.leader, by=team.leader.user, at=at)

    purge(at=at + timedelta(days=364))
    assert TeamMember.objects.count() == 2
    purge(at=at + timedelta(days=366))

    assert not TeamMember.objects.exists()
    assert not Team.objects.exists()
