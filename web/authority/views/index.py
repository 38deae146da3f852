"""The index of an area: one number that can be taken apart, its history, the areas below beside each other."""

from datetime import date, timedelta
from itertools import pairwise

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from core import clock
from insights.queries import IndexView, Key, index_by_area, index_history, index_versions
from web.access import OfficialRequest, official
from web.authority.frame import frame
from web.authority.overview.figures import definition_url
from web.authority.overview.index import version_lines
from web.authority.overview.places import areas_below
from web.drawing.charts import Line, Point, Series

BACK = timedelta(days=90)


@official
def index(request: OfficialRequest, area_code: str) -> HttpResponse:
    area, today = request.area, clock.today()
    history = index_history(area, (today - BACK, today))
    newest = history[-1] if history else None
    below = areas_below(area)
    by_area = index_by_area(below, newest.day) if newest else {}
    ranked = sorted(
        ((one, by_area[one.pk]) for one in below if one.pk in by_area), key=lambda pair: pair[1].value
    )
    context = {
        **frame(request, "overview"),
        "newest": newest,
        "series": _series(history),
        "marks": _marks(history),
        "ranked": ranked,
        "versions": version_lines(index_versions()),
        "definition_url": definition_url(Key.INDEX, area),
    }
    return render(request, "authority/index.html", context)


def _series(history: list[IndexView]) -> list[Series]:
    return (
        [Series(gettext("Index"), [Point(one.day, one.value) for one in history], "other")] if history else []
    )


def _marks(history: list[IndexView]) -> list[Line]:
    """The days on which other weights came into force."""
    changed: list[tuple[date, int]] = [
        (after.day, after.version) for before, after in pairwise(history) if before.version != after.version
    ]
    return [Line(day, gettext("Version %(version)s") % {"version": version}) for day, version in changed]
