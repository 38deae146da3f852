"""The page of a party: what it is about, and a place to take."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from core.errors import DomainError
from tasks.queries.needs import roles_of, shift_with_seats
from tasks.queries.parties import party_of
from volunteers.queries import volunteer_of
from web.access import public
from web.adapters import client_ip
from web.calendars.limits import is_used_up, within_limit
from web.public.frame import tabs
from web.public.need_view import need_view


@never_cache
@require_safe
@public
def party(request: HttpRequest, join_code: str) -> HttpResponse:
    """Whoever has the code reads which shift it is and who keeps the place; nobody else finds the page."""
    return party_page(request, join_code)


def refuse_guesses(request: HttpRequest) -> str:
    """Under which name wrong codes of this visitor count; whoever tried too many finds nothing for a minute."""
    guesser = f"party {client_ip(request)}"
    if is_used_up(guesser):
        raise Http404
    return guesser


def party_page(request: HttpRequest, join_code: str, refusal: DomainError | None = None) -> HttpResponse:
    """The page, also with what stands in the way of taking the place."""
    guesser = refuse_guesses(request)
    found = party_of(join_code)
    if found is None:
        within_limit(guesser)
        raise Http404
    at = clock.now()
    volunteer = volunteer_of(request.user) if request.user.is_authenticated else None
    shift = shift_with_seats(found.shift.code, volunteer)
    view = need_view(shift, roles_of(shift), at, signed_in=request.user.is_authenticated)
    back = urlencode({"next": reverse("public:party", args=[found.join_code])})
    context = {
        "tabs": tabs(request, "needs"),
        "need": view,
        "holder": found.volunteer.user.name,
        "part": found.role.name,
        "join_code": found.join_code,
        "kept": found.seats - 1,
        "seat": shift.own_seat,
        "own": volunteer is not None and found.volunteer_id == volunteer.pk,
        "volunteer": volunteer,
        "refusal": refusal,
        "join_url": f"{reverse('account:join')}?{back}",
        "enter_url": f"{reverse('account:enter')}?{back}",
    }
    status = HTTPStatus.OK if refusal is None else HTTPStatus.CONFLICT
    response = render(request, "public/party.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
