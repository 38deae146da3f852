"""Every link, anchor and picture of the project's own pages resolves; every file and address that a text names is there."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import translation

ROOT = Path(settings.BASE_DIR)
OTHERS = {".venv", ".local", "node_modules", "staticfiles", ".git"}
PAGES = sorted(path for path in ROOT.rglob("*.md") if not OTHERS & set(path.relative_to(ROOT).parts))
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\\)!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)(?: \"[^\"]*\")?\)")
CODE = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
ANCHOR = re.compile(r'<a id="([^"]+)">')
# A page of the project, as texts and sources name it.
A_DOC = re.compile(r"\bdocs/[\w./-]+\.(?:md|png|webp)\b")
# An address of the site: /me/papers/, /area/CODE/stage/, /org/<code>/calls/…
AN_ADDRESS = re.compile(r"^/(?:[a-z][a-z-]*|[A-Z]+|<[\w ]+>)(?:/(?:[a-z][a-z-]*|[A-Z]+|<[\w ]+>))*/$")


def text_of(path: Path) -> str:
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """As GitHub makes them: small letters, no punctuation, hyphens for spaces, a number for the second of a name."""
    found: set[str] = set()
    text = text_of(path)
    for heading in HEADING.findall(text):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        number = 0
        while (one := f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(one)
    return found | set(ANCHOR.findall(text))


def broken(path: Path) -> list[str]:
    """The links of a page that lead nowhere; those to other hosts are not followed."""
    found = []
    for target in LINK.findall(CODE.sub("", text_of(path))):
        if "://" in target or target.startswith("mailto:"):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            found.append(target)
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_and_picture_is_there(path: Path) -> None:
    assert not broken(path)


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A `b` c\n[well](#a-b-c) [no](#b) [gone](gone.md)\n![](away.png)\n```\n[code](x.md)\n```\n"
    )
    assert broken(page) == ["#b", "gone.md", "away.png"]


def test_every_page_of_the_docs_that_a_text_or_a_source_names_is_there() -> None:
    sources = [
        path
        for pattern in ("*.py", "*.html", "*.md", "*.scss", "*.toml", "*.yml", "Makefile", "Dockerfile")
        for path in ROOT.rglob(pattern)
        if not OTHERS & set(path.relative_to(ROOT).parts)
    ]
    gone = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources
        for name in A_DOC.findall(path.read_text(encoding="utf-8"))
        if not (ROOT / name).exists()
    }
    assert not gone


def test_every_address_that_a_page_names_is_one_of_ours() -> None:
    unknown = {
        f"{path.relative_to(ROOT)}: {address}"
        for path in PAGES
        for address in CODE.findall(text_of(path))
        if AN_ADDRESS.match(address) and not _is_ours(address)
    }
    assert not unknown
    assert not _is_ours("/me/nowhere/far/")


TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
BOLD = re.compile(r"\*\*(.+?)\*\*")
STEP = re.compile(r"^(\d+)\. ", re.MULTILINE)


@pytest.fixture(scope="module")
def shown() -> dict[str, set[str]]:
    """What pages say in either language, with # for whatever is filled in."""
    catalogue = (ROOT / "locale/zh_Hans/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    found = {}
    for language, field in (("en", "msgid"), ("zh-Hans", "msgstr")):
        said = re.findall(rf'^{field}(?:\[0\])? "(.+)"$', catalogue, re.MULTILINE)
        found[language] = {_filled_in(re.sub(r"%\(\w+\)[sd]", "#", words)) for words in said}
    return found


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.name)
def test_the_words_that_a_tutorial_says_to_press_are_on_the_pages(
    path: Path, shown: dict[str, set[str]]
) -> None:
    language = "zh-Hans" if path.name.endswith(".zh-Hans.md") else "en"
    # The first bold word of each is its own language, in the line that leads to the other one.
    words = BOLD.findall(path.read_text(encoding="utf-8"))[1:]
    assert [word for word in words if _filled_in(word) not in shown[language]] == []
    assert words and _filled_in("Press what is not there") not in shown["en"]


def test_every_tutorial_has_the_same_steps_in_both_languages() -> None:
    steps = {path.name: STEP.findall(path.read_text(encoding="utf-8")) for path in TUTORIALS}
    english = {name: found for name, found in steps.items() if not name.endswith(".zh-Hans.md")}
    assert len(english) * 2 == len(steps)
    assert {name: steps[name.replace(".md", ".zh-Hans.md")] for name in english} == english


def _filled_in(words: str) -> str:
    return re.sub(r"[\d#]+", "#", words).strip(" #")


def _is_ours(address: str) -> bool:
    plain = re.sub(r"^/(?:en|zh-hans|<language>)(?=/)", "", address)
    plain = re.sub(r"<[\w ]+>|[A-Z]{2,}", "X", plain)
    # Below an organization or an area, pages are named without it. The demo alone has its own front door.
    places = ("", "/org/X", "/area/X")
    known = any(_leads(f"/en{place}{plain}{rest}") for place in places for rest in ("", "X/"))
    return known or plain.startswith(("/demo/", "/drill/"))


def _leads(address: str) -> bool:
    with translation.override("en"):
        try:
            resolve(address)
        except Resolver404:
            return False
    return True
