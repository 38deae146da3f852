"""Three files that a device asks for: what to call the site on its screen, the worker, and the page for being offline."""

import json
from functools import cache
from hashlib import blake2s
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from core.hotline import hotline_words
from web.access import public

# What a kept page needs to look like itself.
FILES = ("web/main.css", "web/htmx.min.js", "web/page.js", "web/icon.svg")
WORKER = Path(__file__).with_name("worker.js")


@require_safe
@public
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """What the site is called on the screen of a device, in the language of the page, and how it opens there."""
    page = reverse("home_of_role")
    icons = [
        {"src": static("web/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("web/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("web/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": static("web/icon-maskable.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    return JsonResponse(
        {
            "id": "/",
            "name": f"{gettext('Manyhands')} {place_name()}".strip(),
            "short_name": gettext("Manyhands"),
            "description": gettext(
                "Volunteers for a crisis and after it: what is needed now, and your shifts."
            ),
            "lang": get_language(),
            "dir": "ltr",
            "start_url": page,
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#152c5b",
            "icons": icons,
            "shortcuts": [
                {"name": gettext("Today"), "url": page},
                {"name": gettext("Needs now"), "url": reverse("public:needs")},
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


def place_name() -> str:
    """The place that this deployment serves, in the language of the page."""
    return settings.SITE_PLACE_EN if get_language() == "en" else settings.SITE_PLACE_ZH


@require_safe
@public
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The worker of the whole site; another one as soon as a file that it keeps is another."""
    return HttpResponse(worker_source(), content_type="text/javascript; charset=utf-8")


@require_safe
@public
def offline(request: HttpRequest) -> HttpResponse:
    """What the worker shows where no page is to be had; of the reader it knows the size of text alone."""
    return HttpResponse(offline_page(getattr(request, "elder", "")))


def offline_page(elder: str = "") -> str:
    """The page in the language of the address and the reader's size of text."""
    words = {"hotline": hotline_words(settings.HOTLINE), "home": reverse("home_of_role"), "elder": elder}
    return render_to_string("device/offline.html", words)


def worker_source() -> str:
    files = [static(name) for name in FILES]
    pages = {code: f"/{code}/offline/" for code, _ in settings.LANGUAGES}
    version = _version() if STATIC_STAYS else _version.__wrapped__()
    told = {"version": version, "files": files, "pages": pages}
    return f"const SITE = {json.dumps(told)};\n{WORKER.read_text()}"


# Rooms with a door, and pages that only the person with the code should find.
NOT_FOR_SEARCH = (
    *("me", "org", "area", "staff", "account", "enter", "invited", "recover", "home"),
    *("help/*", "party", "c", "h"),
)


@require_safe
@public
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines should leave alone."""
    closed = [f"/{code}/{room}/" for code, _ in settings.LANGUAGES for room in NOT_FOR_SEARCH]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in (*closed, "/api/", "/cal/"))]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


# Collected files do not change while a process runs.
STATIC_STAYS = settings.STATIC_ROOT is not None


@cache
def _version() -> str:
    """Another word as soon as one of the files or the words of the offline pages are others."""
    state = blake2s(getattr(staticfiles_storage, "manifest_hash", "").encode(), digest_size=6)
    if not STATIC_STAYS:
        for name in FILES:
            state.update(Path(str(finders.find(name))).read_bytes())
    for code, _ in settings.LANGUAGES:
        with override(code):
            state.update(offline_page().encode())
    return state.hexdigest()
