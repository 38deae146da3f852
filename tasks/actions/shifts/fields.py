"""Which fields of a shift an action may set, and where they come from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tasks.models import Shift, ShiftRole, Task
from volunteers.models import Capability

SEATS_MOST = 500
ROLES_MOST = 12
LONGEST = timedelta(hours=24)
OPEN_TASKS = (Task.Status.CALLED, Task.Status.ADOPTED)
PERIOD = ("starts_at", "ends_at")
TIME = (*PERIOD, "due_at")
WHERE = ("area", "place", "address", "longitude", "latitude")
OTHER = ("contact_name", "contact_phone", "bring", "private_details")
# Who may take a seat, from when, until when and how.
RULES = (
    "opens_to_members_at",
    "opens_to_area_at",
    "opens_at",
    "closes_at",
    "notice_minutes",
    "needs_approval",
    "party_most",
    "has_waiting_list",
    "handover_rule",
    "claim_hours",
    "warn_days",
    "warn_hours",
)
WINDOWS = ("opens_to_members_at", "opens_to_area_at", "opens_at", "closes_at")
# What a post may say beside its times and its roles.
DETAILS = (*WHERE, *OTHER, "release_notice_minutes", *RULES)
SHIFT_FIELDS = (*TIME, *DETAILS)
ROLE_FIELDS = ("seats", "seats_min", "min_age", "name")


@dataclass(frozen=True)
class RoleWanted:
    """Seats of one kind. `requirements` None means those of the call, or in a change those that the role has.

    `of` is the role that it changes; without it, it is a new one.
    """

    name: str = ""
    seats_min: int = 1
    seats: int = 1
    min_age: int = 0
    requirements: Iterable[Capability] | None = None
    of: ShiftRole | None = None


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


def details_of(shift: Shift) -> dict[str, Any]:
    """What another shift like this one is posted with, beside its times and roles; windows are left to the caller."""
    return {name: getattr(shift, name) for name in DETAILS if name not in WINDOWS}


def known(details: dict[str, Any]) -> dict[str, Any]:
    """The same values; TypeError names what is no field of a shift."""
    unknown = details.keys() - set(SHIFT_FIELDS)
    if unknown:
        raise TypeError(f"a shift has no {', '.join(sorted(unknown))}")
    return details
