"""Taking a seat."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import DomainError
from tasks.actions import seats
from tasks.actions.refusals import NoSuchSeat
from tasks.models import Assignment
from tasks.policies import SEATS_AT_ONCE
from tasks.queries.seats import SeatWanted
from volunteers.models import Volunteer
from volunteers.queries import proxied_volunteer, volunteer_of
from web.access import ACTING_FOR, SignedInRequest, signed_in
from web.public.need_context import shift_context
from web.volunteer.forms import SignUpForm

Found = TypeVar("Found")


def back_to_need(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Whose session ended comes back to the shift after signing in, not to the start."""

    @wraps(view)
    def kept(request: HttpRequest, code: str) -> HttpResponseBase:
        need = reverse("public:need", args=[code])
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('account:enter')}?{urlencode({'next': need})}")
        if request.method != "POST":
            return HttpResponseRedirect(need)
        return view(request, code)

    return kept


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@back_to_need
@signed_in
def sign_up(request: SignedInRequest, code: str) -> HttpResponse:
    """Take a seat: four statements of the domain and none of this page, for this is the crowded door."""
    return at_the_door(request, code, SignUpForm(request.POST), seats.sign_up, taken)


def taken(request: SignedInRequest, seat: Assignment) -> HttpResponse:
    """On to the page that says so."""
    return HttpResponseRedirect(reverse("volunteer:done", args=[seat.code]), status=HTTPStatus.SEE_OTHER)


def at_the_door(
    request: SignedInRequest,
    code: str,
    form: SignUpForm,
    act: Callable[..., Found],
    lead_on: Callable[[SignedInRequest, Found], HttpResponse],
) -> HttpResponse:
    """Do what the form of a shift asks for, in the name of whoever it is for; a refusal shows the shift again."""
    number = request.session.get(ACTING_FOR)
    proxied = proxied_volunteer(request.user, number) if number else None
    if not form.is_valid():
        raise Http404
    asked = dict(form.cleaned_data)
    try:
        found = act(
            role=SeatWanted(code, asked.pop("part")),
            by=request.user,
            at=clock.now(),
            volunteer=proxied,
            **asked,
        )
    except NoSuchSeat:
        if proxied is None and volunteer_of(request.user) is None:
            return HttpResponseRedirect(reverse("account:start"), status=HTTPStatus.SEE_OTHER)
        raise Http404 from None
    except DomainError as error:
        return refused(request, code, proxied or volunteer_of(request.user), error)
    return lead_on(request, found)


def refused(
    request: SignedInRequest, code: str, volunteer: Volunteer | None, error: DomainError
) -> HttpResponse:
    """The page of the shift again, with the sentence, what was typed, and what else can be taken at once."""
    typed = _typed(request.POST)
    context = shift_context(request, code, volunteer, refusal=error, seats_typed=typed["seats"])
    if context is None:
        raise Http404
    context["typed"] = typed
    return render(request, "public/need.html", context, status=HTTPStatus.CONFLICT)


def _typed(post: QueryDict) -> dict[str, Any]:
    """What the form held: the kind of seats, how many people, the words to the organizer."""
    seats_typed = post.get("seats", "")
    is_number = seats_typed.isdecimal() and 1 <= int(seats_typed[:4]) <= SEATS_AT_ONCE
    return {
        "part": post.get("part", ""),
        "seats": int(seats_typed) if is_number else 1,
        "words": post.get("words", "")[:300],
    }
