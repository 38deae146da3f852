"""Signing up a team: the leader's party, and a word to each member with the way to their place."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from notifications.actions import queue_messages
from tasks import policies
from tasks.actions.seats import sign_up
from tasks.models import Assignment, ShiftRole
from tasks.notices.parties import team_place
from tasks.queries.parties import party_of
from tasks.queries.seats import SeatWanted
from volunteers.models import Team, Volunteer


class NotYourTeam(DomainError):
    code = "not-your-team"
    text = _("Only whoever leads the team signs it up")


class TeamOfOne(DomainError):
    code = "team-of-one"
    text = _("Nobody has joined this team yet. Send its code to those who belong to it")


@transaction.atomic
def sign_up_team(
    *,
    role: ShiftRole | SeatWanted,
    team: Team,
    leader: Volunteer,
    by: User,
    at: datetime,
    seats: int | None = None,
) -> Assignment:
    """A party of `seats` (else of the whole team, at most ten) for the leader; members take their places by its code.

    Nobody is signed up who did not say so: a place is kept for whoever of the team comes first.
    """
    if team.leader_id != leader.pk or team.ended_at is not None:
        raise NotYourTeam
    members = list(
        User.objects.filter(
            is_active=True,
            pk__in=team.members.filter(left_at=None).exclude(volunteer=leader).values("volunteer__user"),
        ).order_by("pk")
    )
    if not members:
        raise TeamOfOne
    wanted = seats or min(len(members) + 1, policies.SEATS_AT_ONCE)
    seat = sign_up(role=role, by=by, at=at, volunteer=leader, seats=wanted)
    party = party_of(seat.join_code or "")
    if party is not None:
        queue_messages(notices=[team_place(party, user, team=team.name) for user in members], at=at)
    return seat
