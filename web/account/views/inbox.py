"""Messages in the app."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from core import clock
from notifications.actions import mark_read
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


@require_POST
@signed_in
def read(request: SignedInRequest) -> HttpResponse:
    """Note one message, or all, as read."""
    rows = inbox_of(request.user)
    if code := request.POST.get("code"):
        rows = rows.filter(code=code)
    mark_read(messages=rows, at=clock.now())
    return see_other("account:inbox")
