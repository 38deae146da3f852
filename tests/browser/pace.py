"""How fast a page shows itself on a slow line, and how much comes over it: the budgets, and how they are measured."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext
from pytest_django import DjangoDbBlocker

from accounts.models import User
from operations.launcher import commands, places
from tests.flows.house import House, house
from tests.flows.places import session_of

KB = 1024
# Of pages for the public and volunteers, and of those that are made for a desk first.
LIGHT, HEAVY = 45 * KB, 300 * KB
MOST_REQUESTS = 6
FIRST_PAINT_S, MOST_SHIFT = 2.5, 0.05
# The pages that are timed, and who opens them.
KEY_PAGES = {
    "public:home": "anonymous",
    "public:needs": "anonymous",
    "public:need": "anonymous",
    "volunteer:today": "volunteer",
    "organization:board": "owner",
    "authority:overview": "official",
}
# Like a phone at the edge of a cell: 400 kbit a second, and 400 ms before each answer.
BYTES_PER_SECOND, LATENCY_MS = 400_000 // 8, 400
SLOW_LINE = {
    "offline": False,
    "latency": LATENCY_MS,
    "downloadThroughput": BYTES_PER_SECOND,
    "uploadThroughput": BYTES_PER_SECOND,
}
PHONE = {"width": 360, "height": 740}
# Settings of a deployment, but for TLS: files are collected, compressed, and known by their content.
DEPLOYED = {"MANYHANDS_TESTING": "", "ALLOWED_HOSTS": "127.0.0.1", "SECURE_TLS": "no"}

# Painting may come after loading on a busy machine: the moment is waited for, a page that never paints has none.
SHOWN = """() => new Promise(done => {
  new PerformanceObserver(list => {
    for (const e of list.getEntries()) if (e.name === 'first-contentful-paint') done(e.startTime);
  }).observe({type: 'paint', buffered: true});
  setTimeout(() => done(1e6), 10000);
})"""
# The sum of all shifts that no press has caused: at least what https://web.dev/articles/cls counts, its worst burst.
SHIFTED = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; })
    .observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum), 100)));
})"""


@dataclass(frozen=True)
class Pace:
    """One load of a page with nothing kept: seconds to its first paint, how far it jumped, what came over the line."""

    first_paint_s: float
    shifted: float
    bytes_sent: int
    requests: int


@contextmanager
def deployed(template_database: str, blocker: DjangoDbBlocker) -> Iterator[House]:
    """A house whose web process has the settings of a deployment, and its collected files."""
    env = {**DEPLOYED, "SECRET_KEY": places.secret_key()}
    collect = [*commands.manage("collectstatic"), "--noinput", "--verbosity", "0"]
    subprocess.run(collect, env={**os.environ, **env}, cwd=places.PROJECT, check=True)
    with house(template_database, blocker, settings=env) as made:
        yield made


def context_of(browser: Browser, made: House, user: User | None) -> BrowserContext:
    # A worker would answer the second load out of what it keeps.
    context = browser.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")  # type: ignore[arg-type]
    if user is not None:
        session = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": made.url}
        context.add_cookies([session])  # type: ignore[list-item]
    return context


def load(context: BrowserContext, url: str, *, slow: bool = True) -> Pace:
    """Open the address in a page of its own, over a slow line where asked; nothing is kept from before."""
    page = context.new_page()
    link = context.new_cdp_session(page)
    sizes: dict[str, float] = {}

    def asked(said: dict[str, Any]) -> None:
        # A picture inside the stylesheet is asked of nobody.
        if not said["request"]["url"].startswith("data:"):
            sizes[said["requestId"]] = 0

    def came(said: dict[str, Any]) -> None:
        if said["requestId"] in sizes:
            sizes[said["requestId"]] = said["encodedDataLength"]

    link.on("Network.requestWillBeSent", asked)
    link.on("Network.loadingFinished", came)
    link.send("Network.enable")
    link.send("Network.setCacheDisabled", {"cacheDisabled": True})
    if slow:
        link.send("Network.emulateNetworkConditions", SLOW_LINE)
    answer = page.goto(url, wait_until="load")
    assert answer is not None and answer.status == 200 and answer.request.redirected_from is None, page.url
    shown, shifted = page.evaluate(SHOWN), page.evaluate(SHIFTED)
    page.close()
    return Pace(shown / 1000, shifted, int(sum(sizes.values())), len(sizes))
