"""What the form that posts shifts begins with: a template of the task's kind, or a shift that was posted before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import get_language

from core import clock
from organizations.models import Organization
from tasks.models import Shift, Task
from tasks.queries.calls import templates_for
from tasks.queries.stages import rules_of
from web.access import OrganizerRequest
from web.organization.forms.editing import of_shift
from web.organization.forms.posting import Kind, starting_role, starting_values
from web.organization.forms.rules import WINDOWS

# So many shifts of a task are looked through for those that differ, and so many are offered.
LOOKED_AT = 40
OFFERED = 4


@dataclass(frozen=True)
class Beginnings:
    """What the form is filled with, and what else it could begin from: (code, title) and shifts."""

    values: dict[str, Any]
    roles: list[dict[str, Any]]
    templates: list[tuple[str, str]]
    shifts: Sequence[Shift]
    chosen: str
    like_last: bool = False


def beginnings(request: OrganizerRequest, task: Task) -> Beginnings:
    """The shift or template that the address names, else the shift posted last, else the stage's template."""
    organization, today = request.organization, timezone.localdate(clock.now())
    rules = rules_of(organization.home_area, clock.now())
    templates = list(templates_for(rules).filter(type=task.type_id)[:OFFERED])
    latest = list(
        _own(organization.pk, task).order_by(F("starts_at").desc(nulls_last=True), "-id")[:LOOKED_AT]
    )
    shifts = _different(latest)
    like, wanted = request.GET.get("like", ""), request.GET.get("template", "")
    english = (get_language() or "").startswith("en")
    named = [(each.code, each.title_en if english else each.title_zh) for each in templates]
    source = next((shift for shift in shifts if shift.code == like), None)
    if like and source is None:
        source = _own(organization.pk, task).filter(code=like).first()
    if source is not None:
        values = {**starting_values(task, None, today), **_of_shift(source)}
        values["first_day"] = _free_day(values["first_day"], source, latest, task)
        return Beginnings(values, _roles_of(source), named, shifts, source.code)
    template = next((each for each in templates if each.code == wanted), None)
    if template is None and shifts:
        # As the last time, on the first day that is left and has no such shift yet.
        last = max(shifts, key=lambda shift: shift.pk)
        first = starting_values(task, None, today)
        again = {name: value for name, value in _of_shift(last).items() if name != "first_day"}
        again["first_day"] = _free_day(_first_day({**first, **again}, task), last, latest, task)
        return Beginnings({**first, **again}, _roles_of(last), named, shifts, last.code, like_last=True)
    template = template or (templates[0] if templates else None)
    values = {**starting_values(task, template, today), **_contact(organization.pk, task)}
    values["first_day"] = _first_day(values, task)
    roles = [starting_role(task, template)]
    return Beginnings(values, roles, named, shifts, template.code if template else "")


def _first_day(values: dict[str, Any], task: Task) -> date:
    """The day after the suggested one, where that is today and its hour has struck."""
    day: date = values["first_day"]
    now = timezone.localtime(clock.now())
    struck = day == now.date() and str(values.get("starts", "")) <= f"{now:%H:%M}"
    return min(day + timedelta(days=1), max(task.ends_on, day)) if struck else day


def _free_day(day: date, like: Shift, latest: Sequence[Shift], task: Task) -> date:
    """That day, or the first one after it on which no open shift like this one is posted already."""
    if like.starts_at is None:
        return day
    hour = timezone.localtime(like.starts_at).time()
    starts = [
        timezone.localtime(shift.starts_at)
        for shift in latest
        if shift.starts_at and shift.status == Shift.Status.OPEN and shift.place == like.place
    ]
    posted = {start.date() for start in starts if start.time() == hour}
    free = day
    while free in posted and free < task.ends_on:
        free += timedelta(days=1)
    return day if free in posted else free


def _roles_of(shift: Shift) -> list[dict[str, Any]]:
    """What the forms of its roles begin with; one statement."""
    names = ("name", "seats_min", "seats", "min_age")
    needs = ArrayAgg("requirements", filter=Q(requirements__isnull=False), default=Value([]))
    roles = shift.roles.annotate(needs=needs).order_by("id").values(*names, "needs")
    return [{**role, "requirements": role["needs"]} for role in roles]


def with_last_contact(tasks: QuerySet[Task], organization: Organization) -> QuerySet[Task]:
    """Tasks with `last_contact`: whom people asked for at the shift that the organization posted last, of any task."""
    own = Shift.objects.of(organization).exclude(contact_name="").exclude(contact_phone="").order_by("-id")
    contact = own.values(contact=JSONObject(contact_name="contact_name", contact_phone="contact_phone"))
    return tasks.annotate(last_contact=Subquery(contact[:1]))


def _contact(organization_id: int, task: Any) -> dict[str, Any]:
    """Whom people asked for the last time, where the call is somebody else's and names its own contact."""
    return {} if task.issuer_id == organization_id else task.last_contact or {}


def _different(latest: Sequence[Shift]) -> list[Shift]:
    """The latest shifts of the task that differ in hours or place, so that each stands for its like."""
    found: dict[tuple[Any, ...], Shift] = {}
    for shift in latest:
        start = timezone.localtime(shift.starts_at) if shift.starts_at else None
        key = (start and (start.hour, start.minute), shift.place)
        found.setdefault(key, shift)
    return list(found.values())[:OFFERED]


def _own(organization_id: int, task: Task) -> QuerySet[Shift]:
    shifts = Shift.objects.filter(organization=organization_id, task=task)
    return shifts.select_related("area__parent__parent")


def _of_shift(shift: Shift) -> dict[str, Any]:
    """What another shift like this one begins with; its day and its windows are chosen anew."""
    values = {
        name: value for name, value in of_shift(shift).items() if name not in (*WINDOWS, "scope", "due_at")
    }
    last = values.pop("day", None)
    if last is None:
        return {**values, "kind": Kind.DEADLINE if shift.due_at else Kind.OPEN}
    day = max(last, timezone.localdate(clock.now())) + timedelta(days=1)
    return {**values, "first_day": day}
