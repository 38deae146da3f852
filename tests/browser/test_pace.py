"""Six pages on a slow line, served as a deployment does: they show themselves soon, stay where they are, weigh little."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from core import clock
from tasks.actions.reference import load_reference
from tests.architecture.world import World, build
from tests.browser.pace import (
    FIRST_PAINT_S,
    HEAVY,
    KB,
    KEY_PAGES,
    LIGHT,
    MOST_REQUESTS,
    MOST_SHIFT,
    context_of,
    deployed,
    load,
)
from tests.browser.pages import visits
from tests.flows.house import House

# A busy machine paints late now and then; a page that is too heavy paints late each time.
TRIES = 3


@pytest.fixture(scope="module")
def served(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[House, World]]:
    with deployed(template_database, django_db_blocker) as made:
        load_reference(at=clock.now())
        yield made, build()


@pytest.mark.parametrize("name", KEY_PAGES)
def test_a_key_page_shows_itself_soon_on_a_slow_line(
    name: str, served: tuple[House, World], browser: Browser
) -> None:
    made, world = served
    visit = next(visit for visit in visits() if visit.name == name)
    context = context_of(browser, made, world.people[KEY_PAGES[name]])

    for _ in range(TRIES):
        pace = load(context, made.url + visit.path(world))
        if pace.first_paint_s < FIRST_PAINT_S and pace.shifted < MOST_SHIFT:
            break
    context.close()

    assert pace.first_paint_s < FIRST_PAINT_S
    assert pace.shifted < MOST_SHIFT
    assert pace.bytes_sent <= (HEAVY if visit.is_wide else LIGHT), f"{pace.bytes_sent / KB:.1f} KB"
    assert visit.is_wide or pace.requests <= MOST_REQUESTS
