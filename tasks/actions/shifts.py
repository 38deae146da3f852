"""Shifts: post them, move them, cancel them. Whoever holds a seat hears of it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.models import User
from core import audit
from core.errors import DomainError
from notifications.actions import queue_messages
from organizations.models import Organization
from organizations.queries import paths_served
from tasks.actions.moves import move_seats
from tasks.actions.offers.ending import ring_next, withdraw_offers, withdraw_surplus
from tasks.actions.reasons import need_reason
from tasks.actions.refusals import Stale
from tasks.actions.standstill import refuse_if_stopped
from tasks.models import Adoption, Assignment, CheckIn, Shift, ShiftRole, Task
from tasks.notices import shifts as notices
from tasks.queries.roster import seats_of
from tasks.queries.seats import lock_people
from volunteers.models import Capability

SEATS_MOST = 500
LONGEST = timedelta(hours=24)
OPEN_TASKS = (Task.Status.CALLED, Task.Status.ADOPTED)
TIME = ("starts_at", "ends_at")
WHERE = ("area", "place", "address", "longitude", "latitude")
OTHER = ("contact_name", "contact_phone", "bring", "private_details")
SHIFT_FIELDS = (*TIME, *WHERE, *OTHER, "release_notice_minutes")
ROLE_FIELDS = ("seats", "seats_min", "min_age", "name")


class EndBeforeStart(DomainError):
    code = "end-before-start"
    text = _("The end lies before the start")


class HalfATime(DomainError):
    code = "half-a-time"
    text = _("Give a start and an end, or neither for work without a fixed time")


class ShiftTooLong(DomainError):
    code = "shift-too-long"
    text = _("A shift lasts at most 24 hours. Split it into several")


class InThePast(DomainError):
    code = "in-the-past"
    text = _("The start lies in the past")


class OutsideTask(DomainError):
    code = "outside-task"
    text = _("The call runs from %(first)s to %(last)s. Choose a day in it")


class PeopleAreThere(DomainError):
    code = "people-are-there"
    text = _("People have checked in already. Check them out when they leave, so that their hours count")


class SeatsOutOfOrder(DomainError):
    code = "seats-out-of-order"
    text = _("The shift needs at least %(least)s people, so it cannot have only %(seats)s seats")


class SeatsOutOfRange(DomainError):
    code = "seats-out-of-range"
    text = _("A shift has 1 to %(most)s seats")


class SeatsBelowTaken(DomainError):
    code = "seats-below-taken"
    text = _("%(taken)s people have a seat already. Ask some to step back first, or keep %(taken)s seats")


class PlaceMissing(DomainError):
    code = "place-missing"
    text = _("Say where to come")


class AreaOutsideTask(DomainError):
    code = "area-outside-task"
    text = _("%(area)s does not lie in the area of the call")


class AreaNotServed(DomainError):
    code = "area-not-served"
    text = _("%(organization)s does not serve %(area)s. Add it to the areas served, or choose another")


class NotTakenOn(DomainError):
    code = "not-taken-on"
    text = _("%(organization)s has not taken on this call. Take it on first")


class TaskEnded(DomainError):
    code = "task-ended"
    text = _("This call is closed. No more shifts can be posted for it")


class ShiftOver(DomainError):
    code = "shift-over"
    text = _("This shift is cancelled or over")


class ShiftBegan(DomainError):
    code = "shift-began"
    text = _("The shift has begun. Its start cannot be moved any more")


@transaction.atomic
def post_shift(
    *,
    task: Task,
    organization: Organization,
    starts_at: datetime | None,
    ends_at: datetime | None,
    seats_min: int,
    seats: int,
    by: User,
    at: datetime,
    requirements: Iterable[Capability] | None = None,
    min_age: int = 0,
    role_name: str = "",
    **details: Any,
) -> Shift:
    """Open a shift of a call that the organization has taken on.

    `details` are names of SHIFT_FIELDS: area, place, address, contact_name, … What is left out comes from the call,
    and so do the requirements where they are None.
    """
    if task.status not in OPEN_TASKS:
        raise TaskEnded
    if not Adoption.objects.live().filter(task=task, organization=organization).exists():
        raise NotTakenOn(organization=organization.display_name)
    shift = Shift(
        task=task,
        organization=organization,
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=at,
        created_by=by,
        **{**_from_task(task), **_known(details)},
    )
    shift.county_id = shift.area.county_id
    _check_time(shift, at=at)
    _check_place(shift)
    refuse_if_stopped(shift.area)
    _check_seats(seats_min, seats)
    shift.save(force_insert=True)
    role = ShiftRole.objects.create(
        shift=shift, name=role_name, seats_min=seats_min, seats=seats, min_age=min_age
    )
    role.requirements.set(task.requirements.all() if requirements is None else requirements)
    audit.record(
        verb="shift.posted",
        by=by,
        at=at,
        subject=shift,
        area_code=shift.area.code,
        data={"shift": shift.code, "seats": seats, "seats_min": seats_min},
    )
    return shift


def _from_task(task: Task) -> dict[str, Any]:
    return {
        "area": task.area,
        "place": task.place,
        "address": task.address,
        "private_details": task.private_details,
        "contact_name": task.contact_name,
        "contact_phone": task.contact_phone,
    }


def _known(details: dict[str, Any]) -> dict[str, Any]:
    unknown = details.keys() - set(SHIFT_FIELDS)
    if unknown:
        raise TypeError(f"a shift has no {', '.join(sorted(unknown))}")
    return details


def _check_time(shift: Shift, *, at: datetime, moved: Sequence[str] = TIME) -> None:
    start, end = shift.starts_at, shift.ends_at
    if start is None and end is None:
        return
    if start is None or end is None:
        raise HalfATime(field="starts_at" if start is None else "ends_at")
    if end <= start:
        raise EndBeforeStart(field="ends_at")
    if end - start > LONGEST:
        raise ShiftTooLong(field="ends_at")
    if "starts_at" in moved and start < at:
        raise InThePast(field="starts_at")
    task = shift.task
    if moved and not task.starts_on <= localtime(start).date() <= task.ends_on:
        raise OutsideTask(field="starts_at", first=_day(task.starts_on), last=_day(task.ends_on))


def _day(day: date) -> str:
    return date_format(day, pgettext("format of a day without its year", "j F"))


def _check_place(shift: Shift) -> None:
    if not shift.place.strip():
        raise PlaceMissing(field="place")
    if not shift.task.area.contains(shift.area):
        raise AreaOutsideTask(field="area", area=shift.area.name)
    if shift.task.is_remote:
        return
    served = paths_served(shift.organization)
    # A group that serves one township may post a shift for the whole county that the call names.
    if not any(shift.area.path.startswith(path) or path.startswith(shift.area.path) for path in served):
        raise AreaNotServed(field="area", organization=shift.organization.display_name, area=shift.area.name)


def _check_seats(seats_min: int, seats: int, *, taken: int = 0) -> None:
    if not 1 <= seats <= SEATS_MOST:
        raise SeatsOutOfRange(field="seats", most=SEATS_MOST)
    if seats < taken:
        raise SeatsBelowTaken(field="seats", taken=taken)
    if not 0 <= seats_min <= seats:
        raise SeatsOutOfOrder(field="seats", least=seats_min, seats=seats)


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
) -> Shift:
    """Change a shift and, by the names of ROLE_FIELDS and `requirements`, a role of it: the first where none is given.

    `version` is that of the page on which the change was decided; Stale where somebody was faster. Moving the time
    releases whoever would be in two places. Everybody who holds a seat is told what changed.
    """
    shift = _locked(shift)
    if version is not None and shift.version != version:
        raise Stale
    if shift.status != Shift.Status.OPEN or (shift.ends_at is not None and shift.ends_at <= at):
        raise ShiftOver
    changes = dict(changes)
    role_changes = {name: changes.pop(name) for name in ROLE_FIELDS if name in changes}
    requirements = changes.pop("requirements", None)
    _known(changes)
    changed = [name for name in changes if getattr(shift, name) != changes[name]]
    moved = [name for name in TIME if name in changed]
    if "starts_at" in moved and shift.starts_at is not None and shift.starts_at <= at:
        raise ShiftBegan(field="starts_at")
    if not (changed or role_changes or requirements is not None):
        return shift
    for name in changed:
        setattr(shift, name, changes[name])
    _check_time(shift, at=at, moved=moved)
    _check_place(shift)
    refuse_if_stopped(shift.area)
    if moved:
        lock_people([user_id for user_id, _ in _holders(shift)])
    roles = _locked_roles(shift)
    edited = next((each for each in roles if role is None or each.pk == role.pk), roles[0])
    _edit_role(edited, role_changes, requirements)
    shift.county_id = shift.area.county_id
    shift.version += 1
    shift.save()
    if moved:
        ShiftRole.objects.filter(shift=shift).update(version=F("version") + 1)
        move_seats(shift, by=by, at=at)
    _end_offers(shift, roles, [*changed, *role_changes], by=by, at=at, reason=reason.strip())
    audit.record(
        verb="shift.edited",
        by=by,
        at=at,
        subject=shift,
        area_code=shift.area.code,
        reason=reason.strip(),
        data={"shift": shift.code, "changed": sorted([*changed, *role_changes])},
    )
    told = {
        "time": bool(moved),
        "where": bool(set(WHERE) & set(changed)),
        "other": bool(set(OTHER) & set(changed)),
    }
    if any(told.values()):
        queue_messages(notices=notices.shift_changed(seats_of(shift), shift, told, reason.strip()), at=at)
    return shift


def _end_offers(
    shift: Shift, roles: list[ShiftRole], changed: list[str], *, by: User, at: datetime, reason: str
) -> None:
    """Nobody may accept another time or place than they were asked for, nor a seat that is gone."""
    if {*TIME, *WHERE} & set(changed):
        withdraw_offers(shift=shift, at=at, by=by, reason=reason)
        ring_next(role.pk for role in roles)
    elif "seats" in changed:
        for role in roles:
            withdraw_surplus(role_id=role.pk, at=at)


def _locked(shift: Shift) -> Shift:
    """The shift as it is now, kept from other changes until the transaction ends."""
    return (
        Shift.objects.select_for_update(of=("self",), no_key=True)
        .select_related("task__area", "organization__home_area", "area__parent__parent")
        .get(pk=shift.pk)
    )


def _locked_roles(shift: Shift) -> list[ShiftRole]:
    """Every sign-up that is under way waits here, or has been counted."""
    return list(ShiftRole.objects.select_for_update(no_key=True).filter(shift=shift).order_by("pk"))


def _holders(shift: Shift) -> list[tuple[int, int]]:
    live = Assignment.objects.live().filter(shift=shift)
    return list(live.values_list("volunteer__user_id", "pk"))


def _edit_role(role: ShiftRole, changes: dict[str, Any], requirements: Iterable[Capability] | None) -> None:
    for name, value in changes.items():
        setattr(role, name, value)
    if changes:
        _check_seats(role.seats_min, role.seats, taken=role.seats_taken + role.seats_held)
        # The counters are left out: they change only by conditional updates.
        role.save(update_fields=list(changes))
    if requirements is not None:
        role.requirements.set(requirements)


@transaction.atomic
def cancel_shift(*, shift: Shift, by: User, at: datetime, reason: str) -> Shift:
    """Call a shift off: every seat is given back, and whoever held one is told why.

    Not once somebody has come: they are checked out instead, so that their hours count.
    """
    why = need_reason(reason)
    shift = _locked(shift)
    if shift.status != Shift.Status.OPEN or (shift.ends_at is not None and shift.ends_at <= at):
        raise ShiftOver
    # The roles first: sign-ups under way then find another version, and no seat.
    ShiftRole.objects.filter(shift=shift).update(seats_taken=0, seats_held=0, version=F("version") + 1)
    if (
        CheckIn.objects.valid()
        .filter(assignment__shift=shift, assignment__status=Assignment.Status.ACTIVE)
        .exists()
    ):
        raise PeopleAreThere
    withdraw_offers(shift=shift, at=at, by=by, reason=why)
    seats = seats_of(shift)
    Assignment.objects.filter(pk__in=[seat.pk for seat in seats]).update(
        status=Assignment.Status.CANCELLED, ended_at=at, ended_by=by, end_reason=why
    )
    shift.status = Shift.Status.CANCELLED
    shift.cancelled_at, shift.cancel_reason = at, why
    shift.version += 1
    shift.save()
    audit.record(
        verb="shift.cancelled",
        by=by,
        at=at,
        subject=shift,
        area_code=shift.area.code,
        reason=why,
        data={"shift": shift.code, "released": len(seats)},
    )
    queue_messages(notices=notices.shift_cancelled(seats, shift, why), at=at)
    return shift
