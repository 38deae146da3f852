"""What else there is where a seat has gone, as rows: each with one tap to its seat."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from tasks.queries.candidates import point_of
from tasks.queries.finding import alternatives
from volunteers.models import Volunteer
from web.public.rows import Row, row_of

SHOWN = 3


def other_rows(
    volunteer: Volunteer | None, shift: Any, at: datetime, *, limit: int = SHOWN, seats: int = 1
) -> list[Row]:
    """Shifts that the volunteer may take instead, with so many seats; for a stranger what is near, without the tap."""
    found = alternatives(volunteer, shift, at, limit, seats=seats)
    return [
        replace(row_of(other.shift, at, point_of(volunteer)), part=other.number or 0, party=seats)
        for other in found
    ]
