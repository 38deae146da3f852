"""Every kind of message that any app may queue can be written, in both languages, by every channel."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from core import clock
from notifications.notices import kind_of, kinds
from notifications.rendering.letters import ROWS, Letter, engine, write
from notifications.rendering.outside import html, plain, text_message
from operations.launcher import places

MISSING = "⟪%s⟫"
GSM = set(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
strict = engine(string_if_invalid=MISSING)
EVERY = [(name, language) for name in sorted(kinds()) for language, _ in settings.LANGUAGES]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 2, 5, 1, 0, tzinfo=UTC))


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_kind_is_written_in_both_languages(name, language):
    letter = write(name, kind_of(name).sample, language, by=strict)

    for words in (plain(letter), html(letter), text_message(letter), letter.subject):
        assert "⟪" not in words, "a template uses a value that its sample does not have"
        assert "{" not in words.rpartition("</style>")[2].replace("{}", "")
    assert says_all_of(html(letter), letter) and says_all_of(plain(letter), letter)
    assert len(letter.rows) <= ROWS
    assert len(letter.subject) <= 100


def says_all_of(text: str, letter: Letter) -> bool:
    """Whether every sentence, row and address of the letter stands in the text, one after the other."""
    said = [letter.headline, *(span.text for spans in letter.paragraphs for span in spans)]
    for row in letter.rows:
        said += [row.label, *(span.text for span in row.spans)]
    if letter.button:
        said += [letter.button.text] if "<html" in text else [letter.button.text, letter.button.url]
    said += [span.text for spans in [*letter.way_out, letter.reason] for span in spans]
    links = [span.url for spans in [*letter.paragraphs, *letter.way_out] for span in spans if span.url]
    text, at = unescape(text), 0
    for each in said:
        at = text.find(each, at)
        if at < 0:
            return False
    return all(link.removeprefix("tel:") in text for link in links)


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_text_message_fits_in_two_segments(name, language, settings):
    settings.SITE_URL = "https://manyhands.example"

    text = text_message(write(name, kind_of(name).sample, language))

    # English with a name or a place in Chinese may take a third segment.
    longest = 306 if set(text) <= GSM else 134 if language == "zh-hans" else 201
    assert len(text) <= longest, text


def queued_kinds() -> Iterator[tuple[str, str]]:
    """Every literal kind in a call of `Notice(…)` or of `Kind(…)`, with its file."""
    ours = {
        Path(config.path) for config in apps.get_app_configs() if Path(config.path).parent == places.PROJECT
    }
    for path in (file for folder in ours for file in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Notice":
                for keyword in node.keywords:
                    if keyword.arg == "kind":
                        for leaf in ast.walk(keyword.value):
                            if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                                yield leaf.value, path.name


def test_every_kind_that_the_code_queues_is_listed():
    unlisted = {(kind, file) for kind, file in queued_kinds() if kind not in kinds()}

    # Constants in the condition of a choice between two kinds are words of their own.
    assert unlisted == set()


def test_no_template_is_left_that_no_kind_uses():
    written = {
        file.name.removesuffix(".txt").rpartition(".")[0]
        for config in apps.get_app_configs()
        if Path(config.path).parent == places.PROJECT
        for file in (Path(config.path) / "templates" / "notices").glob("*.txt")
    }

    assert written - set(kinds()) == set()
