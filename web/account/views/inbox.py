"""Messages in the app."""

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from core import clock
from notifications.actions import mark_read, mark_unread
from notifications.queries import inbox_of, unread_count
from notifications.rendering.letters import letter_of
from web.access import SignedInRequest, signed_in
from web.account.page import show
from web.account.views.enter import see_other

PAGE = 20


@require_GET
@signed_in
def inbox(request: SignedInRequest) -> HttpResponse:
    """The newest first, twenty a page."""
    number = max(1, int(request.GET["page"])) if request.GET.get("page", "").isdecimal() else 1
    number = min(number, 1000)
    found = list(inbox_of(request.user)[(number - 1) * PAGE : number * PAGE + 1])
    rows = [
        {"message": message, "letter": letter_of(message, language=get_language())}
        for message in found[:PAGE]
    ]
    here = reverse("account:inbox")
    context = {
        "rows": rows,
        "unread": unread_count(request.user),
        # Just now all were marked: the way back.
        "all_read": _moment(request.GET.get("read", "")),
        "page_number": number,
        "previous_url": f"{here}?page={number - 1}" if number > 1 else "",
        "next_url": f"{here}?page={number + 1}" if len(found) > PAGE else "",
    }
    return show(request, "inbox", context)


@require_GET
@signed_in
def message(request: SignedInRequest, code: str) -> HttpResponse:
    """One message in full."""
    found = get_object_or_404(inbox_of(request.user), code=code)
    context = {"message": found, "letter": letter_of(found, language=get_language())}
    return show(request, "message", context)


def _moment(text: str) -> datetime | None:
    """A moment as we wrote it into an address; None for anything else."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and found.tzinfo else None


@require_POST
@signed_in
def read(request: SignedInRequest) -> HttpResponse:
    """Note one message, or all, as read; or take back that all were."""
    rows = inbox_of(request.user)
    if back := _moment(request.POST.get("back", "")):
        mark_unread(messages=rows, read_at=back)
        return see_other("account:inbox")
    if code := request.POST.get("code"):
        mark_read(messages=rows.filter(code=code), at=clock.now())
        return see_other("account:inbox")
    at = clock.now()
    if not mark_read(messages=rows, at=at):
        return see_other("account:inbox")
    messages.success(request, gettext("All messages are marked as read."))
    query = urlencode({"read": at.isoformat()})
    return HttpResponseRedirect(f"{reverse('account:inbox')}?{query}", status=303)
