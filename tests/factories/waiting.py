"""Places in line, for tests."""

from datetime import timedelta
from typing import Any

from django.db.models import F

from core import clock
from tasks.models import Shift, ShiftRole, Waiting
from tests.factories.tasks import make_assignment, make_shift, role_of
from tests.factories.volunteers import make_volunteer
from volunteers.models import Volunteer


def make_full_shift(seats: int = 1, **fields: Any) -> Shift:
    """A shift all of whose seats are taken, each by somebody else."""
    shift = make_shift(seats=seats, **{"seats_min": 1, **fields})
    for _ in range(seats):
        make_assignment(shift)
    return shift


def make_waiting(
    role: ShiftRole | None = None,
    volunteer: Volunteer | None = None,
    *,
    status: str = "waiting",
    seats: int = 1,
    **fields: Any,
) -> Waiting:
    """A place in line, of a full shift unless told otherwise; one that is offered has its seats held for two hours."""
    role = role or role_of(make_full_shift())
    at = clock.now()
    if status == "offered":
        fields = {"offered_at": at, "expires_at": at + timedelta(hours=2), **fields}
        ShiftRole.objects.filter(pk=role.pk).update(seats_held=F("seats_held") + seats)
    elif status != "waiting":
        fields = {"ended_at": at, **fields}
    return Waiting.objects.create(
        role=role,
        shift=role.shift,
        volunteer=volunteer or make_volunteer(),
        status=status,
        seats=seats,
        **{"created_at": at, **fields},
    )
