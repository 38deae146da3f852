"""What the frame of every page needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import get_language, gettext, pgettext

from core import clock, deployment
from core.hotline import hotline_number, hotline_words
from web import wording
from web.device.keeping import reader_word
from web.wording import in_chinese

# Styles that only the pages of a room need.
ROOM_STYLES = {"organization": "web/work.css"}
LANGUAGES = (("zh-hans", "中文"), ("en", "English"))


@dataclass(frozen=True)
class NavItem:
    """A link of the header; `count` is a number that waits for the reader."""

    label: str
    url: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True)
class TabItem:
    """A tab at the foot of a phone's screen; `count` is a number that waits for the reader."""

    icon: str
    label: str
    url: str
    current: bool = False
    count: int = 0


def link(name: str) -> str:
    """Return the address of a named page, or nothing where this deployment has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def page(request: HttpRequest) -> dict[str, Any]:
    """Give every template the frame: languages, text size, place, links. A view's own values win."""
    language = get_language() or settings.LANGUAGE_CODE
    other_code, other_name = LANGUAGES[1] if in_chinese(language) else LANGUAGES[0]
    return {
        "elder": getattr(request, "elder", ""),
        "elder_sizes": _elder_sizes(request),
        "elder_url": _with_elder(request, "24"),
        "elder_off_url": _with_elder(request, "off"),
        "html_language": "zh-Hans" if in_chinese(language) else "en",
        "other_language_code": "en" if in_chinese(language) else "zh-Hans",
        "other_language_name": other_name,
        "other_language_url": translate_url(request.get_full_path(), other_code),
        "site_place": settings.SITE_PLACE_ZH if in_chinese(language) else settings.SITE_PLACE_EN,
        "hotline": hotline_words(settings.HOTLINE),
        "hotline_number": hotline_number(settings.HOTLINE),
        "synthetic": deployment.is_synthetic(),
        "story_time": story_words(),
        "home_url": link("public:home") or "/",
        "login_url": link("account:enter"),
        "logout_url": link("account_logout"),
        "nav": _public_nav(request),
        "footer_links": _footer_links(),
        # Asked for by the frame alone: a page about a fault looks for no session.
        "reader": partial(reader_word, request),
        "room_styles": ROOM_STYLES.get(request.resolver_match.namespace if request.resolver_match else ""),
    }


def story_words() -> str:
    """Return what the clock of a demo that plays a story shows, and how fast it goes; nothing elsewhere."""
    if not clock.is_scaled():
        return ""
    at = wording.local(clock.now())
    said = {
        "day": wording.full_date(at.date(), year=True),
        "time": f"{at:%H:%M}",
        "speed": wording.number_words(clock.speed()),
    }
    if not clock.speed():
        return gettext("Story time: %(day)s %(time)s. The clock stands still.") % said
    if clock.speed() == 1:
        return gettext("Story time: %(day)s %(time)s.") % said
    return gettext("Story time: %(day)s %(time)s, %(speed)s times as fast.") % said


def _with_elder(request: HttpRequest, size: str) -> str:
    query = request.GET.copy()
    query["elder"] = size
    return f"?{query.urlencode()}"


def _elder_sizes(request: HttpRequest) -> list[dict[str, object]]:
    chosen = getattr(request, "elder", "")
    names = (
        ("20", gettext("Small text")),
        ("24", gettext("Medium text")),
        ("30", gettext("Large text")),
    )
    return [
        {
            "size": size,
            "label": label,
            "url": _with_elder(request, size),
            "current": size == chosen,
        }
        for size, label in names
    ]


def _public_nav(request: HttpRequest) -> Sequence[NavItem]:
    pages = (
        ("public:needs", gettext("Needs now")),
        ("public:help", pgettext("resident", "Ask for help")),
        ("public:figures", gettext("Figures")),
    )
    return [
        NavItem(label, url, current=request.path.startswith(url))
        for name, label in pages
        if (url := link(name))
    ]


def _footer_links() -> list[dict[str, str]]:
    pages = (
        ("guide:index", gettext("Guides")),
        ("public:privacy", gettext("Privacy and data")),
        ("public:accessibility", gettext("Accessibility")),
        ("public:contact", gettext("Contact and complaints")),
        ("public:source", gettext("Source code")),
    )
    return [{"label": label, "url": url} for name, label in pages if (url := link(name))]
