"""Figures to read: live ones for officials, released ones for everybody, and what each of them means."""

from insights.queries.definitions import DEFINITIONS, FRESH, Definition, Key, Unit
from insights.queries.figures import (
    AreaRow,
    Figures,
    Overview,
    figures_for,
    fill_gap,
    overview,
    rows_for,
    worst,
)
from insights.queries.public import (
    PublicFigures,
    PublicPeriod,
    PublicRow,
    days_released,
    public_figures,
)
from insights.queries.rows import Counts, counts_by_area, counts_by_day, window_of

__all__ = [
    "DEFINITIONS",
    "FRESH",
    "AreaRow",
    "Counts",
    "Definition",
    "Figures",
    "Key",
    "Overview",
    "PublicFigures",
    "PublicPeriod",
    "PublicRow",
    "Unit",
    "counts_by_area",
    "counts_by_day",
    "days_released",
    "figures_for",
    "fill_gap",
    "overview",
    "public_figures",
    "rows_for",
    "window_of",
    "worst",
]
