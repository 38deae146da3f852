"""Asking for help, one question a page, and following it by its code: without an account, or with one."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from areas.models import Area
from core import clock, rates
from residents.queries.own import asked_by, request_by_code
from residents.queries.points import point_by_code
from tasks.queries.stages import live_stops_around
from web.access import public
from web.adapters import client_ip
from web.forms import posted
from web.public.help_check import address_of, check, form_of, user_of
from web.public.help_form import TrackForm
from web.public.help_steps import BY_KEY, CHECK, FIRST, Answers, Step, steps_of
from web.public.help_view import page_tabs, request_view
from web.stops import stops_strip

# Wrong codes of one visitor; there are 23 to the twelfth power of them.
TRIES, TRIES_S = 60, 600
OWN_SHOWN = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def help_form(request: HttpRequest) -> HttpResponse:
    """The first question; `at` is the code of a building, whose place is known then, or empty for another place."""
    answers = Answers(request, clock.now())
    if request.method != "POST" and "at" in request.GET:
        answers.stand_at(request.GET["at"][:20])
    return _question(request, BY_KEY[FIRST], answers)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def help_step(request: HttpRequest, step: str) -> HttpResponse:
    """One of the further questions, or all answers before they are sent."""
    answers = Answers(request, clock.now())
    if step == CHECK:
        return check(request, answers)
    if step not in BY_KEY or step == FIRST:
        raise Http404
    if step == "township" and not answers.values.get("county"):
        return HttpResponseRedirect(reverse("public:help_step", args=["county"]))
    return _question(request, BY_KEY[step], answers)


def _question(request: HttpRequest, step: Step, answers: Answers) -> HttpResponse:
    point = point_by_code(answers.point) if answers.point else None
    form = form_of(step.fields, answers, point, posted(request), user_of(request))
    if request.method == "POST" and form.is_valid():
        if answers.point and point is None:
            answers.stand_at("")
        answers.take(step, form)
        return HttpResponseRedirect(address_of(answers.next_step()), status=HTTPStatus.SEE_OTHER)
    steps = [each.key for each in steps_of(point is not None)]
    context: dict[str, Any] = {
        "tabs": page_tabs(request),
        "form": form,
        "step": step,
        "number": steps.index(step.key) + 1 if step.key in steps else 0,
        "count": len(steps),
        "back_url": address_of(answers.before(step.key)) if step.key != FIRST else "",
        "point": point,
        "point_gone": bool(answers.point) and point is None,
    }
    if step.key == FIRST:
        root = point.area if point else Area.objects.filter(level=Area.Level.PROVINCE).first()
        stops = list(live_stops_around([root])) if root else []
        context |= {"stage_notice": stops_strip(stops), "stopped": bool(stops)}
    return render(request, "public/help.html", context, status=_status(form))


def _status(form: Any) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@require_safe
@public
def help_at(request: HttpRequest, point: str) -> HttpResponse:
    """The short address of a poster: on to the questions, with its place."""
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
