"""Budgets: what every page loads before its own words."""

import gzip
import re
from pathlib import Path

STATIC = Path(__file__).parents[2] / "web" / "static" / "web"
TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
LIMIT = 30_000


def weight(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 6))


def test_style_and_scripts_leave_room_for_a_page() -> None:
    assert sum(weight(name) for name in ("main.css", "htmx.min.js", "page.js")) <= LIMIT


def test_the_style_names_no_other_host_and_no_font() -> None:
    css = (STATIC / "main.css").read_text()

    assert not re.search(r"url\((?!\"?data:)", css)
    assert "@font-face" not in css
    assert "GDS Transport" not in css


def test_no_template_of_the_frame_has_inline_style_or_script() -> None:
    files = [*TEMPLATES.glob("*.html"), *TEMPLATES.glob("partials/*"), *TEMPLATES.glob("forms/*")]

    for file in files:
        text = file.read_text()
        assert not re.search(r"\sstyle=|<script>|\shx-on|\son[a-z]+=", text), file.name
