"""Stop everything in an area now, and let it go on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from core import clock
from core.errors import DomainError
from tasks.actions import stages as actions
from tasks.models import AreaStop
from tasks.notices.calls import leaders_with_shifts
from tasks.queries.stages import live_stops_over
from web.access import OfficialRequest, official
from web.authority.forms.stages import SureForm
from web.authority.frame import frame, see_other
from web.forms import posted, refuse


@official
def stop(request: OfficialRequest, area_code: str) -> HttpResponse:
    """One step: why, the name of the area to make sure, and it stands still."""
    area, at = request.area, clock.now()
    if request.method != "POST" and live_stops_over(area).exists():
        messages.info(request, actions.AlreadyStopped(area=area.full_name).message)
        return see_other("overview", area_code)
    form = SureForm(posted(request), name=area.name, names=[area.name_zh, area.name_en])
    if request.method == "POST" and form.is_valid():
        try:
            actions.stop_area(area=area, reason=form.cleaned_data["reason"], by=request.user, at=at)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(
                request, gettext("Everything stands still. Whoever organizes shifts here was told.")
            )
            return see_other("overview", area_code)
    told = leaders_with_shifts(area, at).count()
    context = {
        **frame(request, "overview"),
        "title": gettext("Stop everything in %(area)s now?") % {"area": area.full_name},
        "consequences": [
            gettext("No call and no shift is published, nobody signs up, nobody checks in, here and below."),
            ngettext(
                "%(count)d person who organizes shifts here in the next 24 hours is told at once.",
                "%(count)d people who organize shifts here in the next 24 hours are told at once.",
                told,
            )
            % {"count": told},
            gettext("Seats stay with whoever holds them; checking out still works."),
            gettext("You can let it go on at any time, from the yellow strip on top of each page."),
        ],
        "confirm_label": gettext("Stop everything now"),
        "danger": True,
        "form": form,
        "cancel_url": reverse("authority:overview", args=[area.code]),
    }
    return render(request, "authority/confirm.html", context)


@official
def lift(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Lift the stop that was called for this very area."""
    area, at = request.area, clock.now()
    live = AreaStop.objects.live().filter(area=area).select_related("area").first()
    if live is None:
        messages.info(request, gettext("Nothing is stopped here."))
        return see_other("overview", area_code)
    if request.method == "POST":
        try:
            actions.lift_stop(stop=live, by=request.user, at=at)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, gettext("It goes on. Whoever organizes shifts here was told."))
        return see_other("overview", area_code)
    told = leaders_with_shifts(area, at).count()
    context = {
        **frame(request, "overview"),
        "title": gettext("Let everything in %(area)s go on?") % {"area": area.full_name},
        "text": gettext("Stopped because: %(reason)s") % {"reason": live.reason},
        "consequences": [
            gettext("Publishing, sign-up and check-in work again at once."),
            ngettext(
                "%(count)d person who organizes shifts here in the next 24 hours is told at once.",
                "%(count)d people who organize shifts here in the next 24 hours are told at once.",
                told,
            )
            % {"count": told},
        ],
        "confirm_label": gettext("Let it go on"),
        "cancel_url": reverse("authority:overview", args=[area.code]),
    }
    return render(request, "authority/confirm.html", context)
