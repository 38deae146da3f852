"""Shifts that somebody keeps an eye on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.errors import DomainError
from tasks.actions.watching import unwatch
from tasks.actions.watching import watch as keep_an_eye
from tasks.models import Shift, Task
from tasks.queries.watching import watched_by
from web.access import SignedInRequest, signed_in
from web.account.page import show
from web.account.views.enter import see_other
from web.undo import say_done


@never_cache
@require_safe
@signed_in
def watching(request: SignedInRequest) -> HttpResponse:
    """Everything that somebody watches, the next shift first."""
    return show(request, "watching", {"watches": list(watched_by(request.user))})


@require_POST
@signed_in
def watch(request: SignedInRequest, code: str) -> HttpResponse:
    """Begin or stop watching; back to the list where it was done there, else to the shift."""
    shift = get_object_or_404(
        Shift.objects.exclude(task__status=Task.Status.DRAFT).select_related("task"), code=code
    )
    if request.POST.get("do") == "stop":
        unwatch(shift=shift, by=request.user)
        say_done(
            request,
            gettext("You hear no more of this shift."),
            back=reverse("public:need", args=[shift.code]),
            label=gettext("To the shift, to watch it again"),
        )
    else:
        try:
            keep_an_eye(shift=shift, by=request.user, at=clock.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(
                request,
                gettext("You hear when it opens, a seat comes free, people are missing or it changes."),
            )
    if request.POST.get("from") == "list":
        return see_other("account:watching")
    response = redirect("public:need", code=shift.code)
    response.status_code = 303
    return response
