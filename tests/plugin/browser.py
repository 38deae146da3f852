"""The system's own Chromium, driven by Playwright; tests that need it are skipped where there is none."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
HOW = (
    "No Chromium was found, so the browser tests were skipped. Install one: "
    "`apt install chromium fonts-noto-cjk`, or `brew install --cask chromium`."
)


def chromium_path() -> str | None:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next(filter(os.path.exists, PLACES), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the whole session. `browser.new_context(locale=…)` gives each person a clean one."""
    path = chromium_path()
    if path is None:
        pytest.skip(HOW)
    # Playwright's synchronous interface runs an event loop in this thread, where Django refuses to query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    root = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=[*root, "--disable-dev-shm-usage"])
        yield chromium
        chromium.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if chromium_path() is None:
        terminalreporter.write_line(HOW)
