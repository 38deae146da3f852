"""The control: a page with every fault that the other tests look for is caught at each of them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.eyes import foreign_words, overflow, small_targets, violations

FAULTS = """<!doctype html><html lang="zh-Hans"><head><title>众手</title></head><body><main>
<h1>缺 8 个人</h1><p>Everything stands still here.</p><p>王芳 wrote: see you at noon</p><p lang="en">Not ours at all</p>
<button class="button">好</button><input name="phone"><div><div class="far">　</div></div>
<style>.button { height: 20px; padding: 0 } .far { width: 400px; height: 1px } p { color: #bbb; background: #fff }</style>
</main></body></html>"""


@pytest.fixture
def faulty(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.set_content(FAULTS)
    yield page
    context.close()


def test_every_fault_is_seen(faulty: Page) -> None:
    assert overflow(faulty)[-1].endswith("of 320")
    assert [line.split()[0] for line in small_targets(faulty, 44)] == ["button.button", "input."]
    assert foreign_words(faulty, "zh-hans", ["see you at noon"]) == ["Everything stands still here."]
    assert foreign_words(faulty, "en", ["王芳"]) == ["众手", "缺 8 个人", "好"]
    found = {line.split(":")[0] for line in violations(faulty)}
    assert {"color-contrast", "label"} <= found
