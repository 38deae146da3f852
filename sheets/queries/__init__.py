"""Reads of tables under way, and what their cells are looked up in."""

from collections.abc import Collection, Iterator

from django.db.models import Case, IntegerField, QuerySet, When

from areas.models import Area
from organizations.models import Organization
from sheets.models import Sheet, SheetProblem


def sheets_of(organization: Organization) -> QuerySet[Sheet]:
    """An organization's own tables, the newest first."""
    found = Sheet.objects.light().filter(organization=organization, area=None)
    return found.select_related("by", "task", "shift").order_by("-pk")


def sheets_of_area(area: Area) -> QuerySet[Sheet]:
    """The tables that officials of an area brought in or took out."""
    return Sheet.objects.light().filter(area=area).select_related("by", "organization").order_by("-pk")


def problems_of(sheet: Sheet, *, last: Collection[str] = ()) -> QuerySet[SheetProblem]:
    """By line; those whose reason is among `last` behind all others."""
    found = SheetProblem.objects.filter(sheet=sheet)
    if not last:
        return found.order_by("line", "pk")
    behind = Case(When(reason__in=last, then=1), default=0, output_field=IntegerField())
    return found.order_by(behind, "line", "pk")


def all_problems(sheet: Sheet) -> Iterator[SheetProblem]:
    """However many there are, some thousands at a time."""
    return problems_of(sheet).iterator(chunk_size=2_000)
