"""Stitches: the seats of a shift, counted one by one."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from web.drawing.svg import join, number, picture

ONE_BY_ONE = 30
CELLS_OF_MANY = 20
LEAN = 4.0
GAP = 3.0
WIDEST = 24.0


@dataclass(frozen=True)
class Seam:
    """How many cells a strip has, and how many of them are solid, outlined and dashed."""

    taken: int
    needed: int
    welcome: int
    each: float

    @property
    def cells(self) -> int:
        return self.taken + self.needed + self.welcome


def seam(taken: int, needed: int, seats: int) -> Seam:
    """Count the cells. Above 30 seats a cell stands for several; nobody is rounded away, and full means full."""
    seats = max(seats, needed, 1)
    taken = min(max(taken, 0), seats)
    if seats <= ONE_BY_ONE:
        open_needed = max(min(needed, seats) - taken, 0)
        return Seam(taken, open_needed, seats - taken - open_needed, 1)
    each = seats / CELLS_OF_MANY
    solid = min(int(taken / each), CELLS_OF_MANY) or int(taken > 0)
    least = round(needed / each)
    if taken < needed:
        least = max(least, solid + 1)
    outlined = max(min(least, CELLS_OF_MANY) - solid, 0)
    return Seam(solid, outlined, CELLS_OF_MANY - solid - outlined, each)


def stitches(
    taken: int,
    needed: int,
    seats: int,
    state: str,
    *,
    width: int = 336,
    height: int = 15,
    text: str = "",
    before: int | None = None,
) -> SafeString:
    """Draw the strip: solid taken, outlined still needed to open, dashed welcome beyond that.

    Seats taken since there were only `before` of them fill in while one looks.
    """
    counts = seam(taken, needed, seats)
    known = counts.taken if before is None else seam(before, needed, seats).taken
    cells, total = _cells(counts, width, height, known)
    return picture(
        cells,
        width=total,
        height=height,
        css=f"stitches stitches--{state}",
        text=text or stitches_text(taken, needed, seats),
        stretch=True,
    )


# Lists draw the same few strips again and again: kept, they take a third of the time of a list away.
@lru_cache(maxsize=4096)
def _cells(counts: Seam, width: int, height: int, known: int) -> tuple[SafeString, float]:
    """The cells of a strip, and how wide they are together."""
    cell = min(WIDEST * height / 15, (width - LEAN - GAP * (counts.cells - 1)) / counts.cells)
    lean = LEAN * height / 15
    parts = []
    for index in range(counts.cells):
        solid = "t" if index < known else "t new"
        kind = solid if index < counts.taken else "n" if index < counts.taken + counts.needed else "w"
        inset = 0.0 if index < counts.taken else 0.75
        left = index * (cell + GAP) + inset
        right = left + cell - 2 * inset
        parts.append(
            format_html(
                '<path class="{}" d="M{} {}H{}L{} {}H{}Z"/>',
                kind,
                number(left + lean),
                number(inset),
                number(right + lean),
                number(right),
                number(height - inset),
                number(left),
            )
        )
    return join(parts), counts.cells * (cell + GAP) - GAP + lean


def stitches_text(taken: int, needed: int, seats: int) -> str:
    """Say the strip in words."""
    values = {"taken": taken, "needed": needed, "seats": seats}
    return gettext("%(taken)d of %(seats)d seats taken, %(needed)d needed to open") % values
