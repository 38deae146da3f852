"""The roles of a shift, and what keeps others from changing them meanwhile."""

from collections.abc import Iterable
from typing import Any

from tasks.actions.shifts.checks import check_seats
from tasks.models import Shift, ShiftRole
from volunteers.models import Capability


def locked(shift: Shift) -> Shift:
    """The shift as it is now, kept from other changes until the transaction ends."""
    return (
        Shift.objects.select_for_update(of=("self",), no_key=True)
        .select_related("task__area", "organization__home_area", "area__parent__parent")
        .get(pk=shift.pk)
    )


def locked_roles(shift: Shift) -> list[ShiftRole]:
    """Every sign-up that is under way waits here, or has been counted."""
    return list(ShiftRole.objects.select_for_update(no_key=True).filter(shift=shift).order_by("pk"))


def edit_role(role: ShiftRole, changes: dict[str, Any], requirements: Iterable[Capability] | None) -> None:
    """Change a role that is locked; `requirements` None leaves them as they are."""
    for name, value in changes.items():
        setattr(role, name, value)
    if changes:
        check_seats(role.seats_min, role.seats, taken=role.seats_taken + role.seats_held)
        # The counters are left out: they change only by conditional updates.
        role.save(update_fields=list(changes))
    if requirements is not None:
        role.requirements.set(requirements)
