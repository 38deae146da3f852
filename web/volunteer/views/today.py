"""Today: the next shift, what follows, and the days served."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import clock
from tasks.queries.candidates import point_of
from tasks.queries.handovers import asked_of
from tasks.queries.hours import served_by
from tasks.queries.needs import nearest_short
from tasks.queries.offers import open_offers_of
from tasks.queries.own import coming_seats
from tasks.queries.recruiting import recruiting_of
from tasks.queries.waiting import waiting_of
from volunteers.actions import go_off_duty, go_on_duty
from volunteers.queries import forget
from web import wording
from web.access import VolunteerRequest, volunteer_only
from web.guide import first_steps
from web.live import answer, is_poll, version_of
from web.public.rows import row_of
from web.recruiting import recruiting_view
from web.stops import strip_around
from web.volunteer.frame import frame
from web.volunteer.handover_view import handover_view
from web.volunteer.offer_view import offer_view
from web.volunteer.seat_view import SeatView, seat_view
from web.volunteer.waiting_view import waiting_view

NOON = 12


@never_cache
@require_safe
@volunteer_only
def today(request: VolunteerRequest) -> HttpResponse:
    """One shift large, the others small; what waits for an answer, and the check-in, ask anew by themselves."""
    at = clock.now()
    volunteer = request.volunteer
    coming = coming_seats(volunteer, at)
    places = [waiting_view(place, at) for place in waiting_of(volunteer, at)]
    seat = seat_view(coming[0], at) if coming else None
    context: dict[str, Any] = {
        "seat": seat,
        "offers": [offer_view(offer, at) for offer in open_offers_of(volunteer, at)],
        "places": places,
        "places_waiting": sum(place.waits for place in places),
        "stamp": _stamp(seat),
    }
    if is_poll(request):
        return answer(request, "volunteer/_now.html", context | {"told": request.GET.get("stamp", "")})
    concerned = [*([volunteer.area] if volunteer.area else []), *(each.shift.area for each in coming)]
    stop = strip_around(concerned)
    context |= frame(request, "today") | {
        "greeting": _greeting(volunteer.user.name, at),
        "name": volunteer.user.name,
        "following": [seat_view(each, at) for each in coming[1:]],
        "on_duty": volunteer.on_duty_since is not None,
        "today": localtime(at).date(),
        "stage_notice": stop,
        "first_steps": first_steps.of_volunteer(request, at),
        "asked_instead": [handover_view(each, at) for each in asked_of(volunteer, at)],
    }
    if not request.elder:  # type: ignore[attr-defined]
        context["served"] = served_by(volunteer)
    if not coming:
        point = point_of(volunteer)
        nearest = nearest_short(at, near=volunteer.area, point=point, limit=1)
        context["nearest"] = row_of(nearest[0], at, point) if nearest else None
        context["recruiting"] = recruiting_view(recruiting_of(volunteer.area, at))
    return render(request, "volunteer/today.html", context)


def _stamp(seat: SeatView | None) -> str:
    """Changes with what the large part of the page says of the next shift."""
    said = (seat.code, seat.starts_at, seat.ends_at, seat.where, seat.contact_phone) if seat else ()
    return version_of(repr(said))


def _greeting(name: str, at: datetime) -> str:
    hour = wording.local(at).hour
    if hour < NOON:
        return gettext("Good morning, %(name)s") % {"name": name}
    if hour < wording.EVENING:
        return gettext("Good afternoon, %(name)s") % {"name": name}
    return gettext("Good evening, %(name)s") % {"name": name}


@never_cache
@require_POST
@volunteer_only
def on_duty(request: VolunteerRequest) -> HttpResponse:
    """Whether the volunteer may be asked at once when something is needed nearby."""
    change = go_on_duty if request.POST.get("on") == "yes" else go_off_duty
    change(volunteer=request.volunteer, by=request.user, at=clock.now())
    forget(request.user)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "volunteer/_on_duty.html", {"on_duty": change is go_on_duty})
    return HttpResponseRedirect(reverse("volunteer:today"), status=HTTPStatus.SEE_OTHER)
