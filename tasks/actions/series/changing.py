"""Changing an occurrence with those after it, or all that are ahead."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from tasks.actions.outcomes import Outcome, do_each
from tasks.actions.series.errors import DayMovesAlone, LengthOutOfRange, NotASeries
from tasks.actions.series.occurring import LONGEST_MINUTES, day_of
from tasks.actions.shifts import PERIOD, WINDOWS, RoleWanted, ShiftOver, edit_shift, lock_before_moving
from tasks.models import Series, Shift, ShiftRole
from tasks.policies.recurrence import by_clock, clock_distance, end_on_clock, on_clock


@transaction.atomic
def edit_following(
    *,
    shift: Shift,
    changes: Mapping[str, Any],
    by: User,
    at: datetime,
    reason: str = "",
    version: int | None = None,
    role: ShiftRole | None = None,
    roles: Sequence[RoleWanted] | None = None,
    lowered: str = "",
    keep: bool = True,
    only_good: bool = False,
) -> list[Outcome]:
    """Change an occurrence and those after it, and with them all that are still to be made; what becomes of each.

    `changes`, `role`, `roles` and `lowered` as for `edit_shift`, said of `shift`: a new time moves the clock of every occurrence
    by as much, windows too. Those that stand alone are left as they are. Otherwise as `edit_many`.
    """
    if shift.series is None or shift.occurs_at is None:
        raise NotASeries
    following = shift.series.shifts.filter(occurs_at__gte=shift.occurs_at)
    return _edit(
        shift, following, changes, by=by, at=at, reason=reason, version=version, role=role, roles=roles,
        lowered=lowered, keep=keep, only_good=only_good,
    )  # fmt: skip


@transaction.atomic
def edit_all(
    *,
    shift: Shift,
    changes: Mapping[str, Any],
    by: User,
    at: datetime,
    reason: str = "",
    version: int | None = None,
    role: ShiftRole | None = None,
    roles: Sequence[RoleWanted] | None = None,
    lowered: str = "",
    keep: bool = True,
    only_good: bool = False,
) -> list[Outcome]:
    """Change every occurrence that has not begun, and all that are still to be made; as `edit_following`."""
    if shift.series is None:
        raise NotASeries
    ahead = shift.series.shifts.filter(starts_at__gt=at)
    return _edit(
        shift, ahead, changes, by=by, at=at, reason=reason, version=version, role=role, roles=roles,
        lowered=lowered, keep=keep, only_good=only_good,
    )  # fmt: skip


def _edit(
    shift: Shift,
    others: QuerySet[Shift],
    changes: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
    reason: str,
    version: int | None,
    role: ShiftRole | None,
    roles: Sequence[RoleWanted] | None,
    lowered: str,
    keep: bool,
    only_good: bool,
) -> list[Outcome]:
    assert shift.series is not None
    series = Series.objects.select_for_update(no_key=True).get(pk=shift.series.pk)
    if shift.ends_at is not None and shift.ends_at <= at:
        raise ShiftOver
    moves = _moves(shift, changes, series.zone)
    names = {each.pk: each.name for each in shift.roles.all()}
    open_ones = others.filter(status=Shift.Status.OPEN, stands_alone=False, ends_at__gt=at).exclude(
        pk=shift.pk
    )
    occurring = [
        shift,
        *open_ones.select_related("task__area", "organization__home_area")
        .prefetch_related("roles")
        .order_by("occurs_at"),
    ]
    if moves is not None:
        lock_before_moving(occurring)

    def act(each: Shift) -> list[str]:
        own = each.pk == shift.pk
        wanted = _changes_of(each, shift, changes, moves, series.zone)
        theirs = {role.name: role for role in each.roles.all()}
        edit_shift(
            shift=each,
            changes=wanted,
            by=by,
            at=at,
            reason=reason,
            version=version if own else each.version,
            role=role if own or role is None else theirs.get(names.get(role.pk, "")),
            roles=roles if own or roles is None else _roles_of(roles, names, theirs),
            alone=False,
            lowered=lowered,
        )
        changed = {name for name in wanted if name not in WINDOWS or name in changes}
        return sorted(changed | ({"roles"} if roles is not None else set()))

    outcomes = do_each(occurring, act, keep=keep, only_good=only_good)
    if keep and moves is not None:
        series.starts, series.minutes = moves
        series.save(update_fields=["starts", "minutes"])
    return outcomes


def _moves(shift: Shift, changes: Mapping[str, Any], zone: str) -> tuple[time, int] | None:
    """What the clock then shows at the start, and how long the shift is; None where its time stays."""
    if not set(PERIOD) & set(changes):
        return None
    start, end = (changes.get(name, getattr(shift, name)) for name in PERIOD)
    if start is None or end is None or shift.starts_at is None:
        raise DayMovesAlone(field="starts_at")
    if day_of(start, zone) != day_of(shift.starts_at, zone):
        raise DayMovesAlone(field="starts_at")
    minutes = int(clock_distance(start, end, zone).total_seconds()) // 60
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise LengthOutOfRange(field="ends_at")
    return start.astimezone(ZoneInfo(zone)).time(), minutes


def _changes_of(
    each: Shift,
    shift: Shift,
    changes: Mapping[str, Any],
    moves: tuple[time, int] | None,
    zone: str,
) -> dict[str, Any]:
    """The changes as they are for another occurrence: its own day, and windows as far before it."""
    wanted = {name: value for name, value in changes.items() if name not in (*PERIOD, *WINDOWS)}
    if moves is not None and each.starts_at is not None:
        hour, minutes = moves
        start = on_clock(day_of(each.starts_at, zone), hour, zone)
        wanted |= {"starts_at": start, "ends_at": end_on_clock(start, minutes, zone)}
    if each.starts_at is not None and shift.starts_at is not None:
        apart = clock_distance(shift.starts_at, each.starts_at, zone)
        for name in set(WINDOWS) & set(changes):
            window = changes[name]
            wanted[name] = by_clock(window, apart, zone) if window is not None else None
    return wanted


def _roles_of(
    roles: Sequence[RoleWanted], names: Mapping[int, str], theirs: Mapping[str, ShiftRole]
) -> list[RoleWanted]:
    """The wishes for one occurrence as those for another: its role of the same name, or a new one."""
    return [
        RoleWanted(
            each.name,
            each.seats_min,
            each.seats,
            each.min_age,
            each.requirements,
            theirs.get(names.get(each.of.pk, "")) if each.of is not None else None,
        )
        for each in roles
    ]
