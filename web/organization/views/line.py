"""The waiting list of a shift: who comes next, and taking somebody off it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localtime
from django.utils.translation import gettext

from core import access_log, clock
from core.errors import DomainError
from core.models import AccessRecord
from tasks.actions.waiting import take_off_line
from tasks.models import Shift, Waiting
from tasks.queries.waiting import line_of_shift
from web.access import OrganizerRequest
from web.forms import posted, refuse
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.registration import see_other
from web.organization.views.shifts import LEADER, shift_of


@LEADER
def line(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """Those who wait, in the order in which seats go to them. No telephone stands here."""
    leader_of_approved(request)
    found, at = shift_of(request, shift), clock.now()
    places = line_of_shift(found)
    _log(request, found, places, at)
    context: dict[str, Any] = {
        **frame(request, "board", count_calls=False),
        "shift": found,
        "rows": _rows(places, at),
        "several": len({place.role_id for place in places}) > 1,
    }
    return render(request, "organization/line.html", context)


def _rows(places: list[Waiting], at: datetime) -> list[dict[str, Any]]:
    """Each with its place: those for whom a seat is held come before the first."""
    rows: list[dict[str, Any]] = []
    number, role_id = 0, None
    for place in places:
        number = 0 if place.role_id != role_id else number
        role_id = place.role_id
        is_held = place.status == Waiting.Status.OFFERED
        number += not is_held
        rows.append({"place": place, "number": number, "is_held": is_held, "is_first": place.rank < 0})
    return rows


def _log(request: OrganizerRequest, shift: Shift, places: list[Waiting], at: datetime) -> None:
    """Write down whose names the organizer sees; once a person, shift and day, so that a reload adds nothing."""
    access_log.record_once(
        person_ids={place.volunteer.user_id for place in places},
        by=request.user,
        label=request.organization.name,
        at=at,
        since=localtime(at).replace(hour=0, minute=0, second=0, microsecond=0),
        purpose=AccessRecord.Purpose.OFFER,
        what=AccessRecord.What.NAME,
        about=shift.task.titles,
    )


@LEADER
def take_off(request: OrganizerRequest, code: str, shift: str, waiting: str) -> HttpResponse:
    """Take somebody off the list, with a reason that reaches the person."""
    leader_of_approved(request)
    found = shift_of(request, shift)
    place = get_object_or_404(
        Waiting.objects.live().filter(kind=Waiting.Kind.SEAT).select_related("volunteer__user", "role"),
        shift=found,
        code=waiting,
    )
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            take_off_line(waiting=place, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        except DomainError as error:
            refuse(form, error)
        else:
            said = gettext("%(name)s is off the list, and has been told why.")
            messages.success(request, said % {"name": place.volunteer.user.name})
            return see_other("line", code, found.code)
    context = {**frame(request, "board"), "form": form, "shift": found, "place": place}
    return render(request, "organization/take_off_line.html", context)
