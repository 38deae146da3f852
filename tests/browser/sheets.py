"""Which page is on which sheet of pictures, how a sheet is laid out, and the index of them all."""

from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

from tests.architecture.world import World
from tests.browser.pages import LOOKS, Visit, visits

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
PAGES_A_SHEET = 5
# Rooms in the order of the index, and what they are called there.
ROOMS = {
    "public": "Public",
    "account": "Signing in, and one's own account",
    "volunteer": "Volunteers",
    "organization": "Organizations",
    "authority": "Officials",
    "staff": "Staff",
    "guide": "Guides",
    "others": "Pages of libraries, of the demo, and pages when nothing or something wrong is there",
}
READERS = {
    "anonymous": "anybody",
    "volunteer": "a volunteer",
    "owner": "an organizer",
    "desk": "who helps at a desk",
    "official": "an official",
    "staff": "staff",
    "other_owner": "an organizer of a new group",
}


@dataclass(frozen=True)
class Shape:
    """One way in which a page is taken: a screen, a language, a size of letters, and its scale on a sheet."""

    name: str
    width: int
    language: str
    elder: str
    scale: float

    @property
    def words(self) -> str:
        return f"{self.width} px, {self.language}{', elder mode' if self.elder else ''}"


SHAPES = (
    Shape("phone", 360, "zh-hans", "", 2 / 3),
    Shape("elder", 360, "en", "24", 2 / 3),
    Shape("tablet", 768, "en", "", 1 / 2),
    Shape("desktop", 1280, "zh-hans", "", 2 / 5),
)
# A picture ends here on a sheet, in its pixels.
TALLEST = 700
STYLE = """
body { margin: 0; padding: 16px; width: 1424px; font: 15px/1.4 sans-serif; background: #d9d9d9; color: #222 }
h2 { margin: 16px 0 8px; font-size: 17px } h2:first-child { margin-top: 0 }
h2 span { font-weight: 400; color: #555 }
.row { display: flex; gap: 16px; align-items: flex-start }
img { display: block; background: #fff }
"""


@dataclass(frozen=True)
class Sheet:
    """A few pages of a room, in the order of their addresses."""

    room: str
    number: int
    pages: tuple[Visit, ...]

    @property
    def file(self) -> str:
        return f"{self.room}-{self.number:02d}.webp"


@dataclass(frozen=True)
class State(Visit):
    """A page by its address below the language, with what is typed there and sent before its picture is taken."""

    address: str = ""
    typed: tuple[tuple[str, str], ...] = ()
    is_sent: bool = False

    def path(self, world: World) -> str:
        codes = {role: world.values.get(("organization", role), "") for role in ("code", "other_owner")}
        return f"/zh-hans/{self.address.format(**codes)}"


# What is no page of its own, or one that only acts lead to.
ANY = LOOKS[0]
NOBODY = (("name", "王芳"), ("contact", "{shape}@people.example"))
STATES = (
    State("account:code", "anonymous", ANY, address="join/", typed=NOBODY, is_sent=True),
    State("join, refused", "anonymous", ANY, address="join/", is_sent=True),
    State("ask for help, refused", "anonymous", ANY, address="help/", is_sent=True),
    State("needs, none found", "anonymous", ANY, address="needs/?q=zzzz"),
    State("board, empty", "other_owner", ANY, address="org/{other_owner}/"),
    State("calls, empty", "other_owner", ANY, address="org/{other_owner}/calls/"),
    State("team, empty", "other_owner", ANY, address="org/{other_owner}/team/"),
    State("not found", "anonymous", ANY, address="needs/NOTHERE2/"),
    State("not allowed", "desk", ANY, address="org/{code}/hours/"),
    State("problem", "anonymous", ANY, address="problems/shift-full/"),
    State("demo_start", "anonymous", ANY, address="demo/"),
    State("drill", "staff", ANY, address="drill/"),
    State("admin:index", "staff", ANY, address="staff/reference/"),
    State("admin:tasks_tasktemplate_changelist", "staff", ANY, address="staff/reference/tasks/tasktemplate/"),
)


def shown() -> list[Visit]:
    """Every page once, for its first reader, room by room; then states."""
    found: dict[str, Visit] = {}
    for visit in (*visits(), *STATES):
        found.setdefault(visit.name, visit)
    order = list(ROOMS)
    return sorted(found.values(), key=lambda visit: order.index(room_of(visit)))


def room_of(visit: Visit) -> str:
    room = "account" if visit.room == "own_calendars" else visit.room
    return room if room in ROOMS else "others"


def sheets() -> list[Sheet]:
    found = []
    for room, of_room in groupby(shown(), key=room_of):
        pages = tuple(of_room)
        for number, start in enumerate(range(0, len(pages), PAGES_A_SHEET), start=1):
            found.append(Sheet(room, number, pages[start : start + PAGES_A_SHEET]))
    return found


def laid_out(rows: list[tuple[str, str, list[str]]]) -> str:
    """A sheet as a page of HTML: for each row its name, its address, and the addresses of its pictures."""
    parts = []
    for name, path, pictures in rows:
        images = "".join(f'<img src="{escape(picture)}">' for picture in pictures)
        parts.append(f'<h2>{escape(name)} <span>{escape(path)}</span></h2><div class="row">{images}</div>')
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{''.join(parts)}"


def index() -> str:
    """The README of the folder: every page, who reads it, and the sheet that shows it."""
    lines = [
        "# Every screen",
        "",
        "All pages, taken in the invented city by `make screenshots`; this index is written by it too. Each row of a sheet shows",
        "one page " + "; ".join(shape.words for shape in SHAPES) + ". Long pages are cut off.",
        "",
    ]
    for room, of_room in groupby(sheets(), key=lambda sheet: sheet.room):
        lines += [f"## {ROOMS[room]}", "", "| page | taken for | sheet |", "|---|---|---|"]
        for sheet in of_room:
            taken = (FOLDER / sheet.file).exists()
            shown_by = f"[{sheet.file}]({sheet.file})" if taken else sheet.file
            for page in sheet.pages:
                lines.append(f"| `{page.name}` | {READERS[page.role]} | {shown_by} |")
        lines.append("")
    return "\n".join(lines)
