"""Figures that were made public, for programs; no token is needed."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import F, Func, JSONField, Max, Min, Value
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import NoPublicFigures, NoSuchArea
from api.v1.base import PublicView
from api.v1.described import described
from api.v1.serializers import FiguresSerializer
from areas.models import Area
from insights.models import Release
from insights.queries.definitions import DEFINITIONS, Unit
from insights.queries.public import NothingReleasedYet, NotReleasedYet

# How many days one answer covers at most: a month with its weeks stays a small answer.
DAYS_MOST = 31
UNITS = {Unit.DURATION: "minutes"}
WANTED = [
    OpenApiParameter(
        "area", str, description="Code of an area down to counties; without it the whole place."
    ),
    OpenApiParameter(
        "from", date, description="Releases whose last day is this one or later. Without `to`: up to 31 days."
    ),
    OpenApiParameter(
        "to",
        date,
        description="Releases whose last day is this one or earlier. Without both: the newest of each period.",
    ),
]


class FiguresView(PublicView):
    """What was released for an area, the newest version of each period."""

    @described(
        "read_figures",
        "Public figures with their definitions",
        answers={200: FiguresSerializer},
        problems=("invalid", "not-found", "not-released-yet", "no-public-figures"),
        parameters=WANTED,
        is_public=True,
    )
    def get(self, request: Request) -> Response:
        first, last = _days(request)
        area = _area(request.query_params.get("area", ""))
        known = Release.objects.aggregate(first=Min("ends_on"), last=Max("ends_on"))
        first_day, last_day = known["first"], known["last"]
        if first_day is None:
            raise NothingReleasedYet
        if first is not None and last is not None and (last < first_day or first > last_day):
            day = last if last < first_day else first
            raise NotReleasedYet(day=day.isoformat(), first=first_day.isoformat(), last=last_day.isoformat())
        releases = [_shown(release) for release in _releases(area, first, last)]
        told = {figure["key"] for release in releases for figure in release["figures"]}
        answer = {
            "area": {"code": area.code, "name": {"zh": area.name_zh, "en": area.name_en}},
            "first_day": first_day,
            # Once an answer: a month has thousands of figures.
            "definitions": {key: words for key, words in _definitions().items() if key in told},
            "releases": releases,
        }
        return Response(answer)


def _days(request: Request) -> tuple[date | None, date | None]:
    """The days asked for, a month of them at most; neither: the newest releases are wanted."""
    first, last = _day(request, "from"), _day(request, "to")
    if first is None and last is None:
        return None, None
    span = timedelta(days=DAYS_MOST - 1)
    if first is None:
        assert last is not None
        return (last - span if last - date.min > span else date.min), last
    if last is None:
        return first, (first + span if date.max - first > span else date.max)
    if last < first:
        raise ValidationError({"to": [gettext("The last day lies before the first")]})
    if last - first > span:
        words = gettext("At most %(days)s days at once. Ask for the rest in a request of its own")
        raise ValidationError({"to": [words % {"days": DAYS_MOST}]})
    return first, last


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name, "")
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ValidationError({name: [gettext("Write a day like 2026-02-06")]})
    return day


def _area(code: str) -> Area:
    """The area asked for, or the whole place."""
    areas = Area.objects.filter(code=code) if code else Area.objects.filter(parent=None).order_by("code")
    area = areas.first()
    if area is None:
        raise NoSuchArea
    if area.level > Area.Level.COUNTY:
        raise NoPublicFigures
    return area


def _releases(area: Area, first: date | None, last: date | None) -> Iterable[Any]:
    """The newest version of each, of the days asked for or the newest of each period; only what is the area's."""
    releases = Release.objects.all()
    if first is None:
        # One of each period: the last.
        newest = releases.order_by("period", "-ends_on", "-version").distinct("period")
    else:
        newest = (
            releases.filter(ends_on__range=(first, last))
            .order_by("period", "ends_on", "-version")
            .distinct("period", "ends_on")
        )
    # The code of an area is a key and not a place in a list, which digits would be taken for.
    own = Func(
        F("figures"), Value(area.code), function="jsonb_extract_path", output_field=JSONField(), arity=2
    )
    return (
        releases.filter(pk__in=newest.values("pk"))
        .annotate(own=own)
        .filter(own__isnull=False)
        .order_by("-ends_on", "starts_on")
        .values("period", "starts_on", "ends_on", "released_at", "version", "correction", "own")
    )


def _shown(release: dict[str, Any]) -> dict[str, Any]:
    own = release.pop("own")
    figures = [
        {
            "key": key.value,
            "value": value,
            "unit": UNITS.get(definition.unit, definition.unit.value),
            "suppression": why or None,
        }
        for key, definition in DEFINITIONS.items()
        if key in own
        for value, why in (own[key],)
    ]
    return {**release, "figures": figures}


@lru_cache(maxsize=1)
def _definitions() -> dict[str, dict[str, dict[str, str]]]:
    """The words of each figure, in both languages."""
    return {
        key.value: {
            "name": _both(definition.name),
            "definition": _both(definition.what),
            "formula": _both(definition.formula),
            "source": _both(definition.source),
            "refreshed": _both(definition.refreshed),
            "protection": _both(definition.protected),
        }
        for key, definition in DEFINITIONS.items()
    }


def _both(words: str | Promise) -> dict[str, str]:
    found = {}
    for name, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            found[name] = str(words)
    return found
