"""What the form that posts shifts begins with: a template of the task's kind, or a shift that was posted before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from core import clock
from tasks.models import Shift, Task
from tasks.queries.calls import templates_for
from tasks.queries.stages import rules_of
from web.access import OrganizerRequest
from web.organization.forms.editing import of_shift
from web.organization.forms.posting import Kind, starting_role, starting_values
from web.organization.forms.roles import of_role
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


def beginnings(request: OrganizerRequest, task: Task) -> Beginnings:
    """The shift or template that the address names, else the template of the stage that the area is in."""
    organization, today = request.organization, timezone.localdate(clock.now())
    rules = rules_of(organization.home_area, clock.now())
    templates = list(templates_for(rules).filter(type=task.type_id)[:OFFERED])
    shifts = _different(organization.pk, task)
    like, wanted = request.GET.get("like", ""), request.GET.get("template", "")
    english = (get_language() or "").startswith("en")
    named = [(each.code, each.title_en if english else each.title_zh) for each in templates]
    source = _own(organization.pk, task).filter(code=like).first() if like else None
    if source is not None:
        values = {**starting_values(task, None, today), **_of_shift(source)}
        roles = [of_role(role) for role in source.roles.prefetch_related("requirements").order_by("id")]
        return Beginnings(values, roles, named, shifts, source.code)
    template = next((each for each in templates if each.code == wanted), templates[0] if templates else None)
    values = starting_values(task, template, today)
    roles = [starting_role(task, template)]
    return Beginnings(values, roles, named, shifts, template.code if template else "")


def _different(organization_id: int, task: Task) -> list[Shift]:
    """The latest shifts of the task that differ in hours or place, so that each stands for its like."""
    latest = _own(organization_id, task).order_by(F("starts_at").desc(nulls_last=True), "-id")[:LOOKED_AT]
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
