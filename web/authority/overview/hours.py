"""How many hours were served on each day, as they were released."""

from collections.abc import Mapping
from datetime import date

from insights.disclosure import Cell
from tasks.queries.stages import StageView
from web.authority.overview.days import Days
from web.drawing.heat import Heat, heat
from web.wording import local


def calendar(cells: Mapping[date, Cell], days: Days, stage: StageView | None) -> Heat | None:
    """Whole weeks up to this one; None where no day was released. The day on which the stage began is marked."""
    if not any(cell.value is not None or cell.is_hidden for cell in cells.values()):
        return None
    first, last = days.weeks
    marked = local(stage.since).date() if stage is not None and stage.stage else None
    values = {day: (cell.value, cell.why) for day, cell in cells.items()}
    return heat(values, first, last, marked)
