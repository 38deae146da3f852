"""Public figures: numbers with their definitions, a table by area, a file to download."""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from areas.models import Area
from insights.queries.definitions import DEFINITIONS, FRESH, Key
from insights.queries.index import PARTS, in_order, index_versions
from insights.queries.picture_definitions import PICTURES
from insights.queries.public import NotReleasedYet, PublicFigures, public_figures
from insights.queries.released import Correction, corrections_of, days_of_places
from tasks.models import TaskType
from web.access import public
from web.public.figures import (
    BY_KIND,
    PLOT_DAYS,
    cell_words,
    changes_of,
    csv_rows,
    item_of,
    items_of,
    keys_of,
    kinds_of,
    names_of,
    needs_and_hands,
    period_words,
    segment_words,
    table_of,
)
from web.public.frame import briefly_kept, tabs
from web.public.map_days import map_days, span_of


def _figures(request: HttpRequest) -> PublicFigures | None:
    """The figures of the area asked for, or of the whole place; on the day asked for, or the newest."""
    try:
        day = date.fromisoformat(request.GET["day"]) if request.GET.get("day") else None
    except ValueError as error:
        raise Http404 from error
    return _figures_on(request, day)


def _figures_on(request: HttpRequest, day: date | None) -> PublicFigures | None:
    code = (
        request.GET.get("area")
        or Area.objects.filter(parent=None).order_by("code").values_list("code", flat=True).first()
    )
    found = public_figures(code, on=day) if code else None
    if found is None and request.GET.get("area"):
        raise Http404
    return found


def _figures_or_newest(request: HttpRequest) -> tuple[PublicFigures | None, str]:
    """The figures of the day asked for; where there are none the newest, and a sentence that says so."""
    wish = request.GET.get("day")
    try:
        day = date.fromisoformat(wish) if wish else None
    except ValueError:
        return _figures_on(request, None), gettext("There is no such day.")
    try:
        return _figures_on(request, day), ""
    except NotReleasedYet as refusal:
        return _figures_on(request, None), refusal.message


@require_safe
@public
@briefly_kept
def figures(request: HttpRequest) -> HttpResponse:
    """The released figures of an area and of those below it, with what was corrected in them."""
    found, refusal = _figures_or_newest(request)
    periods = found.periods if found else ()
    wish = request.GET.get("period", "week")
    period = next((p for p in periods if p.period == wish), periods[0] if periods else None)
    area = found.area if found else None
    place_query = "" if refusal else _place_query(request)
    context: dict[str, Any] = {
        "tabs": tabs(request, "figures"),
        "area": area,
        "above": area.parent if area else None,
        "period": period,
        "refusal": refusal,
        "segments": [
            {
                "label": segment_words(p),
                "url": f"?{_query(request, p.period)}#numbers",
                "current": p is period,
            }
            for p in periods
        ],
        "csv_url": reverse("public:figures_csv") + place_query,
        "place_query": place_query,
    }
    if period and area:
        last = period.ends_on
        every = days_of_places(area, (last - timedelta(days=PLOT_DAYS - 1), span_of(last)[1]))
        context |= {
            "items": items_of(period, place_query),
            "period_words": period_words(period),
            "headings": [str(DEFINITIONS[key].name) for key in keys_of(period)],
            "kinds": kinds_of(period, _kind_names(period.own.kinds)),
            "kind_headings": [str(DEFINITIONS[key].name) for key in BY_KIND],
            "corrections": [
                (correction, changes_of(correction, names_of(period))) for correction in period.corrections
            ],
            "rows": table_of(period),
            "plot": needs_and_hands(every, last),
            "map": map_days(area, last, every, {"period": request.GET.get("period", "")}),
            "has_below": area.level < Area.Level.CITY,
        }
    # Whoever reads the page by a program does not take the newest day for the one that was asked for.
    status = HTTPStatus.NOT_FOUND if refusal else HTTPStatus.OK
    return render(request, "public/figures.html", context, status=status)


