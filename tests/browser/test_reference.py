"""Django's admin in a browser: nothing that the content security policy forbids, in both languages."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Pages
from tests.browser.eyes import overflow
from tests.browser.pages import Look

TABLES = ("volunteers/cause", "volunteers/capability", "tasks/tasktype", "tasks/tasktemplate", "areas/area")


def visit(pages: Pages, language: str, path: str) -> Page:
    seen = pages.of("staff", Look(language, "", True))
    answer = seen.page.goto(f"{pages.house.url}/{language}/staff/reference/{path}", wait_until="load")
    assert answer is not None and answer.status == 200, path
    assert not seen.said, f"{path}: {seen.said}"
    return seen.page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_admin_is_quiet_under_the_policy(pages: Pages, language: str) -> None:
    visit(pages, language, "")
    for table in TABLES:
        page = visit(pages, language, f"{table}/")
        first = page.locator("#result_list tbody th a").first.get_attribute("href")
        assert first is not None
        page = visit(pages, language, first.split("/staff/reference/")[1])
        assert not overflow(page)
    for table in TABLES[:-1]:
        visit(pages, language, f"{table}/add/")


def test_a_cause_is_added_changed_and_deleted_by_its_forms(pages: Pages) -> None:
    page = visit(pages, "en", "volunteers/cause/add/")
    for name, value in (
        ("code", "newborn"),
        ("name_zh", "新领域"),
        ("name_en", "New cause"),
        ("position", "9"),
    ):
        page.fill(f"#id_{name}", value)
    page.click("input[name=_continue]")
    assert "was added successfully" in page.inner_text(".messagelist")
    assert page.locator("#id_code").count() == 0

    page.fill("#id_name_en", "Newer cause")
    page.click("input[name=_continue]")
    assert "was changed successfully" in page.inner_text(".messagelist")

    page.click("a.deletelink")
    page.click("input[type=submit]")
    assert "was deleted successfully" in page.inner_text(".messagelist")
