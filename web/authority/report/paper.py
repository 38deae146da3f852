"""A report in words, before it becomes a page or a PDF: both show these and nothing else."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

# How figures about few persons are marked, as everywhere.
MARKS = {"small": "*", "complement": "†"}


@dataclass(frozen=True)
class Item:
    """A figure: numbers with their units, or why it is hidden; what it is beside what; what it counts."""

    label: str
    parts: tuple[tuple[str, str], ...] = (("–", ""),)
    suppressed: str = ""
    note: str = ""
    definition: str = ""


@dataclass(frozen=True)
class Table:
    """Words in rows; the first column names the row. `numeric` says which columns stand right."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]

    def columns(self) -> list[tuple[str, bool]]:
        """The headings, each with whether its column stands right."""
        return list(zip(self.headings, self.numeric, strict=True))

    def marked_rows(self) -> list[list[tuple[str, bool]]]:
        """The rows, each word with the same."""
        return [list(zip(row, self.numeric, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it, in this order: words, figures, picture, table, lines, small print."""

    key: str
    title: str
    intro: str = ""
    items: tuple[Item, ...] = ()
    picture: SafeString | None = None
    picture_text: str = ""
    table: Table | None = None
    lines: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Link:
    """Where something can be read: spelled out, for whoever holds the paper."""

    label: str
    address: str


@dataclass(frozen=True)
class Paper:
    """The whole report. `facts` are words by label, at its head."""

    title: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    links: tuple[Link, ...]
    foot: str
    # zh or en.
    language: str
