"""Changing a shift. Whoever holds a seat hears of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import User
from core import audit
from notifications.actions import queue_messages
from tasks.actions.handovers.reopening import ask_again, move_deadlines
from tasks.actions.holding import hold_next, take_back_held
from tasks.actions.moves import move_seats
from tasks.actions.offers.ending import ring_next, withdraw_offers, withdraw_surplus
from tasks.actions.rebooking import match_anew, repair_plan
from tasks.actions.refusals import Stale
from tasks.actions.shifts.checks import check_place, check_rules, check_time
from tasks.actions.shifts.errors import ShiftBegan, ShiftOver
from tasks.actions.shifts.fields import OTHER, ROLE_FIELDS, TIME, WHERE, RoleWanted, known
from tasks.actions.shifts.roles import edit_role, locked, locked_roles, set_roles
from tasks.actions.standstill import refuse_if_stopped
from tasks.models import Assignment, Shift, ShiftRole
from tasks.notices import shifts as notices
from tasks.queries.roster import seats_of
from tasks.queries.seats import lock_people

# How often an edit begins anew where people sign up at the same moment, before it gives up.
TRIES = 8


@transaction.atomic
def edit_shift(
    *,
    shift: Shift,
    changes: dict[str, Any],
    by: User,
    at: datetime,
    reason: str = "",
    version: int | None = None,
    role: ShiftRole | None = None,
    roles: Sequence[RoleWanted] | None = None,
    alone: bool = True,
    lowered: str = "",
) -> Shift:
    """Change a shift and, by the names of ROLE_FIELDS and `requirements`, a role of it: the first where none is given.

    `roles` are all that the shift shall have: one with `of` changes that role, one without is new, and a role that is
    not among them goes. People in a role that goes are released with the reason, which is then needed.

    `version` is that of the page on which the change was decided; Stale where somebody was faster. Moving the time
    releases whoever would be in two places. Everybody who holds a seat is told what changed. An occurrence of a series
    stands alone from then on, unless `alone` is False. Where fewer seats are wished for than are taken, `lowered` says
    whether everybody stays until some leave ("keep") or the last to sign up wait ("wait", with a reason).
    """
    shift = locked(shift)
    if version is not None and shift.version != version:
        raise Stale
    if shift.status != Shift.Status.OPEN or (shift.ends_at is not None and shift.ends_at <= at):
        raise ShiftOver
    changes = dict(changes)
    role_changes = {name: changes.pop(name) for name in ROLE_FIELDS if name in changes}
    requirements = changes.pop("requirements", None)
    known(changes)
    changed = [name for name in changes if getattr(shift, name) != changes[name]]
    moved = [name for name in TIME if name in changed]
    if "starts_at" in moved and shift.starts_at is not None and shift.starts_at <= at:
        raise ShiftBegan(field="starts_at")
    if not (changed or role_changes or requirements is not None or roles is not None):
        return shift
    _set(shift, {name: changes[name] for name in changed})
    check_time(shift, at=at, moved=moved)
    check_place(shift)
    check_rules(shift)
    refuse_if_stopped(shift.area)
    locked_ones = _locked_with_holders(shift) if moved else locked_roles(shift)
    if roles is not None:
        seats_changed = set_roles(shift, locked_ones, roles, by=by, at=at, reason=reason, lowered=lowered)
    else:
        edited = next((each for each in locked_ones if role is None or each.pk == role.pk), locked_ones[0])
        edit_role(edited, role_changes, requirements, by=by, at=at, reason=reason, lowered=lowered)
        seats_changed = sorted(role_changes)
    shift.county_id = shift.area.county_id
    shift.version += 1
    shift.stands_alone = shift.series_id is not None and alone
    shift.save()
    if moved:
        ShiftRole.objects.filter(shift=shift).update(version=F("version") + 1)
        move_seats(shift, by=by, at=at)
        move_deadlines(shift, at=at)
        match_anew(shift.task)
    if moved or set(WHERE) & set(changed):
        take_back_held(shift)
        ask_again(shift, by=by, at=at)
    _hold_in(shift, at=at)
    if moved:
        repair_plan(shift.roles.values_list("pk", flat=True), "moved")
    elif {"seats", "seats_min", "roles"} & set(seats_changed):
        repair_plan(shift.roles.values_list("pk", flat=True), "seats")
    _end_offers(shift, [*changed, *seats_changed], by=by, at=at, reason=reason.strip())
    audit.record(
        verb="shift.edited",
        by=by,
        at=at,
        subject=shift,
        area_code=shift.area.code,
        reason=reason.strip(),
        data={"shift": shift.code, "changed": sorted([*changed, *seats_changed])},
    )
    told = {
        "time": bool(moved),
        "where": bool(set(WHERE) & set(changed)),
        "other": bool(set(OTHER) & set(changed)),
    }
    if any(told.values()):
        queue_messages(notices=notices.shift_changed(seats_of(shift), shift, told, reason.strip()), at=at)
    return shift


def _set(shift: Shift, changes: dict[str, Any]) -> None:
    """Set fields. The last moment to sign up goes along with a start that moves, unless it was set itself."""
    start = shift.starts_at
    for name, value in changes.items():
        setattr(shift, name, value)
    if start is not None and shift.starts_at is not None and shift.closes_at and "closes_at" not in changes:
        shift.closes_at += shift.starts_at - start


def _end_offers(shift: Shift, changed: list[str], *, by: User, at: datetime, reason: str) -> None:
    """Nobody may accept another time or place than they were asked for, nor a seat that is gone."""
    if {*TIME, *WHERE} & set(changed):
        withdraw_offers(shift=shift, at=at, by=by, reason=reason)
        ring_next(shift.roles.values_list("pk", flat=True))
    elif "seats" in changed:
        for role_id in shift.roles.order_by("pk").values_list("pk", flat=True):
            withdraw_surplus(role_id=role_id, at=at)


def _hold_in(shift: Shift, *, at: datetime) -> None:
    """What became free is held for those in line, before anybody else is asked."""
    for role_id in shift.roles.order_by("pk").values_list("pk", flat=True):
        hold_next(role_id, at)


class _OthersHold(Exception):
    """People got a seat while this waited for the roles."""


def _locked_with_holders(shift: Shift) -> list[ShiftRole]:
    """The locked roles, with everybody locked who has a seat in them: nobody gets another seat while theirs moves.

    People come before roles. Who got a seat while this waited is not locked yet, so the roles are let go again.
    """
    known: set[int] = set()
    for _ in range(TRIES):
        known |= _holders(shift)
        try:
            with transaction.atomic():
                lock_people(sorted(known))
                roles = locked_roles(shift)
                if not _holders(shift) <= known:
                    raise _OthersHold
                return roles
        except _OthersHold:
            continue
    raise Stale


def _holders(shift: Shift) -> set[int]:
    live = Assignment.objects.live().filter(shift=shift)
    return set(live.values_list("volunteer__user_id", flat=True))


def lock_before_moving(shifts: Iterable[Shift]) -> None:
    """To be called before several shifts move in one transaction: the shifts, then everybody with a seat in one of them.

    The roles of the first are locked while the second moves. Whoever has a seat there and signs up for the first at
    that moment would wait for its role, and be waited for.
    """
    pks = [shift.pk for shift in shifts]
    rows = Shift.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
    list(rows.values_list("pk"))
    live = Assignment.objects.live().filter(shift__in=pks)
    lock_people(list(live.values_list("volunteer__user_id", flat=True)))
