"""One person at a browser: a language, a device, what the page says, and a picture of every step."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from operations.launcher import places
from tests.flows.house import House

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PICTURES = places.PROJECT / ".local" / "screenshots"
# What a browser says of an answer that the page means to give: a refused form.
MEANT = re.compile(r"Failed to load resource: the server responded with a status of (409|422)")


@dataclass
class Person:
    """Acts by names of fields and addresses, so that no wording of a page decides whether a test passes."""

    name: str
    language: str
    house: House
    context: BrowserContext
    page: Page
    pictures: Path
    complaints: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    steps: int = 0

    def open(self, path: str) -> None:
        """Go to an address of the site, given without its language."""
        self.page.goto(f"{self.house.url}/{self.language}{path}")

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.locator(f'[name="{name}"]:not([type=hidden])').fill(value)

    def choose(self, name: str, value: str) -> None:
        """Tick a radio button or a box, or take a line of a list."""
        control = self.page.locator(f'[name="{name}"]').first
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            self.page.locator(f'[name="{name}"][value="{value}"]').check()

    def press(self, button: str = "main form[method=post] button[type=submit]") -> None:
        """Press the first such button, and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.locator(button).first.click()

    def step(self, value: str) -> None:
        """Press the button of a form that means this step."""
        # The one that is pressed by the key of a form, and that nobody sees, apart.
        self.press(f'main button[name="step"][value="{value}"]:not([aria-hidden])')

    def follow(self, path: str) -> None:
        """Follow the first visible link of the page whose address, without its language, is this one."""
        links = self.page.locator(f'main a[href="/{self.language}{path}"], main a[href="{path}"]')
        with self.page.expect_navigation():
            links.locator("visible=true").first.click()

    @property
    def path(self) -> str:
        """Where the person is, without the language."""
        return urlsplit(self.page.url).path.removeprefix(f"/{self.language}")

    @property
    def text(self) -> str:
        """What the page says."""
        return self.page.locator("main").inner_text()

    def sees(self, *words: str) -> None:
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each)

    def picture(self, name: str) -> None:
        """Keep a picture of the page."""
        self.steps += 1
        self.pictures.mkdir(parents=True, exist_ok=True)
        file = f"{self.steps:02d}-{name}.png"
        # The caret stays: hiding it leaves a style on the field, which the page's policy then refuses to copy.
        self.page.screenshot(path=self.pictures / file, full_page=True, caret="initial")

    def carry(self, session_key: str) -> None:
        """Be signed in by a session that exists already."""
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_key, "url": self.house.url}
        self.context.add_cookies([cookie])  # type: ignore[list-item]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not MEANT.match(message.text):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _look(self, response: Response) -> None:
        if response.status >= 500:
            self.broken.append(f"{response.status} {response.url}")


def arrive(
    browser: Browser,
    house: House,
    name: str,
    language: str,
    *,
    pictures: str,
    phone: bool = False,
    scripts: bool = True,
    elder: str = "",
) -> Person:
    """A person with a browser of their own."""
    context = browser.new_context(
        locale="zh-CN" if language == "zh-hans" else "en-GB",
        viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
        has_touch=phone,
        java_script_enabled=scripts,
        timezone_id=house.zone.key,
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    person = Person(name, language, house, context, page, PICTURES / f"{pictures}-{language}")
    page.on("console", person._hear)
    page.on("pageerror", lambda error: person.complaints.append(f"{page.url}: {error}"))
    page.on("response", person._look)
    if elder:
        context.add_cookies([{"name": "elder", "value": elder, "url": house.url}])
    return person


def leave(*people: Person) -> None:
    """Close the browsers; nobody's browser complained and no page broke."""
    for person in people:
        person.context.close()
    said = [each for person in people for each in (*person.complaints, *person.broken)]
    assert not said, "\n".join([*said, people[0].house.processes[0].output()[-4000:]])
