"""Codes on buildings: put up, printed, taken down; and whether the group looks at requests."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.errors import DomainError
from organizations.queries import areas_served
from residents.actions.points import close_desk, end_point, make_point, open_desk
from residents.queries.points import looks_at_requests, points_of
from web.access import OrganizerRequest
from web.forms import posted, refuse
from web.organization.forms.points import PointForm
from web.organization.frame import frame, short_address
from web.organization.guards import leader_of_approved
from web.organization.pages import page_of
from web.organization.views.posting import LEADER
from web.organization.views.registration import see_other

PAGE = 50


@require_http_methods(["GET", "POST"])
@LEADER
def points(request: OrganizerRequest, code: str) -> HttpResponse:
    """What hangs where, and how many asked by it; POST makes another."""
    leader_of_approved(request)
    form = PointForm(posted(request), roots=list(areas_served(request.organization)))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = make_point(
                organization=request.organization,
                area=values["area"],
                place=values["place"],
                by=request.user,
                at=clock.now(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("The code is made. Print it and hang it up."))
            return see_other("point_poster", code, made.code)
    context = {
        **frame(request, "residents", count_calls=False),
        "form": form,
        "looks": looks_at_requests(request.organization),
        **page_of(request, points_of(request.organization), PAGE),
    }
    return render(request, "organization/points.html", context, status=422 if form.errors else 200)


@require_POST
@LEADER
def request_desk(request: OrganizerRequest, code: str) -> HttpResponse:
    """Begin to look at requests, or end it."""
    leader_of_approved(request)
    begin = request.POST.get("look") == "yes"
    act, words = (
        (open_desk, gettext("New requests of your areas come to you first."))
        if begin
        else (
            close_desk,
            gettext("New requests go elsewhere. Those that came stay with you until you pass them on."),
        )
    )
    try:
        act(organization=request.organization, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, words)
    return see_other("points", code)


@require_GET
@LEADER
def point_poster(request: OrganizerRequest, code: str, point: str) -> HttpResponse:
    """A sheet with the code, for the door."""
    leader_of_approved(request)
    found = get_object_or_404(points_of(request.organization), code=point)
    context = {
        "point": found,
        "organization": request.organization,
        "address": short_address(request, "public:help_at", found.code),
    }
    return render(request, "organization/point_poster.html", context)


@require_http_methods(["GET", "POST"])
@LEADER
def end(request: OrganizerRequest, code: str, point: str) -> HttpResponse:
    """Take one down."""
    leader_of_approved(request)
    found = get_object_or_404(points_of(request.organization), code=point)
    if request.method == "POST":
        try:
            end_point(point=found, by=request.user, at=clock.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(
                request,
                gettext("It is taken down. Whoever scans it still finds the form, without the place."),
            )
        return see_other("points", code)
    context = {**frame(request, "residents", count_calls=False), "point": found}
    return render(request, "organization/end_point.html", context)
