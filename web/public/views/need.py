"""The page of one shift, or of a call that has none yet, and its poster."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from core import clock
from tasks.models import Shift, Task
from tasks.queries.calls import shares_of, shifts_of
from tasks.queries.needs import nearest_short, roles_of, shift_with_seats
from volunteers.queries import volunteer_of
from web import wording
from web.access import public
from web.context import link
from web.live import answer, is_poll
from web.public.frame import briefly_kept, tabs
from web.public.need_context import poll_context, shift_context
from web.public.need_view import need_view
from web.public.rows import place_of, row_of, rows_of


@require_safe
@public
@briefly_kept
def need(request: HttpRequest, code: str) -> HttpResponse:
    """A shift by its code, or a call by its; a page that shows the shift already asks for its seats alone."""
    if is_poll(request):
        seats = poll_context(request, code)
        if seats is None:
            raise Http404
        return answer(request, "public/need/live.html", seats)
    volunteer = volunteer_of(request.user) if request.user.is_authenticated else None
    context = shift_context(request, code, volunteer)
    if context is not None:
        return render(request, "public/need.html", context)
    return _call(request, code)


def _call(request: HttpRequest, code: str) -> HttpResponse:
    """A call with its shifts; where nobody has taken it on yet, the page says so."""
    at = clock.now()
    call = get_object_or_404(
        Task.objects.exclude(status=Task.Status.DRAFT).select_related(
            "issuer", "type", "area__parent__parent"
        ),
        code=code,
    )
    shifts = shifts_of(call).filter(status=Shift.Status.OPEN).select_related("task")
    coming = [shift for shift in shifts if shift.ends_at is None or shift.ends_at > at]
    rows = rows_of(coming, at)
    context: dict[str, Any] = {
        "tabs": tabs(request, "needs"),
        "title": call.display_title,
        "content": call.display_content,
        "is_waiting": call.status == Task.Status.CALLED,
        "is_over": call.status in (Task.Status.CLOSED, Task.Status.CANCELLED),
        "status": call.get_status_display(),
        "issuer": call.issuer.display_name,
        "waiting_for": wording.length_words(at - call.called_at) if call.called_at else "",
        "people_needed": call.people_needed,
        "where": gettext("From home") if call.is_remote else f"{call.area.full_name} {call.place}",
        "days": _days(call),
        "facts": [text for text in (call.conditions, call.risks, call.guarantees) if text],
        "conditions": call.conditions,
        "risks": call.risks,
        "guarantees": call.guarantees,
        "how_to_apply": call.how_to_apply,
        "leads": gettext(", ").join(share.organization.display_name for share in shares_of(call)),
        "rows": rows,
        "org_url": link("organization:register"),
    }
    if not rows and not context["is_over"]:
        nearest = nearest_short(at, near=call.area, limit=1)
        context["nearest"] = row_of(nearest[0], at) if nearest else None
    return render(request, "public/call.html", context)


def _days(call: Task) -> str:
    first = wording.full_date(call.starts_on)
    if call.starts_on == call.ends_on:
        return first
    return gettext("%(first)s to %(last)s") % {"first": first, "last": wording.full_date(call.ends_on)}


@require_safe
@public
@briefly_kept
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """A sheet to print and hang up."""
    at = clock.now()
    shift = shift_with_seats(code)
    if shift is None:
        raise Http404
    view = need_view(shift, roles_of(shift), at, signed_in=False)
    context = {
        "need": view,
        "place": gettext("From home") if shift.task.is_remote else place_of(shift),
        "organization": shift.organization.display_name,
        "address": request.build_absolute_uri(reverse("public:need", args=[code])),
        "back_to": reverse("public:need", args=[code]),
    }
    return render(request, "public/poster.html", context)
