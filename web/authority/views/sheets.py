"""Tables of officials: the organizations of their area."""

from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from sheets.models import Sheet
from sheets.queries import sheets_of_area
from web import sheets
from web.access import OfficialRequest, official
from web.authority.frame import frame


def place_of(request: OfficialRequest) -> sheets.Place:
    """The pages of tables of the area that the request is about."""
    area = request.area

    def url(name: str, *args: Any) -> str:
        return reverse(
            f"authority:{'sheets' if name == 'sheets' else 'sheet_' + name}", args=[area.code, *args]
        )

    return sheets.Place(
        organization=request.authority,
        area=area,
        sheets=sheets_of_area(area),
        around=partial(frame, request, "approvals"),
        url=url,
        imports=(Sheet.Kind.ORGANIZATIONS,),
        exports=[(Sheet.Kind.ORGANIZATIONS.value, Sheet.Kind.ORGANIZATIONS.label)],
    )


@require_GET
@official
def index(request: OfficialRequest, area_code: str) -> HttpResponse:
    return sheets.index(request, place_of(request))


@require_http_methods(["GET", "POST"])
@official
def bring_in(request: OfficialRequest, area_code: str, kind: str) -> HttpResponse:
    return sheets.upload(request, place_of(request), kind)


@require_GET
@official
def sample(request: OfficialRequest, area_code: str, kind: str, format: str) -> HttpResponse:
    return sheets.sample(place_of(request), kind, format)


@require_http_methods(["GET", "POST"])
@official
def take_out(request: OfficialRequest, area_code: str) -> HttpResponse:
    return sheets.take_out_page(request, place_of(request), of_persons=False)


@require_http_methods(["GET", "POST"])
@official
def sheet(request: OfficialRequest, area_code: str, sheet: str) -> HttpResponse:
    return sheets.sheet_page(request, place_of(request), sheet)


@require_GET
@official
def report(request: OfficialRequest, area_code: str, sheet: str) -> HttpResponseBase:
    return sheets.report(place_of(request), sheet)


@require_GET
@official
def file(request: OfficialRequest, area_code: str, sheet: str) -> HttpResponse:
    return sheets.download(request, place_of(request), sheet)
