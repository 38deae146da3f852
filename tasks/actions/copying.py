"""Posting the same shifts again: a day, a week or a site, at the same hours of other days, or at another place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from tasks.actions.shifts import DETAILS, WINDOWS, RoleWanted, details_of, post_shift
from tasks.models import Shift, Task
from tasks.policies.recurrence import by_clock, clock_distance, moved_period

COPIES_MOST = 300

# Call, start, end, deadline, area, place and the names of the roles: what makes two shifts the same.
Key = tuple[int, datetime | None, datetime | None, datetime | None, int, str, tuple[str, ...]]


class NothingToCopy(DomainError):
    code = "nothing-to-copy"
    text = _("There is no shift to copy")


class TooManyCopies(DomainError):
    code = "too-many-copies"
    text = _("These are %(count)s shifts; %(most)s at once are the most")


class CopiedOntoItself(DomainError):
    code = "copied-onto-itself"
    text = _("Choose other days or another place")


@dataclass(frozen=True)
class Copied:
    """What becomes of one shift: the one that was posted, the same one that is there already, or why it is refused."""

    source: Shift
    starts_at: datetime | None
    ends_at: datetime | None
    due_at: datetime | None
    posted: Shift | None = None
    same: Shift | None = None
    refused: DomainError | None = None

    @property
    def is_good(self) -> bool:
        return self.refused is None


class SomeNotCopied(DomainError):
    """All were wanted, and some are refused: nothing was posted. `copies` say which and why."""

    code = "some-not-copied"
    text = _("%(count)s of the shifts cannot be posted so. Nothing was done")

    def __init__(self, copies: Sequence[Copied]) -> None:
        self.copies = list(copies)
        super().__init__(count=sum(not each.is_good for each in copies))


@transaction.atomic
def copy_shifts(
    *,
    shifts: Sequence[Shift],
    days: int,
    by: User,
    at: datetime,
    details: Mapping[str, Any] | None = None,
    task: Task | None = None,
    keep: bool = True,
    only_good: bool = False,
) -> list[Copied]:
    """Post each shift again, so many days later by the clock of the place; what becomes of each, in the order given.

    `details` are names of DETAILS that are otherwise there: area, place, contact_name, …; `task` is another call. Windows
    and deadlines move along. Whoever has a seat stays where they are, and a copy belongs to no series. A shift that is
    open already (the same call, times, place and roles) is not posted again. Without `keep` it is only tried; with it
    all are posted or, where one is refused, none (SomeNotCopied), unless `only_good`.
    """
    if not shifts:
        raise NothingToCopy
    if len(shifts) > COPIES_MOST:
        raise TooManyCopies(count=len(shifts), most=COPIES_MOST)
    otherwise = dict(details or {})
    unknown = otherwise.keys() - set(DETAILS)
    if unknown:
        raise TypeError(f"a shift has no {', '.join(sorted(unknown))}")
    if not days and task is None and not otherwise:
        raise CopiedOntoItself(field="days")
    sources = _loaded(shifts)
    # One posting of a call at a time, so that what is sent twice finds what was posted first.
    calls = _locked_calls([task.pk] if task else [source.task_id for source in sources])
    distance = timedelta(days=days)
    plans = [
        _plan(source, distance, calls[task.pk if task else source.task_id], otherwise) for source in sources
    ]
    there = _there(plans)
    copies = []
    for source, values in zip(sources, plans, strict=True):
        times = {name: values[name] for name in ("starts_at", "ends_at", "due_at")}
        if (same := there.get(_key(values))) is not None:
            copies.append(Copied(source, **times, same=same))
            continue
        try:
            with transaction.atomic():
                posted = post_shift(organization=source.organization, by=by, at=at, **values)
        except DomainError as error:
            copies.append(Copied(source, **times, refused=error))
        else:
            there[_key(values)] = posted
            copies.append(Copied(source, **times, posted=posted))
    if not keep:
        transaction.set_rollback(True)
    elif not only_good and not all(each.is_good for each in copies):
        raise SomeNotCopied(copies)
    return copies


def _loaded(shifts: Sequence[Shift]) -> list[Shift]:
    """The shifts with all that a copy takes, in the order given."""
    found = (
        Shift.objects.filter(pk__in=[shift.pk for shift in shifts])
        .select_related("organization__home_area", "area__parent__parent")
        .prefetch_related("roles__requirements")
        .in_bulk()
    )
    return [found[shift.pk] for shift in shifts]


def _locked_calls(pks: Iterable[int]) -> dict[int, Task]:
    calls = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("area")
    return {call.pk: call for call in calls.filter(pk__in=set(pks)).order_by("pk")}


def _plan(source: Shift, distance: timedelta, task: Task, otherwise: Mapping[str, Any]) -> dict[str, Any]:
    """What `post_shift` takes for the copy, beside who does it."""
    zone = settings.TIME_ZONE
    moved = {
        name: by_clock(moment, distance, zone) if (moment := getattr(source, name)) is not None else None
        for name in ("due_at", *WINDOWS)
    }
    start, end = source.starts_at, source.ends_at
    period = moved_period(start, end, distance, zone) if start and end else (None, None)
    moved["starts_at"], moved["ends_at"] = period
    values = {**details_of(source), **moved, **otherwise}
    if "area" in otherwise or "place" in otherwise:
        # A point belongs to the place that it was set for.
        values |= {name: otherwise.get(name) for name in ("longitude", "latitude")}
    return {**values, "task": task, "roles": roles_like(source)}


def roles_like(shift: Shift) -> list[RoleWanted]:
    """The roles of a shift, as wishes for another one."""
    return [
        RoleWanted(role.name, role.seats_min, role.seats, role.min_age, list(role.requirements.all()))
        for role in sorted(shift.roles.all(), key=lambda each: each.pk)
    ]


def windows_like(shift: Shift, start: datetime, zone: str) -> dict[str, datetime | None]:
    """The windows of a shift as far before another start, by the clock, as they are before its own."""
    distance = clock_distance(shift.starts_at, start, zone) if shift.starts_at else timedelta(0)
    return {
        name: by_clock(moment, distance, zone) if (moment := getattr(shift, name)) is not None else None
        for name in WINDOWS
    }


def _key(values: Mapping[str, Any]) -> Key:
    names = tuple(sorted(role.name.strip().casefold() for role in values["roles"]))
    return (
        values["task"].pk,
        values["starts_at"],
        values["ends_at"],
        values["due_at"],
        values["area"].pk,
        values["place"].strip(),
        names,
    )


def _there(plans: Sequence[Mapping[str, Any]]) -> dict[Key, Shift]:
    """Open shifts that are the same as a planned one, by their keys."""
    starts = {plan["starts_at"] for plan in plans if plan["starts_at"] is not None}
    open_shifts = Shift.objects.filter(
        task__in={plan["task"].pk for plan in plans}, status=Shift.Status.OPEN
    ).prefetch_related("roles")
    found = list(open_shifts.filter(starts_at__in=starts))
    if any(plan["starts_at"] is None for plan in plans):
        found += open_shifts.filter(starts_at=None)
    there = {}
    for shift in found:
        names = tuple(sorted(role.name.strip().casefold() for role in shift.roles.all()))
        key = (
            shift.task_id,
            shift.starts_at,
            shift.ends_at,
            shift.due_at,
            shift.area_id,
            shift.place.strip(),
            names,
        )
        there[key] = shift
    return there
