"""The waiting list on the page of a shift: how many wait, one's own place, and joining it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tasks.models import ShiftRole
from tasks.queries.odds import odds_at
from tasks.queries.waiting import lines_for, own_place, place_in_line
from volunteers.models import Volunteer
from web.odds import odds_words


@dataclass(frozen=True)
class Line:
    """Of one kind of seats: its place in the shift, how many wait, and where the reader stands."""

    number: int
    name: str
    waiting: int
    own: str
    held_until: datetime | None
    most: int
    # Where the reader stands, from 1; 0 where they do not wait, or a seat is held for them.
    place: int = 0
    # What became of those who came as this reader would.
    odds: str = ""

    @property
    def next_place(self) -> int:
        return self.waiting + 1


def line_context(
    shift: Any, roles: Sequence[ShiftRole], volunteer: Volunteer | None, at: datetime
) -> dict[str, Any]:
    """`lines`, one for each full kind of seats; one statement, none where seats are free everywhere,
    and two more where the reader waits, or one where they could join the only line."""
    full = [(number, role) for number, role in enumerate(roles, start=1) if role.seats_free < 1]
    if not full or not shift.has_waiting_list:
        return {"lines": []}
    found = lines_for(shift, volunteer, at)
    lines = []
    for number, role in full:
        waiting, own, until = found.get(role.pk, (0, "", None))
        # Where an organizer looks at each sign-up, their yes leads to the list.
        if shift.needs_approval and not own:
            continue
        most = min(shift.party_most, role.seats_goal or role.seats)
        place = 0
        if own and volunteer and until is None:
            mine = own_place(role, volunteer)
            place = place_in_line(mine) if mine else 0
        lines.append(Line(number, role.name, waiting, own or "", until, most, place))
    if volunteer and len(lines) == 1 and not lines[0].own:
        odds = odds_at(lines[0].next_place, roles[lines[0].number - 1].seats, at=at)
        lines = [replace(lines[0], odds=odds_words(odds))] if odds else lines
    return {"lines": lines}
