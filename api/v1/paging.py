"""Lists in pages: a cursor says after which row to go on, so that a page costs the same however far one has read."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PAGE = 50


def cursor_after(starts_at: datetime | None, code: str) -> str:
    """Go on after the row with this start and code. Opaque: nothing but this module reads it."""
    text = f"{'' if starts_at is None else starts_at.isoformat()}~{code}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime | None, str]:
    """The start and the code of the last row; raises ValidationError."""
    try:
        padded = text + "=" * (-len(text) % 4)
        start, _, code = base64.urlsafe_b64decode(padded.encode()).decode().partition("~")
        if code.isalnum() and (moment := parse_datetime(start) if start else None) is not None:
            return moment, code
        if code.isalnum() and not start:
            return None, code
    except (ValueError, binascii.Error):
        pass
    raise ValidationError({"cursor": [gettext("Use the address that the page before gave as next")]})


def read_moment(request: Request, name: str) -> datetime | None:
    """A time from the address, with its zone; raises ValidationError."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    try:
        # A plus sign in an address means a blank.
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or is_naive(moment):
        raise ValidationError({name: [gettext("Write a time with its zone, like 2026-02-06T18:00:00+08:00")]})
    return moment


def page(
    request: Request,
    rows: Sequence[Any],
    *,
    cursor_of: Callable[[Any], str],
    shown: Callable[[Sequence[Any]], list[dict[str, Any]]],
) -> dict[str, Any]:
    """A page from at most one row more than it shows; `shown` makes the results of the rows."""
    has_more = len(rows) > PAGE
    rows = rows[:PAGE]
    return {"next": _next(request, cursor_of(rows[-1])) if has_more else None, "results": shown(rows)}


def _next(request: Request, cursor: str) -> str:
    """The address of the next page."""
    query = request.query_params.copy()
    query["cursor"] = cursor
    address: str = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return address
