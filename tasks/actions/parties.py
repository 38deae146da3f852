"""Several seats under one sign-up: whoever comes along takes one of them in their own name.

The order of locks is that of every change of seats: the person, the role, its line, the assignments. The counters of
the role stay as they are while a seat changes its name.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, doorbell
from core.doorbell import Job
from core.errors import DomainError
from notifications.actions import queue_messages
from tasks import policies
from tasks.actions.holding import hold_next, settle_place
from tasks.actions.refusals import NoSuchSeat, Stale
from tasks.actions.seats import (
    AlreadyHere,
    NotHolding,
    TooLateToRelease,
    insert_seat,
    record_seat,
    refuse_unless_fit,
    taken_notice,
)
from tasks.models import Assignment, CheckIn, Offer, ShiftRole
from tasks.notices import parties as notices
from tasks.policies import Ground
from tasks.queries.parties import party_of
from tasks.queries.seats import for_sign_up
from volunteers.models import Volunteer

# The seat was taken in time, and the organizer agreed to the whole party. Who may come yet still holds for each.
PASSED = frozenset({Ground.SHIFT_FULL, Ground.SIGN_UP_CLOSED, Ground.NEEDS_APPROVAL, Ground.PARTY})


class NoSuchParty(DomainError):
    code = "no-such-party"
    text = _("There is no party with this code any more. Ask whoever sent it to you")


class PartyFull(DomainError):
    code = "party-full"
    text = _("Everybody of this party has come already. If the shift has a free seat, take one of your own")


class NotFewer(DomainError):
    code = "not-fewer"
    text = _("A party can only become smaller here, down to %(least)s. To leave altogether, step back")


class NoPartyToReturnTo(DomainError):
    code = "no-party"
    text = _("Whoever kept the place for you has left. Step back instead, and the seat goes to the next")


@transaction.atomic
def claim_place(*, join_code: str, by: User, at: datetime, volunteer: Volunteer | None = None) -> Assignment:
    """Move one seat of a party to a person of their own; nothing else changes about the shift.

    Every rule of a sign-up holds for the person, apart from those that the party passed already. Raises NoSuchParty,
    PartyFull, or what a sign-up raises.
    """
    party = party_of(join_code)
    if party is None:
        raise NoSuchParty
    user_id = volunteer.user_id if volunteer else by.pk
    found = for_sign_up(role=ShiftRole(pk=party.role_id), user_id=user_id, at=at, lock=True)
    if found is None:
        raise NoSuchSeat
    refuse_unless_fit(found, at=at, seats=1, overriding=False, apart_from=PASSED)
    role = ShiftRole.objects.select_for_update(no_key=True).get(pk=party.role_id)
    if role.version != found.role.version:
        raise Stale
    # Asked for under the lock: two who come at once for the last place find it one after the other.
    left = Assignment.objects.live().filter(pk=party.pk, join_code=party.join_code, seats__gt=1)
    if not left.update(seats=F("seats") - 1):
        raise PartyFull
    assignment = insert_seat(found, by=by, at=at, seats=1)
    Assignment.objects.filter(pk=assignment.pk).update(came_with=party)
    assignment.came_with = party
    Offer.objects.open(at=at).filter(role=role, volunteer=found.volunteer).update(
        status=Offer.Status.ACCEPTED, ended_at=at, assignment=assignment
    )
    if settle_place(assignment, by=by, at=at):
        hold_next(role.pk, at)
    joined = notices.party_joined(party, found.volunteer.user)
    queue_messages(notices=[taken_notice(found, assignment, by), joined], at=at)
    record_seat("seat.claimed", assignment, found, by=by, at=at, party=party.code)
    return assignment


@transaction.atomic
def leave_party(*, assignment: Assignment, by: User, at: datetime) -> Assignment:
    """Give one's place back to whoever kept it, who may bring somebody else; the counters stay as they are.

    As for every seat: until the shift's notice, and not once checked in. Returns the ended assignment.
    """
    _refuse_if_bound(assignment, at)
    ShiftRole.objects.select_for_update(no_key=True).get(pk=assignment.role_id)
    live = Assignment.objects.live()
    if not live.filter(pk=assignment.pk).update(
        status=Assignment.Status.RELEASED, ended_at=at, ended_by=by, end_reason=""
    ):
        raise NotHolding
    party = live.filter(pk=assignment.came_with_id or 0, join_code__isnull=False)
    if not party.update(seats=F("seats") + 1):
        raise NoPartyToReturnTo
    assignment.status, assignment.ended_at, assignment.ended_by = Assignment.Status.RELEASED, at, by
    holder = party.select_related("volunteer__user", *_SHOWN).get()
    queue_messages(notices=[notices.party_left(holder, assignment)], at=at)
    _record("seat.back_to_party", assignment, by=by, at=at, party=holder.code)
    return assignment


@transaction.atomic
def shrink_party(*, assignment: Assignment, seats: int, by: User, at: datetime) -> Assignment:
    """Come with fewer; what is given back is held for the next in line, or free. `seats` counts the holder in."""
    _refuse_if_bound(assignment, at)
    role = ShiftRole.objects.filter(pk=assignment.role_id)
    role.select_for_update(no_key=True).get()
    live = Assignment.objects.live().filter(pk=assignment.pk)
    now = live.values_list("seats", flat=True).first()
    if now is None:
        raise NotHolding
    if not 1 <= seats < now:
        raise NotFewer(field="seats", least=1)
    live.update(seats=seats)
    role.update(seats_taken=F("seats_taken") - (now - seats))
    assignment.seats = seats
    hold_next(assignment.role_id, at)
    doorbell.ring(Job.OFFER_NEXT, role_id=assignment.role_id)
    _record("seat.party_made_smaller", assignment, by=by, at=at, given_back=now - seats)
    return assignment


_SHOWN = ("shift__task", "shift__organization", "shift__area__parent__parent")


def _refuse_if_bound(assignment: Assignment, at: datetime) -> None:
    """Raise what refuses giving a seat back."""
    shift = assignment.shift
    until = policies.release_until(shift.starts_at, shift.release_notice_minutes)
    if until is not None and at > until:
        raise TooLateToRelease
    if CheckIn.objects.valid().filter(assignment=assignment).exists():
        raise AlreadyHere


def _record(verb: str, assignment: Assignment, *, by: User, at: datetime, **more: object) -> None:
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=assignment,
        area_code=assignment.shift.area.code,
        data={"shift": assignment.shift.code, "seats": assignment.seats, **more},
    )
