"""What is noted of a volunteer's own seats, and the way to object to it."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.errors import DomainError
from tasks.actions.marks import appeal
from tasks.models import Mark
from tasks.policies.marks import appeal_until
from tasks.queries.marks import marks_about
from web.access import VolunteerRequest, volunteer_only
from web.forms import posted, refuse
from web.volunteer.forms import AppealForm
from web.volunteer.frame import frame

SHOWN = 50


@never_cache
@require_safe
@volunteer_only
def marks(request: VolunteerRequest) -> HttpResponse:
    """Everything that is noted, the latest first."""
    context = frame(request, "hours") | {"marks": marks_about(request.volunteer)[:SHOWN]}
    return render(request, "volunteer/marks.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_only
def own_mark(request: VolunteerRequest, code: str) -> HttpResponse:
    """One of them; POST objects."""
    at = clock.now()
    found = get_object_or_404(marks_about(request.volunteer), code=code)
    form = AppealForm(posted(request))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and not form.is_valid() else HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            appeal(mark=found, by=request.user, at=at, words=form.cleaned_data["words"])
        except DomainError as error:
            refuse(form, error)
            status = HTTPStatus.CONFLICT
        else:
            messages.success(
                request, gettext("Sent. Somebody who did not note it decides, and you hear of it.")
            )
            return HttpResponseRedirect(
                reverse("volunteer:mark", args=[found.code]), status=HTTPStatus.SEE_OTHER
            )
    until = appeal_until(found.marked_at)
    context: dict[str, Any] = frame(request, "hours") | {
        "mark": found,
        "form": form,
        "until": until,
        "may_appeal": found.status == Mark.Status.NOTED and at <= until,
    }
    return render(request, "volunteer/mark.html", context, status=status)
