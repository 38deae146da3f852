"""The tables of docs/identity.md hold for the colours of the stylesheet."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEX = r"#[0-9a-f]{3}(?:[0-9a-f]{3})?\b"
TEXT, OUTLINE = 4.5, 3.0


def colours() -> dict[str, dict[str, str]]:
    """The tokens by mode. Dark changes some of the light ones."""
    dark, light = (ROOT / "web/styles/_tokens.scss").read_text().split(":root")
    found = [dict(re.findall(rf"--([\w-]+): ({HEX})", part)) for part in (light, dark)]
    return {"light": found[0], "dark": {**found[0], **found[1]}}


TOKENS = {mode: {**tokens, "white": "#fff"} for mode, tokens in colours().items()}


def luminance(colour: str) -> float:
    """Relative luminance as in WCAG 2.2."""
    digits = colour.removeprefix("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def rows(columns: int) -> Iterator[list[str]]:
    """The rows of the tables that begin with a token and have so many columns."""
    for line in (ROOT / "docs/identity.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == columns:
            yield cells


def token(cell: str) -> str:
    found = re.match(r"`([\w-]+)`", cell)
    assert found is not None, cell
    return found[1]


ON_THE_PAGE, ON_ANOTHER = list(rows(6)), list(rows(5))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_colours_on_page_and_wash_are_as_documented_and_readable(mode: str) -> None:
    at, tokens = (1, 2) if mode == "light" else (3, 4), TOKENS[mode]
    for row in ON_THE_PAGE:
        name = token(row[0])
        assert row[at[0]] == tokens[name], name
        if not row[at[1]]:
            continue
        measured = [contrast(tokens[name], tokens[ground]) for ground in ("page", "wash")]
        assert row[at[1]] == " / ".join(f"{each:.1f}" for each in measured), name
        assert min(measured) >= (OUTLINE if name == "edge" else TEXT), name
    assert len(ON_THE_PAGE) > 10


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_colours_on_another_ground_are_as_documented_and_readable(mode: str) -> None:
    tokens = TOKENS[mode]
    for row in ON_ANOTHER:
        measured = contrast(tokens[token(row[0])], tokens[token(row[1])])
        assert row[2 if mode == "light" else 3] == f"{measured:.1f}", row
        assert measured >= TEXT, row
    assert len(ON_ANOTHER) > 8
