"""Work without a fixed time: saying that one is on it."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from core import clock
from core.errors import DomainError
from tasks.actions.claims import begin_work
from tasks.queries.own import seats_of
from web.access import VolunteerRequest, volunteer_only


@require_POST
@volunteer_only
def begin(request: VolunteerRequest, code: str) -> HttpResponse:
    seat = get_object_or_404(seats_of(request.volunteer), code=code)
    try:
        begin_work(assignment=seat, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("Good. It stays yours until it is done."))
    return HttpResponseRedirect(reverse("volunteer:seat", args=[code]), status=303)
