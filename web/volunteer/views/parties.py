"""Coming along: taking a place that somebody kept, giving it back, and keeping fewer."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.errors import DomainError
from tasks.actions.parties import NoPartyToReturnTo, NotFewer, claim_place, leave_party, shrink_party
from tasks.actions.refusals import NoSuchSeat
from tasks.models import Assignment
from tasks.queries.own import seats_of
from volunteers.queries import proxied_volunteer, volunteer_of
from web.access import ACTING_FOR, VolunteerRequest, public, volunteer_only
from web.public.views.party import party_page, refuse_guesses
from web.volunteer.forms import FewerForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def take_place(request: HttpRequest, join_code: str) -> HttpResponse:
    """Take a kept place in one's own name; whoever is not signed in comes back to it afterwards."""
    page = reverse("public:party", args=[join_code])
    user = request.user
    if not user.is_authenticated:
        return HttpResponseRedirect(f"{reverse('account:enter')}?{urlencode({'next': page})}")
    if request.method != "POST":
        return HttpResponseRedirect(page)
    refuse_guesses(request)
    number = request.session.get(ACTING_FOR)
    proxied = proxied_volunteer(user, number) if number else None
    try:
        seat = claim_place(join_code=join_code, by=user, at=clock.now(), volunteer=proxied)
    except NoSuchSeat:
        if proxied is None and volunteer_of(user) is None:
            return HttpResponseRedirect(reverse("account:start"), status=HTTPStatus.SEE_OTHER)
        raise Http404 from None
    except DomainError as error:
        return party_page(request, join_code, refusal=error)
    return HttpResponseRedirect(reverse("volunteer:done", args=[seat.code]), status=HTTPStatus.SEE_OTHER)


@never_cache
@require_POST
@volunteer_only
def keep_fewer(request: VolunteerRequest, code: str) -> HttpResponse:
    """Come with fewer than were signed up."""
    found = _own(request, code)
    form = FewerForm(request.POST, most=max(found.seats - 1, 1))
    try:
        if not form.is_valid():
            raise NotFewer(field="seats", least=1)
        shrink_party(assignment=found, seats=form.cleaned_data["seats"], by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("Saved. The seats that you gave back go to the next."))
    return _see(code)


@never_cache
@require_POST
@volunteer_only
def give_back_place(request: VolunteerRequest, code: str) -> HttpResponse:
    """Back to whoever kept it."""
    found = _own(request, code)
    try:
        leave_party(assignment=found, by=request.user, at=clock.now())
    except NoPartyToReturnTo as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("volunteer:step_back", args=[code]), status=HTTPStatus.SEE_OTHER)
    except DomainError as error:
        messages.error(request, error.message)
        return _see(code)
    messages.success(request, gettext("The place is back with whoever kept it, and they are told."))
    return HttpResponseRedirect(reverse("volunteer:today"), status=HTTPStatus.SEE_OTHER)


def _own(request: VolunteerRequest, code: str) -> Assignment:
    found: Assignment | None = seats_of(request.volunteer).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _see(code: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("volunteer:seat", args=[code]), status=HTTPStatus.SEE_OTHER)
