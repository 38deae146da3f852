"""The moment at which a seat changes hands: one transaction, and the counters of the roles stay as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from core import audit
from core.errors import DomainError
from core.models import AuditRecord
from tasks.actions.handovers.errors import HandoverOver, NotForTheOther, UnequalParties
from tasks.actions.holding import hold_next, settle_place
from tasks.actions.refusals import NoSuchSeat
from tasks.actions.seats import AlreadyHere, insert_seat, refuse_unless_fit
from tasks.models import Assignment, CheckIn, Handover, ShiftRole
from tasks.policies import FOR_WHO_COMES_ALONE, Ground
from tasks.queries.seats import for_sign_up, lock_people
from volunteers.models import Volunteer

# The seat is taken already, by whoever gives it; and what holds for those who come by themselves does not hold here.
PASSED = FOR_WHO_COMES_ALONE | {Ground.SHIFT_FULL, Ground.PARTY}


@dataclass(frozen=True)
class Passed:
    """A seat that went from one person to another."""

    old: Assignment
    new: Assignment
    giver: Volunteer
    taker: Volunteer


def lock_both(handover: Handover, taker: Volunteer) -> None:
    """Make every other sign-up and handover of these two wait: what is read of their days then holds."""
    lock_people([handover.assignment.volunteer.user_id, taker.user_id])


def complete(
    handover: Handover, taker: Volunteer, in_return: Assignment | None, *, by: User, at: datetime
) -> list[Passed]:
    """Give each the other's seat, or the taker the holder's; raises what a sign-up of that person raises.

    Until an organizer decides it is the taker who asks: what keeps the holder from a seat is then NotForTheOther.

    Both people are locked already. The roles are locked first and the seats by their ids, as everywhere; the old
    seats end before anybody is weighed, so that what somebody gives does not stand in their own way.
    """
    holder = handover.assignment.volunteer
    ways = [(handover.assignment, holder, taker)]
    if in_return is not None:
        ways.append((in_return, taker, holder))
    seats = _locked([seat for seat, _, _ in ways])
    if len({seat.seats for seat in seats.values()}) > 1:
        raise UnequalParties
    if CheckIn.objects.valid().filter(assignment__in=list(seats)).exists():
        raise AlreadyHere
    Assignment.objects.filter(pk__in=list(seats)).update(
        status=Assignment.Status.HANDED_ON, ended_at=at, ended_by=by, join_code=None
    )
    passed = []
    for seat, giver, receiver in ways:
        try:
            passed.append(_give(seats[seat.pk], giver, receiver, by=by, at=at, handover=handover))
        except DomainError as error:
            if receiver is not holder or handover.decided_by_id is not None:
                raise
            raise NotForTheOther(name=holder.user.name) from error
    _record(passed, handover, by=by, at=at)
    return passed


def _locked(wanted: Sequence[Assignment]) -> dict[int, Assignment]:
    """The live seats as they are now, by id; their roles are locked before them, in one order."""
    roles = sorted({seat.role_id for seat in wanted})
    list(
        ShiftRole.objects.select_for_update(no_key=True).filter(pk__in=roles).order_by("pk").values_list("pk")
    )
    live = Assignment.objects.live().filter(pk__in=[seat.pk for seat in wanted])
    found = {seat.pk: seat for seat in live.select_for_update(no_key=True, of=("self",)).order_by("pk")}
    if len(found) != len(wanted):
        raise HandoverOver
    return found


def _give(
    seat: Assignment, giver: Volunteer, taker: Volunteer, *, by: User, at: datetime, handover: Handover
) -> Passed:
    found = for_sign_up(role=ShiftRole(pk=seat.role_id), user_id=taker.user_id, at=at)
    if found is None:
        raise NoSuchSeat
    refuse_unless_fit(found, at=at, seats=seat.seats, overriding=False, apart_from=PASSED)
    new = insert_seat(found, by=by, at=at, seats=seat.seats)
    if seat.join_code:
        # Places that are kept in a party stay those of the seat, whoever holds it.
        Assignment.objects.filter(pk=new.pk).update(join_code=seat.join_code)
        new.join_code = seat.join_code
    # Whoever waited for a seat of this role has one, and what was held for them goes to the next.
    if settle_place(new, by=by, at=at):
        hold_next(new.role_id, at)
    seat.shift = new.shift
    return Passed(seat, new, giver, taker)


def _record(passed: list[Passed], handover: Handover, *, by: User, at: datetime) -> None:
    AuditRecord.objects.bulk_create(
        audit.entry(
            verb="seat.handed_on",
            by=by,
            at=at,
            subject=each.old,
            area_code=each.new.shift.area.code,
            data={
                "shift": each.new.shift.code,
                "seats": each.new.seats,
                "to": each.new.code,
                "handover": handover.code,
            },
        )
        for each in passed
    )
