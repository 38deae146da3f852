"""Asking for help, and following it by its code: without an account, or with one."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core import clock, rates
from core.errors import DomainError
from residents.actions.asking import ask_help, count_request, tell_whoever_asked
from residents.models import Channel, RequestPoint
from residents.queries.own import asked_by, kinds_of_help, request_by_code
from residents.queries.points import point_by_code
from tasks.queries.stages import live_stops_around
from volunteers.queries import volunteer_of
from web.access import public
from web.account.sending import language_of
from web.adapters import client_ip
from web.forms import posted, refuse
from web.public.help_form import HelpForm, TrackForm
from web.public.help_view import page_tabs, request_view
from web.public.places import places
from web.public.strangers import new_key, once
from web.stops import stops_strip

# Wrong codes of one visitor; there are 23 to the twelfth power of them.
TRIES, TRIES_S = 60, 600
OWN_SHOWN = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def help_form(request: HttpRequest) -> HttpResponse:
    """The form; `at` is the code of a building, whose place it has already."""
    code = request.GET.get("at", "")
    point = point_by_code(code) if code else None
    known = places()
    user = request.user if isinstance(request.user, User) else None
    form = HelpForm(
        posted(request),
        kinds=list(kinds_of_help()),
        areas=[] if point else [("", gettext("Choose")), *known.counties_grouped()],
        point=point,
        initial=_known_of(user),
    )
    if request.method == "POST" and form.is_valid():
        try:
            # Counted whatever comes of it, and outside of what may be taken back.
            count_request(phone=form.cleaned_data["phone"], ip=client_ip(request))
            return once(
                request,
                lambda: _ask(request, form, user, point),
                words=gettext("Your request is written down."),
            )
        except DomainError as error:
            refuse(form, error)
    root = point.area if point else known.root
    stops = list(live_stops_around([root])) if root else []
    context: dict[str, Any] = {
        "tabs": page_tabs(request),
        "form": form,
        "point": point,
        "point_gone": bool(code) and point is None,
        "once": new_key(),
        "stage_notice": stops_strip(stops),
        "stopped": bool(stops),
    }
    return render(request, "public/help.html", context, status=_status(form))


def _status(form: Any) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _known_of(user: User | None) -> dict[str, Any]:
    """What somebody with an account need not type."""
    if user is None:
        return {}
    volunteer = volunteer_of(user)
    county = volunteer.county if volunteer else None
    return {"name": user.name, "phone": user.phone, "county": county.code if county else ""}


def _ask(request: HttpRequest, form: HelpForm, user: User | None, point: RequestPoint | None) -> str:
    """Write it down; the address that it has from now on."""
    at = clock.now()
    channel = Channel.QR if point else Channel.WEB
    made = ask_help(
        **form.values(),
        channel=Channel.PROXY if form.cleaned_data["for_other"] else channel,
        at=at,
        by=user,
        language=language_of(request),
    )
    tell_whoever_asked(request=made, at=at)
    return reverse("public:help_request", args=[made.code])


@require_safe
@public
def help_at(request: HttpRequest, point: str) -> HttpResponse:
    """The short address of a poster: on to the form with its place."""
    return HttpResponseRedirect(f"{reverse('public:help')}?{urlencode({'at': point})}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def help_track(request: HttpRequest) -> HttpResponse:
    """The code leads to the page of a request. Any other code gets one answer, whatever it was once."""
    form = TrackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if not rates.hit(f"help-code:{client_ip(request)}", limit=TRIES, seconds=TRIES_S, by_machine=True):
            form.add_error("code", gettext("Very many codes were tried from your network. Wait ten minutes"))
        else:
            found = request_by_code(form.cleaned_data["code"])
            if found is not None:
                address = reverse("public:help_request", args=[found.code])
                return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
            form.add_error(
                "code", gettext("There is no request with this code. Look at the slip or the message again")
            )
    at = clock.now()
    own = asked_by(request.user)[:OWN_SHOWN] if isinstance(request.user, User) else ()
    context = {
        "tabs": page_tabs(request),
        "form": form,
        "own": [request_view(each, at) for each in own],
    }
    return render(request, "public/help_track.html", context, status=_status(form))
