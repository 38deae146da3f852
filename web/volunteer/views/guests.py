"""Guests who stay."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import clock
from core.errors import DomainError
from volunteers.actions.guests import keep_account as keep
from web.access import VolunteerRequest, volunteer_only


@never_cache
@require_POST
@volunteer_only
def keep_account(request: VolunteerRequest) -> HttpResponse:
    """One tap, and nothing is forgotten by itself any more."""
    try:
        keep(volunteer=request.volunteer, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, gettext("Your account stays. Say where and when you can help, if you like.")
        )
    return HttpResponseRedirect(reverse("account:start"), status=HTTPStatus.SEE_OTHER)
