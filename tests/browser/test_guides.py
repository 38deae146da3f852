"""A guide on paper is one page of A4, in both languages and whatever the size of letters on the screen."""

import re

import pytest

from tests.browser.conftest import Pages
from tests.browser.pages import Look
from web.guide.roles import ROLES

A_PAGE = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.parametrize(("language", "elder"), [("zh-hans", ""), ("en", "30")])
def test_a_guide_is_printed_on_one_page(pages: Pages, language: str, elder: str) -> None:
    page = pages.of("anonymous", Look(language, elder, True)).page
    for role in ROLES:
        page.goto(f"{pages.house.url}/{language}/guide/{role.key}/")
        printed = page.pdf(format="A4", prefer_css_page_size=True)
        assert len(A_PAGE.findall(printed)) == 1, role.key

    # Twice as much would be seen.
    page.evaluate(
        "document.querySelector('.guide').append(document.querySelector('.guide-steps').cloneNode(true))"
    )
    assert len(A_PAGE.findall(page.pdf(format="A4", prefer_css_page_size=True))) == 2
