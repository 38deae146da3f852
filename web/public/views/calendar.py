"""One shift for the calendar of a phone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tasks.queries.needs import shift_with_seats
from web.access import public
from web.calendars.entries import need_entry, single
from web.calendars.views import answer


@require_safe
@public
def need_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """What everybody may read of it."""
    shift = shift_with_seats(code)
    if shift is None or shift.starts_at is None:
        raise Http404
    response = answer(request, single([need_entry(shift)], shift.task.display_title))
    response["Content-Disposition"] = f'attachment; filename="{shift.code}.ics"'
    return response
