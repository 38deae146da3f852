"""Every page, in a browser: quiet, narrow, light, accessible, and in one language."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Request

from tests.browser.conftest import NARROW, Pages
from tests.browser.eyes import (
    foreign_words,
    overflow,
    small_targets,
    static_weight,
    violations,
    weight,
)
from tests.browser.pages import Visit, visits

KB = 1024
MOST_REQUESTS = 6
LIGHT, HEAVY = 45 * KB, 300 * KB
TARGET, ELDER_TARGET = 44, 60
WIDE = 1280


@pytest.mark.parametrize("visit", visits(), ids=str)
def test_a_page_is_fit_for_its_readers(
    visit: Visit, pages: Pages, content: Callable[[str], list[str]]
) -> None:
    seen = pages.of(visit.role, visit.look)
    page = seen.page
    path = visit.path(pages.world).split("/", 2)[2]
    answer = page.goto(f"{pages.house.url}/{visit.look.language}/{path}", wait_until="load")
    assert answer is not None
    assert answer.request.redirected_from is None, f"{visit.role} was led on to {page.url}"

    wrong = {
        "status": [str(answer.status)] if answer.status != 200 else [],
        "said": list(seen.said),
        "wide": overflow(page),
        "weight": too_much(visit, seen.requests, answer.body()),
        "small": small_targets(page, ELDER_TARGET if visit.look.elder else TARGET),
        "foreign": foreign_words(page, visit.look.language, content(visit.look.language)),
        "axe": seen_by_axe(page, visit),
    }
    assert not (found := {what: lines for what, lines in wrong.items() if lines}), "\n".join(
        f"{what}: {line}" for what, lines in found.items() for line in lines
    )


def too_much(visit: Visit, requests: list[Request], body: bytes) -> list[str]:
    """Requests to other hosts, too many of them, or too many bytes."""
    own = urlsplit(requests[0].url).netloc
    found = [request.url for request in requests if urlsplit(request.url).netloc != own]
    bytes_sent = weight(body) + sum(_static(urlsplit(each.url).path) for each in requests[1:])
    if len(requests) > MOST_REQUESTS and not visit.is_wide:
        found.append(f"{len(requests)} requests: {[urlsplit(each.url).path for each in requests]}")
    if bytes_sent > (HEAVY if visit.is_wide else LIGHT):
        found.append(f"{bytes_sent / KB:.1f} KB, {weight(body) / KB:.1f} of them the page itself")
    return found


def _static(path: str) -> int:
    file = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    return static_weight(Path(file)) if isinstance(file, str) else 0


def seen_by_axe(page: Page, visit: Visit) -> list[str]:
    """Without scripts axe does not run either; the same page is seen with them by its other reader."""
    if not visit.look.scripts:
        return []
    # As high as the page is: a bar at the foot of the screen must not lie over what could be scrolled away from it.
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": WIDE if visit.is_wide else NARROW["width"], "height": height + 100})
    return violations(page)
