"""Takes pictures of every page: sheets into docs/screens, or large single ones where a folder is named.

Run by `make screenshots`. ONLY=public or ONLY=organization:board takes what begins so; OUT=folder takes large ones.
"""

import base64
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Browser, CDPSession, Page
from pytest_django import DjangoDbBlocker

from tests.browser.city import City, fill
from tests.browser.pages import Visit
from tests.browser.sheets import FOLDER, SHAPES, TALLEST, Shape, Sheet, State, index, laid_out, sheets
from tests.flows.house import House, house
from tests.flows.places import session_of

ONLY = os.environ.get("ONLY", "")
OUT = os.environ.get("OUT", "")
SHEET_WIDTH = 1456
# Of 100: small, and letters stay sharp enough to be read.
SHEET_QUALITY, LARGE_QUALITY = 30, 80


class Camera:
    """The pages of a browser by reader and shape, each kept for its next picture."""

    def __init__(self, browser: Browser, made: House, city: City) -> None:
        self.browser, self.house, self.city = browser, made, city
        self.kept: dict[tuple[str, Shape], tuple[Page, CDPSession]] = {}

    def take(self, visit: Visit, shape: Shape, *, scale: float, tallest: int, quality: int) -> bytes:
        """A WebP picture of the page in this shape, cut off at so many pixels of the picture."""
        page, link = self._page(self.city.readers.get(visit.name, visit.role), shape)
        page.set_viewport_size({"width": shape.width, "height": 800})
        answer = page.goto(self.address(visit, shape), wait_until="load")
        if isinstance(visit, State):
            send(page, visit, shape)
        elif answer is None or answer.status != 200 or answer.request.redirected_from:
            print(f"{visit.name}, {shape.name}: {answer and answer.status} {page.url}", file=sys.stderr)
        height = int(page.evaluate("document.documentElement.scrollHeight"))
        height = max(500, min(height, int(tallest / scale)))
        page.set_viewport_size({"width": shape.width, "height": height})
        return picture(link, shape.width, height, scale=scale, quality=quality)

    def address(self, visit: Visit, shape: Shape) -> str:
        return f"{self.house.url}/{shape.language}/{self.path(visit)}"

    def path(self, visit: Visit) -> str:
        return visit.path(self.city.world).split("/", 2)[2]

    def _page(self, role: str, shape: Shape) -> tuple[Page, CDPSession]:
        if (role, shape) not in self.kept:
            context = self.browser.new_context(
                reduced_motion="reduce", locale="zh-CN" if shape.language == "zh-hans" else "en-GB"
            )
            cookies = {"elder": shape.elder} if shape.elder else {}
            user = self.city.world.people[role]
            if user is not None:
                cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
            context.add_cookies(
                [{"name": name, "value": value, "url": self.house.url} for name, value in cookies.items()]
            )
            page = context.new_page()
            self.kept[role, shape] = page, context.new_cdp_session(page)
        return self.kept[role, shape]


def send(page: Page, state: State, shape: Shape) -> None:
    """Type and send what leads to the state."""
    for name, value in state.typed:
        page.locator(f'main [name="{name}"]').first.fill(value.format(shape=shape.name))
    if state.is_sent:
        page.locator("main form[method=post] button[type=submit]").first.click()
        page.wait_for_load_state("load")


def picture(link: CDPSession, width: int, height: int, *, scale: float, quality: int) -> bytes:
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
    answer = link.send("Page.captureScreenshot", {"format": "webp", "quality": quality, "clip": clip})
    return base64.b64decode(answer["data"])


@pytest.fixture
def camera(browser: Browser, template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Camera]:
    with (
        house(template_database, django_db_blocker, settings={"MANYHANDS_DEMO": "1"}) as made,
        override_settings(TIME_ZONE=str(made.zone)),
    ):
        yield Camera(browser, made, fill())


def wanted(visit: Visit) -> bool:
    return visit.name.startswith(ONLY)


def take_sheet(camera: Camera, sheet: Sheet, folder: Path) -> None:
    """Every page of the sheet in every shape, laid out in one picture."""
    rows = []
    for visit in sheet.pages:
        pictures = [
            camera.take(visit, shape, scale=shape.scale, tallest=TALLEST, quality=90) for shape in SHAPES
        ]
        inline = [f"data:image/webp;base64,{base64.b64encode(each).decode()}" for each in pictures]
        rows.append((visit.name, f"/{camera.path(visit)}", inline))
    context = camera.browser.new_context(viewport={"width": SHEET_WIDTH, "height": 800})
    page = context.new_page()
    page.set_content(laid_out(rows), wait_until="load")
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": SHEET_WIDTH, "height": height})
    link = context.new_cdp_session(page)
    (folder / sheet.file).write_bytes(picture(link, SHEET_WIDTH, height, scale=1, quality=SHEET_QUALITY))
    context.close()


def test_take_pictures(camera: Camera) -> None:
    if OUT:
        folder = Path(OUT)
        folder.mkdir(parents=True, exist_ok=True)
        for visit in (visit for sheet in sheets() for visit in sheet.pages if wanted(visit)):
            for shape in SHAPES:
                file = folder / f"{visit.name.replace(':', '-')}-{shape.name}.webp"
                file.write_bytes(camera.take(visit, shape, scale=1, tallest=8000, quality=LARGE_QUALITY))
        return
    FOLDER.mkdir(exist_ok=True)
    for sheet in sheets():
        if any(map(wanted, sheet.pages)):
            take_sheet(camera, sheet, FOLDER)
            print(sheet.file, file=sys.stderr)
    known = {sheet.file for sheet in sheets()}
    for old in FOLDER.glob("*.webp"):
        if old.name not in known:
            old.unlink()
    (FOLDER / "README.md").write_text(index(), encoding="utf-8")
