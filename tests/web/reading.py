"""What tests of pages look at: statements, words, weight, validity."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

STATIC = Path(__file__).parents[2] / "web" / "static"
# What a page names without a browser fetching it to show the page.
NOT_LOADED = {"alternate", "apple-touch-icon", "manifest"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# Savepoints stand for the transactions that a request has outside a test.
FRAME = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SET CONSTRAINTS")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements inside, without savepoints; filled when the block ends."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found.extend(q["sql"] for q in captured.captured_queries if not q["sql"].startswith(FRAME))


@dataclass
class Page(HTMLParser):
    """A page taken apart."""

    html: str
    ids: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    controls: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        if self.open:
            self.faults.append(f"not closed: {self.open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        if len(values) != len(attrs):
            self.faults.append(f"attribute twice on {tag}")
        self.faults.extend(f"{name} on {tag}" for name in values if name == "style" or name.startswith("on"))
        if values.get("id"):
            self.ids.append(values["id"])
        if tag == "label":
            self.labels.add(values.get("for", ""))
        if tag in {"select", "textarea"} or (tag == "input" and values.get("type") != "hidden"):
            self.controls.append(values.get("id", ""))
        # Of several icons a browser fetches the one that suits it best.
        another_icon = values.get("rel") == "icon" and any("icon" in file for file in self.files)
        loads = tag == "script" or (
            tag == "link" and values.get("rel") not in NOT_LOADED and not another_icon
        )
        if loads and (source := values.get("src") or values.get("href")):
            self.files.append(source)
        if tag == "a":
            self.links.append(values.get("href", ""))
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"script", "style"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


def page_of(response: HttpResponse) -> Page:
    return Page(response.content.decode())


def check_page(response: HttpResponse) -> Page:
    """A valid page within the budget: closed tags, unique ids, labels, one h1, own files only."""
    page = page_of(response)
    assert page.faults == []
    assert len(page.ids) == len(set(page.ids))
    assert [control for control in page.controls if control not in page.labels] == []
    assert page.headings.count("h1") == 1
    assert all(source.startswith("/static/") for source in page.files)
    # Pages made for a desk first have the stylesheet of their room beside.
    of_room = any(source.startswith(("/static/web/work.", "/static/web/area.")) for source in page.files)
    assert len(page.files) + 1 <= 6 + of_room
    assert weight(response, page) <= 45_000
    return page


def weight(response: HttpResponse, page: Page) -> int:
    """Bytes over the line, gzipped, with every file that the page loads."""
    files = [STATIC / source.removeprefix("/static/") for source in page.files]
    return sum(
        len(gzip.compress(content, 6)) for content in [response.content, *(f.read_bytes() for f in files)]
    )
