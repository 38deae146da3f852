"""Notes of who did not come, for tests. Factories build rows and check no rule."""

from datetime import timedelta
from typing import Any

from core import clock
from tasks.models import Assignment, Mark
from tests.factories.accounts import make_user
from tests.factories.tasks import make_assignment, make_shift


def make_missed(organization: Any = None, volunteer: Any = None, **fields: Any) -> Assignment:
    """A seat in a shift that ended two hours ago, to which nobody came."""
    shift = make_shift(
        organization=organization, starts_at=clock.now() - timedelta(hours=5), hours=3, **fields
    )
    return make_assignment(shift, volunteer, created_at=clock.now() - timedelta(days=2))


def make_mark(seat: Assignment | None = None, **fields: Any) -> Mark:
    """A note that the holder of a seat did not come, noted now; an appealed one has its words."""
    seat = seat or make_missed()
    at = clock.now()
    values: dict[str, Any] = {"kind": "no-show", "status": "noted", "marked_at": at, **fields}
    if values["status"] in ("appealed", "upheld", "lifted"):
        values.setdefault("appeal", "I was there.")
        values.setdefault("appealed_at", at)
    if values["status"] in ("upheld", "lifted", "withdrawn"):
        values.setdefault("decision", "A reason.")
        values.setdefault("decided_at", at)
        values.setdefault("decided_by", None)
        values["decided_by"] = values["decided_by"] or make_user()
    values.setdefault("marked_by", None)
    values["marked_by"] = values["marked_by"] or make_user()
    return Mark.objects.create(
        assignment=seat, volunteer=seat.volunteer, organization=seat.shift.organization, **values
    )
