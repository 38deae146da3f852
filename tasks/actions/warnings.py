"""Shifts that are about to begin without the people that they need: their organizers are warned, once for each start."""

from datetime import datetime
from itertools import groupby

from django.db import transaction

from core import faults
from notifications.actions import queue_messages
from organizations.queries import leaders_of
from tasks.actions.watching import tell_watchers
from tasks.models import Shift, Watch
from tasks.notices import warnings as notices
from tasks.queries.warnings import Short, due_warnings


def warn_short(*, at: datetime) -> int:
    """Warn days and hours before, as each shift says; return of how many shifts.

    One message an organization and run, however many shifts are short. Each organization commits by itself.
    """
    found = groupby(due_warnings(at=at), key=lambda one: one.organization_id)
    return sum(_warn([one.shift_id for one in group], at) for _, group in found)


@transaction.atomic
def _warn(shift_ids: list[int], at: datetime) -> int:
    # What another worker warns of at this moment is passed over, and what it has warned of is found by the second look.
    locked = Shift.objects.filter(pk__in=shift_ids).select_for_update(skip_locked=True, no_key=True)
    due = due_warnings(at=at, only=list(locked.order_by("pk").values_list("pk", flat=True)))
    if not due:
        return 0
    _mark(due)
    shifts = _shifts(due)
    organization = shifts[0].organization
    leaders = list(leaders_of([organization]))
    faults.point("after-mark")
    queue_messages(notices=notices.shifts_short(organization, shifts, leaders, at=at), at=at)
    for shift in shifts:
        tell_watchers(shift=shift, what=Watch.News.SHORT, at=at, apart_from={leader.pk for leader in leaders})
    return len(shifts)


def _mark(due: list[Short]) -> None:
    """The later warning takes the place of the earlier one as well."""
    starts = {one.shift_id: one for one in due}
    shifts = list(Shift.objects.filter(pk__in=starts).only("pk"))
    for shift in shifts:
        one = starts[shift.pk]
        shift.warned_days_for = one.starts_at
        shift.warned_hours_for = one.starts_at if one.is_last else None
    Shift.objects.bulk_update(shifts, ["warned_days_for", "warned_hours_for"])


def _shifts(due: list[Short]) -> list[Shift]:
    """With everything that a message says of them, and `missing`; the soonest first."""
    shifts = list(
        Shift.objects.filter(pk__in=[one.shift_id for one in due])
        .select_related("task", "organization", "area__parent__parent")
        .prefetch_related("roles")
        .order_by("starts_at", "pk")
    )
    for shift in shifts:
        shift.missing = sum(  # type: ignore[attr-defined]
            max(role.seats_min - role.seats_taken, 0) for role in shift.roles.all()
        )
    return shifts
