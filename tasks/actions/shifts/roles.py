"""The roles of a shift: one may change, come or go, and those in it hear why it goes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from core import audit
from notifications.actions import queue_messages
from tasks.actions.lowering import lower_seats
from tasks.actions.offers.ending import withdraw_offers
from tasks.actions.reasons import need_reason
from tasks.actions.shifts.checks import check_seats
from tasks.actions.shifts.errors import RoleGone, RoleInUse, RolesMissing, RoleTwice, TooManyRoles
from tasks.actions.shifts.fields import ROLE_FIELDS, ROLES_MOST, RoleWanted
from tasks.actions.waiting import close_line
from tasks.models import Assignment, CheckIn, Offer, Shift, ShiftRole, Waiting
from tasks.notices import shifts as notices
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


def edit_role(
    role: ShiftRole,
    changes: dict[str, Any],
    requirements: Iterable[Capability] | None,
    *,
    by: User,
    at: datetime,
    reason: str,
    lowered: str = "",
    field: str = "seats",
) -> None:
    """Change a role that is locked; `requirements` None leaves them as they are. `field` is where seats were typed.

    `lowered` says what happens to those who would be without a seat (`tasks.actions.lowering`).
    """
    for name in changes.keys() - {"seats"}:
        setattr(role, name, changes[name])
    if changes:
        wanted = changes.get("seats", role.seats if role.seats_goal is None else role.seats_goal)
        check_seats(role.seats_min, wanted, field=field)
        if wanted < role.seats_taken + role.seats_held and wanted != role.seats_goal:
            lower_seats(role, wanted, how=lowered, by=by, at=at, reason=reason, field=field)
        elif wanted != role.seats_goal:
            role.seats, role.seats_goal = wanted, None
        # The counters are left out: they change only by conditional updates.
        role.save(update_fields=[*(changes.keys() - {"seats"}), "seats", "seats_goal"])
    if requirements is not None:
        role.requirements.set(requirements)


def add_roles(shift: Shift, wanted: Sequence[RoleWanted], otherwise: Iterable[Capability]) -> list[ShiftRole]:
    """The roles of a new shift; `otherwise` is required where a role does not say what it requires."""
    _check_wanted(wanted)
    for place, each in enumerate(wanted):
        check_seats(each.seats_min, each.seats, field=_field(wanted, place))
    return [_add(shift, each, otherwise) for each in wanted]


def set_roles(
    shift: Shift,
    roles: list[ShiftRole],
    wanted: Sequence[RoleWanted],
    *,
    by: User,
    at: datetime,
    reason: str,
    lowered: str = "",
) -> list[str]:
    """Make the locked `roles` of a shift those that are wanted; return the names of the fields that changed.

    A role that is not among them goes. Where people have a seat in it, a reason is needed, and reaches them.
    """
    _check_wanted(wanted)
    kept = {each.of.pk for each in wanted if each.of is not None}
    if not kept <= {role.pk for role in roles}:
        raise RoleGone(field="roles")
    changed: set[str] = set()
    stay: list[ShiftRole] = []
    for place, each in enumerate(wanted):
        if each.of is None:
            check_seats(each.seats_min, each.seats, field=_field(wanted, place))
            stay.append(_add(shift, each, shift.task.requirements.all()))
            changed.add("roles")
            continue
        role = next(role for role in roles if each.of.pk == role.pk)
        changes = {
            name: getattr(each, name) for name in ROLE_FIELDS if getattr(each, name) != getattr(role, name)
        }
        edit_role(
            role,
            changes,
            each.requirements,
            by=by,
            at=at,
            reason=reason,
            lowered=lowered,
            field=_field(wanted, place),
        )
        changed |= changes.keys()
        if each.requirements is not None:
            changed.add("requirements")
        stay.append(role)
    for role in roles:
        if role.pk not in kept:
            _remove(shift, role, stay[0], by=by, at=at, reason=reason)
            changed.add("roles")
    return sorted(changed)


def _check_wanted(wanted: Sequence[RoleWanted]) -> None:
    if not wanted:
        raise RolesMissing(field="roles")
    if len(wanted) > ROLES_MOST:
        raise TooManyRoles(field="roles", most=ROLES_MOST)
    names: set[str] = set()
    for place, each in enumerate(wanted):
        name = each.name.strip().casefold()
        if name in names:
            raise RoleTwice(field=f"roles-{place}-name")
        names.add(name)


def _field(wanted: Sequence[RoleWanted], place: int) -> str:
    return "seats" if len(wanted) == 1 else f"roles-{place}-seats"


def _add(shift: Shift, wanted: RoleWanted, otherwise: Iterable[Capability]) -> ShiftRole:
    role = ShiftRole.objects.create(
        shift=shift,
        name=wanted.name.strip(),
        seats_min=wanted.seats_min,
        seats=wanted.seats,
        min_age=wanted.min_age,
    )
    role.requirements.set(otherwise if wanted.requirements is None else wanted.requirements)
    return role


def _remove(shift: Shift, role: ShiftRole, heir: ShiftRole, *, by: User, at: datetime, reason: str) -> None:
    """Let a role go. What has ended in it stays on record under the heir; the audit record keeps the role's name."""
    seats = list(Assignment.objects.live().filter(role=role).select_related("volunteer__user").order_by("pk"))
    if CheckIn.objects.valid().filter(assignment__in=seats).exists():
        raise RoleInUse(field="roles")
    line = Waiting.objects.live().filter(role=role)
    if seats or line.exists():
        reason = need_reason(reason)
    withdraw_offers(role=role, at=at, by=by, reason=reason)
    close_line(shift=shift, role=role, at=at, by=by, why=reason)
    Assignment.objects.filter(pk__in=[seat.pk for seat in seats]).update(
        status=Assignment.Status.REMOVED, ended_at=at, ended_by=by, end_reason=reason
    )
    queue_messages(
        notices=[notices.seat_removed(seat, shift, seat.volunteer.user, reason) for seat in seats], at=at
    )
    for model in (Assignment, Offer, Waiting):
        model.objects.filter(role=role).update(role=heir)
    audit.record(
        verb="shift.role_removed",
        by=by,
        at=at,
        subject=shift,
        area_code=shift.area.code,
        reason=reason,
        data={"shift": shift.code, "role": role.name, "released": len(seats)},
    )
    role.delete()
