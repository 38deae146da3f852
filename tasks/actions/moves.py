"""What moving a shift does to those who hold a seat in it."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import get_language

from accounts.models import User
from core import audit
from notifications.actions import queue_messages
from tasks.models import Assignment, CheckIn, Shift, ShiftRole
from tasks.notices import shifts as notices
from tasks.queries.roster import seats_of

# The message is read in the volunteer's language, the record in that of whoever moved the shift.
DOUBLE_BOOKED = {
    "zh": "这一班改了时间，和你的另一班撞上了。",
    "en": "The shift was moved to a time at which you have another one.",
}


def move_seats(shift: Shift, *, by: User, at: datetime) -> None:
    """Give everybody's seat the new time; release those whom it would put in two places at once.

    Whoever is there already keeps the seat for the time that it had: they can still leave, and their hours count.
    """
    period = (shift.starts_at, shift.ends_at) if shift.starts_at else None
    seats = Assignment.objects.live().filter(shift=shift)
    here: set[int] = set()
    if period is not None:
        here = _release_double_booked(shift, period, by=by, at=at)
    seats.exclude(pk__in=here).update(period=period)


def _release_double_booked(
    shift: Shift, period: tuple[datetime | None, datetime | None], *, by: User, at: datetime
) -> set[int]:
    """Release them, and return the seats of those who are in two places and have checked in here."""
    elsewhere = Assignment.objects.live().filter(period__overlap=period).exclude(shift=shift)
    both = (
        Assignment.objects.live()
        .filter(shift=shift, volunteer__in=elsewhere.values("volunteer"))
        .select_related("volunteer__user")
    )
    here = set(CheckIn.objects.valid().filter(assignment__in=both).values_list("assignment", flat=True))
    torn = [seat for seat in both if seat.pk not in here]
    torn += _second_seats(shift, {assignment.pk for assignment in torn})
    if not torn:
        return here
    why = DOUBLE_BOOKED["en" if (get_language() or "").startswith("en") else "zh"]
    Assignment.objects.filter(pk__in=[assignment.pk for assignment in torn]).update(
        status=Assignment.Status.REMOVED, ended_at=at, ended_by=by, end_reason=why
    )
    _give_back(torn)
    queue_messages(
        notices=[notices.seat_removed(seat, shift, seat.volunteer.user, DOUBLE_BOOKED) for seat in torn],
        at=at,
    )
    for seat in torn:
        audit.record(
            verb="seat.removed",
            by=by,
            at=at,
            subject=seat,
            area_code=shift.area.code,
            reason=why,
            data={"shift": shift.code, "seats": seat.seats},
        )
    return here


def _second_seats(shift: Shift, leaving: set[int]) -> list[Assignment]:
    """Seats of people who hold two in work that had no fixed time until now: the first one stays."""
    seen: set[int] = set()
    second = []
    for seat in seats_of(shift):
        if seat.pk not in leaving and seat.volunteer_id in seen:
            second.append(seat)
        seen.add(seat.volunteer_id)
    return second


def _give_back(seats: list[Assignment]) -> None:
    for role_id in {seat.role_id for seat in seats}:
        count = sum(seat.seats for seat in seats if seat.role_id == role_id)
        ShiftRole.objects.filter(pk=role_id).update(seats_taken=F("seats_taken") - count)
