"""No template that nothing uses, and none that breaks the content security policy."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(ROOT.glob("*/templates/**/*.html"))
SOURCES = [
    path.read_text(encoding="utf-8")
    for pattern in ("*/**/*.py", "*/templates/**/*.html", "*/templates/**/*.txt")
    for path in ROOT.glob(pattern)
    if not {".venv", "node_modules", "tests"} & set(path.relative_to(ROOT).parts)
]
# Named by their packages, not by us: allauth's pages, the admin's frame, Django's error pages, and form controls by class.
BY_OTHERS = ("account/", "admin/", "mfa/", "usersessions/", "allauth/", "forms/")


def name_of(path: Path) -> str:
    return path.as_posix().split("/templates/", 1)[1]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_is_used(path: Path) -> None:
    name = name_of(path)
    if name.startswith(BY_OTHERS) or re.fullmatch(r"\d{3}\.html", name):
        return
    folder, _, file = name.rpartition("/")
    # A room may name its pages by their last word: render(f"account_pages/{word}.html").
    by_word = (f'f"{folder}/{{', f'"{file.removesuffix(".html")}"')
    named = any(f'"{name}"' in source for source in SOURCES)
    by_its_word = all(any(part in source for source in SOURCES) for part in by_word)
    assert named or by_its_word, f"nothing names {name}"


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if "notices/" not in path.as_posix()], ids=name_of
)
def test_a_page_has_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son[a-z]+\s*=|hx-on", text)
    assert "https://" not in text.replace("https://www.w3.org", "")
