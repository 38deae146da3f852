"""What every public page has around it: tabs on phones, the stage in force, how long it may be kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext, pgettext

from areas.models import Area
from core import clock
from tasks.models import Stage
from tasks.queries.stages import stage_of
from tasks.queries.thanks import ended_crises
from web import wording
from web.context import TabItem

# Long enough to hold off a rush on one page, short enough for seats to be true.
FRESH_SECONDS = 10
# How long the first page says that a crisis is over.
THANKED = timedelta(days=60)


def tabs(request: HttpRequest, current: str) -> list[TabItem]:
    """The tabs at the foot of a phone; the last one leads to the reader's own pages."""
    own = _own_tab(request)
    pages = [
        ("home", "home", gettext("Home"), reverse("public:home")),
        ("needs", "list", gettext("Needs"), reverse("public:needs")),
        ("help", "ask", pgettext("tab", "Help"), reverse("public:help")),
        ("figures", "figures", gettext("Figures"), reverse("public:figures")),
        own,
    ]
    return [TabItem(icon, label, url, current=key == current) for key, icon, label, url in pages]


def _own_tab(request: HttpRequest) -> tuple[str, str, str, str]:
    if request.user.is_authenticated:
        return "own", "people", gettext("Mine"), reverse("home_of_role")
    return "own", "people", gettext("Join"), reverse("account:join")


def stage_notice(area: Area | None, at: datetime) -> dict[str, Any] | None:
    """The yellow strip: the stage in force in the area, since when, and what it means."""
    view = stage_of(area, at) if area else None
    if view is None or area is None or view.stage == Stage.NONE:
        return None
    since = wording.local(view.since).date()
    return {
        "title": gettext("%(place)s, %(stage)s: %(name)s")
        % {"place": area.name, "stage": view.number_name, "name": view.name},
        "text": gettext("Since %(day)s, today is day %(number)d.")
        % {
            "day": wording.plain_date(since),
            "number": view.day_number(at),
        },
        "url": reverse("public:stages"),
        "link": gettext("What this stage means"),
    }


def closing_notice(at: datetime) -> dict[str, Any] | None:
    """The same strip after a crisis: that it is over, for some weeks."""
    crisis = ended_crises(at).filter(ended_at__gt=at - THANKED).first()
    if crisis is None:
        return None
    return {
        "title": gettext("%(crisis)s is over.") % {"crisis": crisis.name},
        "text": gettext("Thank you all."),
        "url": reverse("public:closing", args=[crisis.code]),
        "link": gettext("What was done, and what becomes of the data"),
    }


def briefly_kept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let caches keep what a stranger reads for some seconds; what a signed-in reader sees stays with them."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        # A page with a token, or for somebody with a session, is one reader's own.
        own = settings.SESSION_COOKIE_NAME in request.COOKIES or "CSRF_COOKIE_NEEDS_UPDATE" in request.META
        if own or response.status_code not in (HTTPStatus.OK, HTTPStatus.NO_CONTENT):
            patch_cache_control(response, private=True, no_cache=True)
        else:
            patch_cache_control(response, public=True, max_age=clock.seconds_for(FRESH_SECONDS))
        return response

    return kept
