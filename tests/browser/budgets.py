"""Measures all pages of the invented city and prints the table of budgets in Markdown. Run by `make budgets`."""

from collections.abc import Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext
from pytest_django import DjangoDbBlocker

from tests.browser.city import City, fill
from tests.browser.pace import KB, KEY_PAGES, Pace, context_of, deployed, load
from tests.browser.sheets import ROOMS, State, room_of, shown
from tests.flows.house import House

TRIES = 3


@pytest.fixture
def served(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[House, City]]:
    with (
        deployed(template_database, django_db_blocker) as made,
        override_settings(TIME_ZONE=str(made.zone)),
    ):
        yield made, fill()


def test_measure_all_pages(served: tuple[House, City], browser: Browser) -> None:
    made, city = served
    contexts: dict[str, BrowserContext] = {}

    def pace_of(name: str, role: str, path: str, *, slow: bool) -> Pace:
        role = city.readers.get(name, role)
        if role not in contexts:
            contexts[role] = context_of(browser, made, city.world.people[role])
        return load(contexts[role], made.url + path, slow=slow)

    pages = shown()
    lines = ["| page | KB | requests | first paint | shift |", "|---|--:|--:|--:|--:|"]
    for name, role in KEY_PAGES.items():
        path = next(page.path(city.world) for page in pages if page.name == name)
        tries = [pace_of(name, role, path, slow=True) for _ in range(TRIES)]
        best = min(tries, key=lambda pace: pace.first_paint_s)
        lines.append(
            f"| `{name}` | {best.bytes_sent / KB:.1f} | {best.requests} | {best.first_paint_s:.2f} s"
            f" | {max(pace.shifted for pace in tries):.3f} |"
        )
    print("\n" + "\n".join(lines), flush=True)
    lines = ["", "| room | pages | heaviest | KB | most requests |", "|---|--:|---|--:|--:|"]
    for room, words in ROOMS.items():
        paces = {
            page.name: pace_of(page.name, page.role, page.path(city.world), slow=False)
            for page in pages
            if room_of(page) == room and not isinstance(page, State)
        }
        heaviest = max(paces, key=lambda name: paces[name].bytes_sent)
        lines.append(
            f"| {words} | {len(paces)} | `{heaviest}` | {paces[heaviest].bytes_sent / KB:.1f}"
            f" | {max(pace.requests for pace in paces.values())} |"
        )
    print("\n".join(lines))
