"""Long lists, newest first, a screen at a time, however far down."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from core.sealing import WrongKey, seal, unseal

SIZE = 50
MOST_DIGITS = 18


@dataclass(frozen=True)
class Screen:
    """The rows of a screen, and the addresses of the next one and of the first; empty where there is none."""

    rows: list[Any]
    next_url: str
    newest_url: str


def screen_of(found: QuerySet[Any], request: HttpRequest, *, size: int = SIZE) -> Screen:
    """The rows after the place that the address names; one query, as quick on the thousandth screen as on the first."""
    before = _place(request.GET.get("before", ""))
    rows = list((found.filter(pk__lt=before) if before else found).order_by("-pk")[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    # Sealed, since a number in an address would tell how many rows there are.
    next_url = _address(request, seal(str(rows[-1].pk))) if more else ""
    return Screen(rows, next_url, _address(request, "") if before else "")


def _place(sealed: str) -> int | None:
    if not sealed:
        return None
    try:
        number = unseal(sealed)
    except WrongKey:
        return None
    return int(number) if number.isdecimal() and len(number) <= MOST_DIGITS else None


def _address(request: HttpRequest, before: str) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    if before:
        query["before"] = before
    return f"?{query.urlencode()}" if query else request.path
