"""Tables of an organization: its people, its schedules, its hours."""

from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from sheets.models import Sheet
from sheets.queries import sheets_of
from tasks.queries.board import own_tasks
from web import sheets
from web.access import OrganizerRequest
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.posting import LEADER
from web.organization.views.shifts import shift_of

IMPORTS = (Sheet.Kind.PEOPLE, Sheet.Kind.SHIFTS)
EXPORTS = (Sheet.Kind.PEOPLE, Sheet.Kind.SHIFTS, Sheet.Kind.HOURS)


def place_of(request: OrganizerRequest) -> sheets.Place:
    """The pages of tables of the organization that the request is about; only an approved one has them."""
    leader_of_approved(request)
    organization = request.organization

    def url(name: str, *args: Any) -> str:
        return reverse(
            f"organization:{'sheets' if name == 'sheets' else 'sheet_' + name}",
            args=[organization.code, *args],
        )

    return sheets.Place(
        organization=organization,
        area=None,
        sheets=sheets_of(organization),
        around=partial(frame, request, "team", count_calls=False),
        url=url,
        imports=IMPORTS,
        exports=[(kind.value, kind.label) for kind in EXPORTS],
        tasks=lambda: list(own_tasks(organization).order_by("-pk")[:200]),
    )


@require_GET
@LEADER
def index(request: OrganizerRequest, code: str) -> HttpResponse:
    return sheets.index(request, place_of(request))


@require_http_methods(["GET", "POST"])
@LEADER
def bring_in(request: OrganizerRequest, code: str, kind: str) -> HttpResponse:
    return sheets.upload(request, place_of(request), kind)


@require_GET
@LEADER
def sample(request: OrganizerRequest, code: str, kind: str, format: str) -> HttpResponse:
    return sheets.sample(place_of(request), kind, format)


@require_http_methods(["GET", "POST"])
@LEADER
def take_out(request: OrganizerRequest, code: str) -> HttpResponse:
    return sheets.take_out_page(request, place_of(request))


@require_http_methods(["GET", "POST"])
@LEADER
def roster(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """The people of one shift."""
    return sheets.take_out_page(request, place_of(request), shift=shift_of(request, shift))


@require_http_methods(["GET", "POST"])
@LEADER
def sheet(request: OrganizerRequest, code: str, sheet: str) -> HttpResponse:
    return sheets.sheet_page(request, place_of(request), sheet)


@require_GET
@LEADER
def report(request: OrganizerRequest, code: str, sheet: str) -> HttpResponseBase:
    return sheets.report(place_of(request), sheet)


@require_GET
@LEADER
def file(request: OrganizerRequest, code: str, sheet: str) -> HttpResponse:
    return sheets.download(request, place_of(request), sheet)
