"""Public figures: numbers with their definitions, a table by area, a file to download."""

import csv
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from areas.models import Area
from insights.queries.definitions import DEFINITIONS, FRESH
from insights.queries.public import PublicFigures, public_figures
from web.access import public
from web.public.figures import csv_rows, items_of, period_words, table_of
from web.public.frame import briefly_kept, tabs


def _figures(request: HttpRequest) -> PublicFigures | None:
    """The figures of the area asked for, or of the whole place."""
    code = (
        request.GET.get("area")
        or Area.objects.filter(parent=None).order_by("code").values_list("code", flat=True).first()
    )
    found = public_figures(code) if code else None
    if found is None and request.GET.get("area"):
        raise Http404
    return found


@require_safe
@public
@briefly_kept
def figures(request: HttpRequest) -> HttpResponse:
    """The released figures of an area and of those below it."""
    found = _figures(request)
    periods = found.periods if found else ()
    wish = request.GET.get("period", "week")
    period = next((p for p in periods if p.period == wish), periods[0] if periods else None)
    area = found.area if found else None
    context: dict[str, Any] = {
        "tabs": tabs(request, "figures"),
        "area": area,
        "above": area.parent if area else None,
        "period": period,
        "segments": [
            {"label": p.name, "url": f"?{_query(request, p.period)}", "current": p is period} for p in periods
        ],
        "csv_url": f"{reverse('public:figures_csv')}?{urlencode({'area': area.code})}" if area else "",
    }
    if period:
        context |= {
            "items": items_of(period),
            "period_words": period_words(period),
            "headings": [str(definition.name) for definition in DEFINITIONS.values()],
            "rows": table_of(period),
            "has_below": bool(area and area.level < Area.Level.CITY),
        }
    return render(request, "public/figures.html", context)


def _query(request: HttpRequest, period: str) -> str:
    query = request.GET.copy()
    query["period"] = period
    return query.urlencode()


@require_safe
@public
@briefly_kept
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same numbers for a spreadsheet."""
    found = _figures(request)
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
        "fresh": FRESH,
    }
    return render(request, "public/definitions.html", context)
