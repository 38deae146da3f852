"""One web process for all pages, and one of everything to show on them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import CharField, TextField
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from pytest_django import DjangoDbBlocker

from core import clock
from notifications.models import Message
from organizations.models import Membership
from sheets.models import Sheet
from tasks.actions.reference import load_reference
from tests.architecture.world import World, build
from tests.browser.pages import Look
from tests.factories.tasks import make_task
from tests.flows.house import House, house
from tests.flows.places import session_of

# A language is called by its own name.
LANGUAGES = ("中文", "English")
NARROW = {"width": 320, "height": 700}


@dataclass
class Seen:
    """One page of a browser, and what it has asked for and complained of since it was last cleared."""

    page: Page
    said: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.said.append(message.text)

    def clear(self) -> None:
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        self.said.clear()
        self.requests.clear()


@dataclass
class Pages:
    """The site with its world; a page of a browser for everybody who reads it, kept for the next test."""

    house: House
    world: World
    browser: Browser
    kept: dict[tuple[str, Look], Seen] = field(default_factory=dict)

    def of(self, role: str, look: Look) -> Seen:
        if (role, look) not in self.kept:
            self.kept[role, look] = Seen(self._context(role, look).new_page())
        seen = self.kept[role, look]
        seen.clear()
        return seen

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
    with house(template_database, django_db_blocker) as made:
        load_reference(at=clock.now())
        found = Pages(made, build(), browser)
        add_draft(found.world)
        yield found
        for seen in found.kept.values():
            seen.page.context.close()


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
                if isinstance(value, str)
            }
            found |= {cell for sheet in Sheet.objects.all() for cell in cells_of(sheet)}
            found |= {text for message in Message.objects.all() for text in texts_in(message.context)}
            lines = {line.strip() for value in found for line in value.splitlines() if len(line.strip()) > 1}
            written[language] = sorted({*lines, *LANGUAGES}, key=len, reverse=True)
        return written[language]

    return of


def cells_of(sheet: Sheet) -> Iterator[str]:
    """Every cell of a CSV file that somebody has brought."""
    if sheet.content is not None and sheet.format == "csv":
        for line in bytes(sheet.content).decode(sheet.encoding or "utf-8").splitlines():
            yield from line.split(",")


def texts_in(value: object) -> Iterator[str]:
    """Every text of a message's context."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each)


def add_draft(world: World) -> None:
    """A call that is not public yet: the page that makes it so shows nothing of others."""
    authority = Membership.objects.select_related("organization__home_area").get(
        user=world.people["official"]
    )
    issuer = authority.organization
    draft = make_task(area=issuer.home_area, issuer=issuer, status="draft")
    world.values["authority:publish_call", "task_code"] = draft.code
