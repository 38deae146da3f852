"""Changing many shifts at once: shown before it is done, and each refused or changed by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from tasks.actions.outcomes import Outcome, do_each
from tasks.actions.refusals import Stale
from tasks.actions.shifts import DETAILS, cancel_shift, edit_shift, lock_before_moving
from tasks.models import Shift, ShiftRole
from tasks.policies.recurrence import by_clock, moved_period

# So many shifts at once: a month of a site that has 40 a week.
BULK_MOST = 200


class NothingChosen(DomainError):
    code = "nothing-chosen"
    text = _("Choose at least one shift, and something that changes")


class TooManyChosen(DomainError):
    code = "too-many-chosen"
    text = _("These are %(count)s shifts; %(most)s at once are the most")


class NoSuchRole(DomainError):
    code = "no-such-role"
    text = _("This shift has no role called %(name)s")


class WhichRole(DomainError):
    code = "which-role"
    text = _("This shift has several roles. Say which one gets other seats")


@dataclass(frozen=True)
class BulkChanges:
    """What becomes of each shift. `details` are names of DETAILS: place, contact_name, needs_approval, …

    `move_minutes` moves the clock of start and end, or of a deadline. Seats are those of the role with `role_name`;
    None is the only role of a shift, and `lowered` what `edit_shift` asks for where they are fewer than are taken.
    """

    move_minutes: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)
    role_name: str | None = None
    seats: int | None = None
    seats_min: int | None = None
    lowered: str = ""
    cancel: bool = False

    def __post_init__(self) -> None:
        unknown = self.details.keys() - set(DETAILS)
        if unknown:
            raise TypeError(f"a shift has no {', '.join(sorted(unknown))}")

    @property
    def is_empty(self) -> bool:
        wanted = self.move_minutes or self.details or self.cancel
        return not wanted and self.seats is None and self.seats_min is None


@transaction.atomic
def edit_many(
    *,
    shifts: Sequence[Shift],
    changes: BulkChanges,
    by: User,
    at: datetime,
    reason: str = "",
    versions: Mapping[str, int] | None = None,
    keep: bool = True,
    only_good: bool = False,
) -> list[Outcome]:
    """Change or cancel shifts; what becomes of each, in the order given.

    `versions` are those of the page, by code: a shift that somebody changed since is refused as Stale. Without `keep`
    it is only tried. With it all are changed or, where one is refused, none (SomeRefused), unless `only_good`.
    Those with a seat are told as by `edit_shift` and `cancel_shift`; cancelling needs a reason.
    """
    if not shifts or changes.is_empty:
        raise NothingChosen
    if len(shifts) > BULK_MOST:
        raise TooManyChosen(count=len(shifts), most=BULK_MOST)
    seen = versions or {}
    if changes.move_minutes:
        lock_before_moving(shifts)

    def act(shift: Shift) -> list[str]:
        version = seen.get(shift.code, shift.version)
        if changes.cancel:
            if not Shift.objects.filter(pk=shift.pk, version=version).exists():
                raise Stale
            cancel_shift(shift=shift, by=by, at=at, reason=reason)
            return ["status"]
        wanted, role = _wanted(shift, changes)
        edit_shift(
            shift=shift,
            changes=wanted,
            by=by,
            at=at,
            reason=reason,
            version=version,
            role=role,
            lowered=changes.lowered,
        )
        return sorted(wanted)

    return do_each(shifts, act, keep=keep, only_good=only_good)


def _wanted(shift: Shift, changes: BulkChanges) -> tuple[dict[str, Any], ShiftRole | None]:
    """What changes in this shift, by the names of the fields, and the role that it is about."""
    values: dict[str, Any] = dict(changes.details)
    if changes.move_minutes:
        distance, zone = timedelta(minutes=changes.move_minutes), settings.TIME_ZONE
        if shift.starts_at is not None and shift.ends_at is not None:
            period = moved_period(shift.starts_at, shift.ends_at, distance, zone)
            values["starts_at"], values["ends_at"] = period
        elif shift.due_at is not None:
            values["due_at"] = by_clock(shift.due_at, distance, zone)
    wanted = {name: value for name, value in values.items() if getattr(shift, name) != value}
    if changes.seats is None and changes.seats_min is None:
        return wanted, None
    role = _role(shift, changes.role_name)
    for name in ("seats", "seats_min"):
        value = getattr(changes, name)
        if value is not None and value != getattr(role, name):
            wanted[name] = value
    return wanted, role


def _role(shift: Shift, name: str | None) -> ShiftRole:
    roles = list(ShiftRole.objects.filter(shift=shift).order_by("pk"))
    if name is not None:
        found = next((role for role in roles if role.name == name), None)
        if found is None:
            raise NoSuchRole(field="seats", name=name)
        return found
    if len(roles) != 1:
        raise WhichRole(field="seats")
    return roles[0]
