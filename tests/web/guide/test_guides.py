"""Guides say what the product says; the glossary of the docs is that of the pages."""

import re
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, pgettext

from web.guide.glossary import TERMS, markdown
from web.guide.roles import ROLES

ROOT = Path(settings.BASE_DIR)
GUIDES = ROOT / "web" / "templates" / "guide"
SAYS = re.compile(r'{% says "([^"]+)"(?: "([^"]+)")? %}')


def missing(words: str, context: str) -> bool:
    """Words that no page says have no translation: the catalogue holds what pages say, and nothing else."""
    with translation.override("zh-hans"):
        return (pgettext(context, words) if context else gettext(words)) == words


def test_every_button_that_a_guide_names_is_one_of_ours() -> None:
    for path in GUIDES.glob("*.html"):
        named = SAYS.findall(path.read_text(encoding="utf-8"))
        assert not [words for words, context in named if missing(words, context)], path.name
    assert missing("A button of another product", "")


def test_a_guide_names_the_same_buttons_in_both_languages() -> None:
    for role in ROLES:
        chinese, english = (
            set(SAYS.findall((ROOT / "web" / "templates" / name).read_text(encoding="utf-8")))
            for name in (role.chinese, role.english)
        )
        assert chinese == english, role.key


def test_the_glossary_of_the_docs_is_that_of_the_pages() -> None:
    assert (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8") == markdown()
    assert len({term.key for term in TERMS}) == len(TERMS)
