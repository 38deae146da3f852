"""What the demo's people would find on their phones and in their mail. Only in the demo, since codes are among it."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from web.access import public
from web.demo.provider import ProviderAway, delivered

PAGE = 20
LONGEST_NUMBER = 6


@public
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    to = request.GET.get("to", "").strip()[:100]
    number = request.GET.get("page", "1")
    page = int(number) or 1 if number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER else 1
    refresh = request.GET.get("refresh") == "on"
    away = False
    try:
        count, rows = delivered(page=page, size=PAGE, to=to)
    except ProviderAway:
        away, count, rows = True, 0, []

    def address(**changes: object) -> str:
        values = {"to": to, "refresh": "on" if refresh else "", "page": "", **changes}
        return "?" + urlencode({name: value for name, value in values.items() if value})

    pages = max(1, -(-count // PAGE))
    return render(
        request,
        "demo/messages.html",
        {
            "rows": rows,
            "count": count,
            "to": to,
            "away": away,
            "refresh": refresh,
            "refresh_url": address(refresh="" if refresh else "on"),
            "previous_url": address(page=page - 1) if page > 1 else "",
            "next_url": address(page=page + 1) if page < pages else "",
            "page_number": page,
            "page_count": pages,
        },
    )
