"""Lists of organizations' pages, a part at a time, without counting the whole."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from web.together import page_asked


def page_of(request: HttpRequest, rows: QuerySet[Any], size: int) -> dict[str, Any]:
    """`rows` of the page that the address names, and the addresses before and after it; one statement."""
    number = page_asked(request, "page")
    found = list(rows[(number - 1) * size : number * size + 1])
    return {
        "rows": found[:size],
        "previous_url": f"?page={number - 1}" if number > 1 else "",
        "next_url": f"?page={number + 1}" if len(found) > size else "",
        "page_number": number if number > 1 or len(found) > size else "",
    }
