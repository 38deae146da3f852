"""Sets a report as a PDF that says what it is to readers who do not see it (PDF/UA-1)."""

import json
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import typst
from django.utils.translation import gettext

from web.authority.report.paper import MARKS, Item, Paper, Section

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
# Stands for a character that the fonts lack, as typesetters of Chinese do.
GETA = "〓"
# The map has its colours from the pages' stylesheet; here they stand in the picture itself.
STYLE = """<style>
text{font-family:'Noto Sans CJK SC';font-size:13px;text-anchor:middle}
.outline{fill:none;stroke:#66748f;stroke-width:1.2}
.tile--short rect{fill:#b23a0e}.tile--short text{fill:#fff;font-weight:700}
.tile--at_risk rect{fill:#fff4d6}.tile--at_risk text{fill:#7a5200}.tile--at_risk .count{fill:#14213d;font-weight:700}
.tile--filled rect{fill:#dcefeb}.tile--filled text{fill:#0b6a63}
.band{fill:#f6c244}.slim{display:none}
.city{fill:#14213d;font-size:15px;font-weight:700}.start{text-anchor:start}.end{text-anchor:end}
</style>"""


def pdf_of(paper: Paper, *, made_at: datetime) -> bytes:
    """The same words, figures and pictures as on the page. The same report made in the same minute is the same file."""
    values = {
        **asdict(paper),
        "sections": [_section(section) for section in paper.sections],
        "author": gettext("Manyhands"),
        "colon": gettext(": "),
    }
    return _set(
        json.dumps(_displayable(values), ensure_ascii=False), made_at.replace(second=0, microsecond=0)
    )


@lru_cache(maxsize=8)
def _set(paper: str, minute: datetime) -> bytes:
    # Kept for the colleagues who open it after one another; it holds nothing about a person.
    # A compiler of its own: one serves a single thread at a time. What costs is the fonts.
    made = typst.Compiler(font_paths=_fonts()).compile(
        input=_source(),
        sys_inputs={"paper": paper},
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=minute,
    )
    assert isinstance(made, bytes)
    return made


def _section(section: Section) -> dict[str, object]:
    picture = section.picture or ""
    if picture:
        picture = picture.replace(">", f">{STYLE}", 1).replace(
            "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1
        )
    return {
        **asdict(section),
        "picture": picture,
        "items": [_item(item) for item in section.items],
    }


def _item(item: Item) -> dict[str, object]:
    return {**asdict(item), "suppressed": MARKS.get(item.suppressed, "")}


def _displayable(value: object) -> object:
    """The value with a mark in place of each character that no font here has: PDF/UA refuses those."""
    if isinstance(value, str):
        unknown = set(value) - _characters()
        return value.translate(dict.fromkeys(map(ord, unknown), GETA)) if unknown else value
    if isinstance(value, dict):
        return {key: _displayable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_displayable(one) for one in value]
    return value


@lru_cache(maxsize=1)
def _characters() -> frozenset[str]:
    return frozenset((FONTS / "characters.txt").read_text(encoding="utf-8")) | {"\n", " "}


@lru_cache(maxsize=1)
def _source() -> bytes:
    return (HERE / "page.typ").read_bytes()


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    # Only our own: the report looks the same on every machine.
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
