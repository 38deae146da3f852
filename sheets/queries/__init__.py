"""Reads of tables under way, and what their cells are looked up in."""

from collections.abc import Iterator

from django.db.models import QuerySet

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


def problems_of(sheet: Sheet) -> QuerySet[SheetProblem]:
    return SheetProblem.objects.filter(sheet=sheet).order_by("line", "pk")


def all_problems(sheet: Sheet) -> Iterator[SheetProblem]:
    """However many there are, some thousands at a time."""
    return problems_of(sheet).iterator(chunk_size=2_000)
