"""One web process for all pages, and one of everything to show on them."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import CharField, TextField
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker

from core import clock
from tasks.actions.reference import load_reference
from tests.architecture.world import World, build
from tests.browser.pages import Look
from tests.flows.house import House, house
from tests.flows.places import session_of

NARROW = {"width": 320, "height": 700}


@dataclass
class Pages:
    """The site with its world; pages of a browser in which somebody is signed in, kept for the next test."""

    house: House
    world: World
    browser: Browser
    contexts: dict[tuple[str, Look], BrowserContext] = field(default_factory=dict)

    def page(self, role: str, look: Look) -> Page:
        context = self.contexts.get((role, look)) or self._context(role, look)
        self.contexts[role, look] = context
        page = context.new_page()
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        return page

    def _context(self, role: str, look: Look) -> BrowserContext:
        context = self.browser.new_context(
            java_script_enabled=look.scripts,
            reduced_motion="reduce",
            locale="zh-CN" if look.language == "zh-hans" else "en-GB",
        )
        cookies = {"elder": look.elder} if look.elder else {}
        user = self.world.people[role]
        if user is not None:
            cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
        context.add_cookies(
            [{"name": name, "value": value, "url": self.house.url} for name, value in cookies.items()]
        )
        return context


@pytest.fixture(scope="module")
def pages(browser: Browser, template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Pages]:
    with house(template_database, django_db_blocker) as made, contextlib.ExitStack() as stack:
        load_reference(at=clock.now())
        found = Pages(made, build(), browser)
        stack.callback(lambda: [context.close() for context in found.contexts.values()])
        yield found


@pytest.fixture(scope="module")
def content(pages: Pages) -> Callable[[str], list[str]]:
    """What people have written, the longest first; of texts in two languages only that of the page's own."""
    written: dict[str, list[str]] = {}

    def of(language: str) -> list[str]:
        if language not in written:
            other = "_en" if language == "zh-hans" else "_zh"
            found = {
                value.replace("\r\n", "\n")
                for model in apps.get_models()
                for column in model._meta.concrete_fields
                if isinstance(column, CharField | TextField) and not column.name.endswith(other)
                for value in model._default_manager.values_list(column.name, flat=True).distinct()
                if isinstance(value, str) and len(value) > 2
            }
            lines = {line.strip() for value in found for line in value.splitlines() if len(line.strip()) > 2}
            written[language] = sorted(lines, key=len, reverse=True)
        return written[language]

    return of
