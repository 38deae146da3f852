"""Figures to read: live ones for officials, released ones for everybody, and what each of them means."""

from insights.queries.definitions import DEFINITIONS, FRESH, Definition, Key, Unit
from insights.queries.figures import (
    AreaRow,
    Overview,
    fill_gap,
    overview,
    rows_for,
    worst,
)
from insights.queries.index import (
    IndexPart,
    IndexView,
    index_by_area,
    index_history,
    index_of,
    index_versions,
)
from insights.queries.kinds import KindRow, short_by_kind
from insights.queries.lately import STATES, Flow, Lately, flow, flow_of, lately
from insights.queries.public import (
    NotReleasedYet,
    PublicFigures,
    PublicPeriod,
    PublicRow,
    public_figures,
    public_series,
)
from insights.queries.released import (
    Changed,
    Correction,
    corrections_of,
    days_released,
    hours_by_day,
    released_by_day,
    released_cells,
)
from insights.queries.rows import Counts, counts_by_area, counts_by_day, gap_of, window_of

__all__ = [
    "DEFINITIONS",
    "FRESH",
    "STATES",
    "AreaRow",
    "Changed",
    "Correction",
    "Counts",
    "Definition",
    "Flow",
    "IndexPart",
    "IndexView",
    "Key",
    "KindRow",
    "Lately",
    "NotReleasedYet",
    "Overview",
    "PublicFigures",
    "PublicPeriod",
    "PublicRow",
    "Unit",
    "corrections_of",
    "counts_by_area",
    "counts_by_day",
    "days_released",
    "fill_gap",
    "flow",
    "flow_of",
    "gap_of",
    "hours_by_day",
    "index_by_area",
    "index_history",
    "index_of",
    "index_versions",
    "lately",
    "overview",
    "public_figures",
    "public_series",
    "released_by_day",
    "released_cells",
    "rows_for",
    "short_by_kind",
    "window_of",
    "worst",
]
