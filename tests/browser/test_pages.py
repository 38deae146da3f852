"""Every page, in a browser: quiet, narrow, light, accessible, and in one language."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, Pages
from tests.browser.eyes import (
    asked_beside,
    cut_off,
    foreign_words,
    overflow,
    small_targets,
    static_weight,
    violations,
    weight,
    zoomed,
)
from tests.browser.pace import HEAVY, KB, LIGHT, MOST_REQUESTS
from tests.browser.pages import Look, Visit, visits
from web.guide.roles import ROLES

TARGET, ELDER_TARGET = 44, 60
WIDE = 1280
A_SHEET = re.compile(rb"/Type\s*/Page\b")


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

    asked = [each.url for each in seen.requests] + asked_beside(page)
    # The least first: what changes the size of the window or of the letters comes last.
    wrong = {
        "status": [str(answer.status)] if answer.status != 200 else [],
        "said": list(seen.said),
        "wide": overflow(page),
        "cut": cut_off(page),
        "weight": too_much(visit, page, asked, answer.body()),
        "small": small_targets(page, ELDER_TARGET if visit.look.elder else TARGET),
        "foreign": foreign_words(page, visit.look.language, content(visit.look.language)),
        "zoomed": zoomed(page, letters=not visit.look.elder),
        "axe": seen_by_axe(page, visit),
    }
    assert not (found := {what: lines for what, lines in wrong.items() if lines}), "\n".join(
        f"{what}: {line}" for what, lines in found.items() for line in lines
    )


def too_much(visit: Visit, page: Page, asked: list[str], body: bytes) -> list[str]:
    """Requests to other hosts, too many of them, or too many bytes."""
    own = urlsplit(asked[0]).netloc
    found = [url for url in asked if urlsplit(url).netloc != own]
    paths = [urlsplit(url).path for url in dict.fromkeys(asked)]
    bytes_sent = weight(body) + sum(size_of(url, page) for url in dict.fromkeys(asked[1:]))
    if len(paths) > MOST_REQUESTS and not visit.is_wide:
        found.append(f"{len(paths)} requests: {paths}")
    if bytes_sent > (HEAVY if visit.is_wide else LIGHT):
        found.append(f"{bytes_sent / KB:.1f} KB, {weight(body) / KB:.1f} of them the page itself")
    return found


def size_of(url: str, page: Page) -> int:
    path = urlsplit(url).path
    if path.startswith("/static/"):
        file = finders.find(path.removeprefix("/static/"))
        return static_weight(Path(file)) if isinstance(file, str) else 0
    return weight(page.request.get(url).body())


def seen_by_axe(page: Page, visit: Visit) -> list[str]:
    """Without scripts axe does not run either; the same page is seen with them by its other reader."""
    if not visit.look.scripts:
        return []
    width = WIDE if visit.is_wide else NARROW["width"]
    page.set_viewport_size({"width": width, "height": NARROW["height"]})
    # As high as the page is: a bar at the foot of the screen must not lie over what could be scrolled away from it.
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height + 100})
    return violations(page)


@pytest.mark.parametrize(("language", "elder"), [("zh-hans", ""), ("en", "30")])
def test_a_guide_is_printed_on_one_sheet(pages: Pages, language: str, elder: str) -> None:
    page = pages.of("anonymous", Look(language, elder, True)).page
    for role in ROLES:
        page.goto(f"{pages.house.url}/{language}/guide/{role.key}/", wait_until="load")
        assert sheets(page) == 1, role.key

    # Twice as many steps would be seen.
    page.evaluate(
        "{ const steps = document.querySelector('.guide-steps'); steps.after(steps.cloneNode(true)) }"
    )
    assert sheets(page) == 2


def sheets(page: Page) -> int:
    """How many sheets of A4 a printer would take."""
    return len(A_SHEET.findall(page.pdf(format="A4", prefer_css_page_size=True)))
