"""Volunteers and what they can do, for tests."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from accounts.models import User
from areas.models import Area
from core import clock
from tests.factories.accounts import make_user
from volunteers.models import Capability, Cause, Volunteer, VolunteerCapability

_numbers = count(1)


def make_cause(code: str = "") -> Cause:
    code = code or f"cause-{next(_numbers)}"
    return Cause.objects.create(code=code, name_zh=f"领域 {code}", name_en=f"Cause {code}")


def make_capability(code: str = "", kind: str = "skill") -> Capability:
    code = code or f"capability-{next(_numbers)}"
    return Capability.objects.create(code=code, kind=kind, name_zh=f"技能 {code}", name_en=f"Skill {code}")


def make_volunteer(
    *,
    user: User | None = None,
    area: Area | None = None,
    capabilities: Iterable[Capability] = (),
    **fields: Any,
) -> Volunteer:
    """A volunteer who may take part; without an area none is known. `capabilities` are confirmed ones."""
    at = clock.now()
    volunteer = Volunteer.objects.create(
        user=user or make_user(),
        area=area,
        county_id=area.county_id if area else None,
        **{"joined_at": at, **fields},
    )
    for capability in capabilities:
        give_capability(volunteer, capability)
    return volunteer


def give_capability(
    volunteer: Volunteer, capability: Capability, *, confirmed: bool = True, **fields: Any
) -> VolunteerCapability:
    """A capability of the volunteer, seen by somebody unless `confirmed=False`."""
    if confirmed:
        fields = {"confirmed_at": clock.now(), "confirmed_by": make_user(), **fields}
    return VolunteerCapability.objects.create(volunteer=volunteer, capability=capability, **fields)
