"""Teams: people who sign up as one. Each comes in by their own word, and leaves by it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from volunteers.models import Team, TeamMember, Volunteer

NAME_MOST = 60
MEMBERS_MOST = 50
TEAMS_MOST = 10


class NameMissing(DomainError):
    code = "name-missing"
    text = _("Give the team a name")


class NameTooLong(DomainError):
    code = "name-too-long"
    text = _("Use at most %(most)s characters")


class NoSuchTeam(DomainError):
    code = "no-such-team"
    text = _("There is no team with this code any more. Ask whoever sent it to you")


class InTeamAlready(DomainError):
    code = "in-team-already"
    text = _("You belong to this team already")


class TeamFull(DomainError):
    code = "team-full"
    text = _("A team has at most %(most)s people. Found another one beside it")


class TooManyTeams(DomainError):
    code = "too-many-teams"
    text = _("You belong to %(most)s teams. Leave one first")


class NotInTeam(DomainError):
    code = "not-in-team"
    text = _("You do not belong to this team any more")


class LeaderStays(DomainError):
    code = "leader-stays"
    text = _("You lead this team. End it instead, or ask somebody else to found one")


class NotLeader(DomainError):
    code = "not-leader"
    text = _("Only whoever leads the team can do this")


@transaction.atomic
def found_team(*, name: str, leader: Volunteer, by: User, at: datetime) -> Team:
    """A new team, with its leader as the first member."""
    name = name.strip()
    if not name:
        raise NameMissing(field="name")
    if len(name) > NAME_MOST:
        raise NameTooLong(field="name", most=NAME_MOST)
    _refuse_too_many(leader)
    team = Team.objects.create(name=name, leader=leader, made_at=at)
    TeamMember.objects.create(team=team, volunteer=leader, joined_at=at)
    audit.record(verb="team.founded", by=by, at=at, subject=team)
    return team


@transaction.atomic
def join_team(*, join_code: str, volunteer: Volunteer, by: User, at: datetime) -> Team:
    """Belong to the team whose code somebody was given."""
    typed = "".join(join_code.split()).replace("-", "").upper()
    team = Team.objects.live().select_for_update(no_key=True).filter(join_code=typed).first()
    if team is None:
        raise NoSuchTeam(field="join_code")
    _refuse_too_many(volunteer)
    if team.members.filter(left_at=None).count() >= MEMBERS_MOST:
        raise TeamFull(field="join_code", most=MEMBERS_MOST)
    try:
        with transaction.atomic():
            TeamMember.objects.create(team=team, volunteer=volunteer, joined_at=at)
    except IntegrityError as error:
        raise InTeamAlready(field="join_code") from error
    audit.record(verb="team.joined", by=by, at=at, subject=team, data={"number": volunteer.number})
    return team


@transaction.atomic
def leave_team(*, team: Team, volunteer: Volunteer, by: User, at: datetime) -> None:
    """Belong to it no longer; a leader ends the team instead."""
    if team.leader_id == volunteer.pk:
        raise LeaderStays
    if not TeamMember.objects.filter(team=team, volunteer=volunteer, left_at=None).update(left_at=at):
        raise NotInTeam
    audit.record(verb="team.left", by=by, at=at, subject=team, data={"number": volunteer.number})


@transaction.atomic
def end_team(*, team: Team, volunteer: Volunteer, by: User, at: datetime) -> None:
    """The leader ends it; seats that its members took are their own, and stay."""
    if team.leader_id != volunteer.pk:
        raise NotLeader
    if not Team.objects.live().filter(pk=team.pk).update(ended_at=at):
        raise NoSuchTeam
    TeamMember.objects.filter(team=team, left_at=None).update(left_at=at)
    audit.record(verb="team.ended", by=by, at=at, subject=team)


def _refuse_too_many(volunteer: Volunteer) -> None:
    live = TeamMember.objects.filter(volunteer=volunteer, left_at=None, team__ended_at=None)
    if live.count() >= TEAMS_MOST:
        raise TooManyTeams(most=TEAMS_MOST)
