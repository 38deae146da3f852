"""Which fields of a shift an action may set, and where they come from."""

from datetime import timedelta
from typing import Any

from tasks.models import Task

SEATS_MOST = 500
LONGEST = timedelta(hours=24)
OPEN_TASKS = (Task.Status.CALLED, Task.Status.ADOPTED)
TIME = ("starts_at", "ends_at")
WHERE = ("area", "place", "address", "longitude", "latitude")
OTHER = ("contact_name", "contact_phone", "bring", "private_details")
SHIFT_FIELDS = (*TIME, *WHERE, *OTHER, "release_notice_minutes")
ROLE_FIELDS = ("seats", "seats_min", "min_age", "name")


def from_task(task: Task) -> dict[str, Any]:
    """What a shift takes from its call where nothing else is said."""
    return {
        "area": task.area,
        "place": task.place,
        "address": task.address,
        "private_details": task.private_details,
        "contact_name": task.contact_name,
        "contact_phone": task.contact_phone,
    }


def known(details: dict[str, Any]) -> dict[str, Any]:
    """The same values; TypeError names what is no field of a shift."""
    unknown = details.keys() - set(SHIFT_FIELDS)
    if unknown:
        raise TypeError(f"a shift has no {', '.join(sorted(unknown))}")
    return details
