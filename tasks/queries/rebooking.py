"""What somebody can do instead whose seat is gone or was moved."""

from datetime import datetime

from tasks.models import Assignment, Shift, Waiting
from tasks.queries.candidates import Candidate, free, seats_near, weighed
from tasks.queries.finding import Alternative, first_of_each_shift, rows_of_shifts
from volunteers.models import Volunteer

MOST = 6
# In which order other shifts come, and what time is worth: so many hours as a kilometre.
SAME_TASK, SAME_ORGANIZATION, SAME_CAUSE, OTHER = range(4)
HOURS_A_KM = 4
_SHIFT = ("shift__task__type__cause", "shift__organization", "shift__area__parent__parent")


def lost_seat(code: str, volunteer: Volunteer) -> Assignment | Waiting | None:
    """A volunteer's own seat by its code, or the place in line into which it turned; with the shift."""
    seats = Assignment.objects.filter(volunteer=volunteer, code=code).select_related("role", *_SHIFT)
    found = seats.first()
    if found is not None:
        return found
    places = Waiting.objects.filter(volunteer=volunteer, code=code).select_related("role", *_SHIFT)
    return places.first()


def instead_of(lost: Assignment | Waiting, volunteer: Volunteer, at: datetime) -> list[Alternative]:
    """Shifts that the volunteer may take at once: those of the same task first, then of the same organization, then
    of the same cause, each by how near they are in place and time; six at most. Four queries."""
    shift = lost.shift
    same_task = set(Shift.objects.filter(task=shift.task_id).values_list("pk", flat=True)[:500])
    roles = seats_near(volunteer, at).exclude(shift=shift).filter(free())
    rows = weighed(volunteer, roles.order_by("shift__starts_at", "shift_id", "pk"), at, seats=lost.seats)
    best = sorted(first_of_each_shift(rows), key=lambda one: _rank(one, shift, same_task))[:MOST]
    found = {row.pk: row for row in rows_of_shifts(one.shift_id for one in best)}
    return [
        Alternative(found[one.shift_id], one.metres, one.is_short, one.number)
        for one in best
        if one.shift_id in found
    ]


def _rank(one: Candidate, shift: Shift, same_task: set[int]) -> tuple[int, float, int]:
    if one.shift_id in same_task:
        kind = SAME_TASK
    elif one.organization == shift.organization.code:
        kind = SAME_ORGANIZATION
    elif one.cause == shift.task.type.cause.code:
        kind = SAME_CAUSE
    else:
        kind = OTHER
    km = (one.metres or 0) / 1000
    if shift.starts_at is not None and one.seat.starts_at is not None:
        km += abs((one.seat.starts_at - shift.starts_at).total_seconds()) / 3600 / HOURS_A_KM
    return kind, km, one.shift_id