def _refused(request: HttpRequest, refusal: NotReleasedYet) -> HttpResponse:
    """The page of figures with why there are none."""
    said = {"tabs": tabs(request, "figures"), "refusal": refusal.message}
    return render(request, "public/figures.html", said, status=HTTPStatus.NOT_FOUND)


def _kind_names(codes: Iterable[str]) -> dict[str, str]:
    """The names of kinds of work, where there are any to name."""
    return {kind.code: kind.name for kind in TaskType.objects.filter(code__in=codes)} if codes else {}


def _place_query(request: HttpRequest) -> str:
    """The place and the day that were asked for, to be asked for again in a link; empty without either."""
    kept = {name: request.GET[name] for name in ("area", "day") if request.GET.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def _query(request: HttpRequest, period: str) -> str:
    query = request.GET.copy()
    query["period"] = period
    return query.urlencode()


@require_safe
@public
@briefly_kept
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same numbers for a spreadsheet."""
    try:
        found = _figures(request)
    except NotReleasedYet as refusal:
        return _refused(request, refusal)
    if found is None:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="manyhands-figures-{found.area.code}.csv"'
    # Spreadsheets take a file for UTF-8 only with this mark.
    response.write("\ufeff")
    csv.writer(response).writerows(csv_rows(found))
    return response


@require_safe
@public
@briefly_kept
def definitions(request: HttpRequest) -> HttpResponse:
    """What every figure counts, from which rows, and how persons are kept out of it."""
    context = {
        "tabs": tabs(request, "figures"),
        "definitions": DEFINITIONS.values(),
        "pictures": PICTURES.values(),
        "place_query": _place_query(request),
        "fresh": FRESH,
    }
    return render(request, "public/definitions.html", context)


@require_safe
@public
@briefly_kept
def definition(request: HttpRequest, key: str) -> HttpResponse:
    """One figure: how it is counted, what it is now, and what was corrected in it."""
    if key in PICTURES:
        return _of_picture(request, key)
    if key not in DEFINITIONS:
        raise Http404
    described, figure = DEFINITIONS[Key(key)], Key(key)
    try:
        found = _figures(request)
    except NotReleasedYet as refusal:
        return _refused(request, refusal)
    corrections = corrections_of(figure, found.area) if found else []
    context = {
        "tabs": tabs(request, "figures"),
        "definition": described,
        "place_query": _place_query(request),
        "area": found.area if found else None,
        "values": [
            (period, period_words(period), item_of(described, period.own.cells[figure]))
            for period in (found.periods if found else ())
            if figure in period.own.cells
        ],
        "kinds": _by_kind(found) if found and described.key == Key.SHORT_BY_KIND else [],
        "corrections": [_correction_row(correction) for correction in corrections],
        "versions": [
            (version, [(PARTS.get(name, name), weight) for name, weight in in_order(version.weights)])
            for version in (index_versions() if described.key == Key.INDEX else ())
        ],
    }
    return render(request, "public/definition.html", context)


def _of_picture(request: HttpRequest, key: str) -> HttpResponse:
    """A number of officials' pictures: how it is counted."""
    context = {
        "tabs": tabs(request, "figures"),
        "definition": PICTURES[key],
        "place_query": _place_query(request),
        "is_picture": True,
    }
    return render(request, "public/definition.html", context)


def _by_kind(found: PublicFigures) -> list[tuple[str, object]]:
    """The hands short by kind of work in the newest period that tells them."""
    period = next((period for period in found.periods if period.own.kinds), None)
    if period is None:
        return []
    names = _kind_names(period.own.kinds)
    short = {code: cells[Key.SHORT] for code, cells in period.own.kinds.items() if Key.SHORT in cells}
    ranked = sorted(short, key=lambda code: (-(short[code].value or 0), code))
    return [(names.get(code, code), cell_words(Key.SHORT, short[code])) for code in ranked]


def _correction_row(correction: Correction) -> dict[str, object]:
    change = correction.changes[0]
    return {
        "period": correction.period.label,
        "ends_on": correction.ends_on,
        "released_at": correction.released_at,
        "reason": correction.reason,
        "before": cell_words(Key(change.key), change.before),
        "after": cell_words(Key(change.key), change.after),
    }
