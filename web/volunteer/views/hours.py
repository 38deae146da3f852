"""Hours served, and what became of every seat."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from tasks.queries.hours import records_of, served_by
from tasks.queries.own import earlier_seats, in_order, unconfirmed
from web.access import VolunteerRequest, volunteer_only
from web.volunteer.frame import frame
from web.volunteer.seat_view import seat_view

PAGE = 30


@never_cache
@require_safe
@volunteer_only
def hours(request: VolunteerRequest) -> HttpResponse:
    """Confirmed hours, and those that wait for somebody to confirm them."""
    at = clock.now()
    page = Paginator(records_of(request.volunteer), PAGE).get_page(request.GET.get("page"))
    context = frame(request, "hours") | {
        "served": served_by(request.volunteer),
        "records": [
            {"record": record, "length": timedelta(minutes=record.minutes)} for record in page.object_list
        ],
        "waiting": [
            {"seat": seat_view(seat, at), "length": seat.out_at - seat.in_at}
            for seat in unconfirmed(request.volunteer)
        ],
        "today": localtime(at).date(),
        "page_number": page.number,
        "page_count": page.paginator.num_pages,
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "volunteer/hours.html", context)


@never_cache
@require_safe
@volunteer_only
def history(request: VolunteerRequest) -> HttpResponse:
    """Every earlier seat, served or not."""
    at = clock.now()
    # Sorted by their ids alone: only the seats of one page are read with their shifts and places.
    ids = earlier_seats(request.volunteer, at).values_list("pk", flat=True)
    page = Paginator(ids, PAGE).get_page(request.GET.get("page"))
    context = frame(request, "hours") | {
        "seats": [seat_view(seat, at) for seat in in_order(request.volunteer, list(page.object_list))],
        "page_number": page.number,
        "page_count": page.paginator.num_pages,
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "volunteer/history.html", context)
