"""Shifts that come again by a rule: start, go on, change from one on, end.

Every occurrence is a shift of its own, made some weeks ahead. Which one it is says `occurs_at`, where the rule put it:
that never moves, so an occurrence that was changed, moved or cancelled is never made again.
"""

from tasks.actions.series.changing import edit_all, edit_following
from tasks.actions.series.ending import end_series
from tasks.actions.series.errors import (
    DayMovesAlone,
    LengthOutOfRange,
    NoOccurrence,
    NotASeries,
    RuleUnclear,
    SeriesEndsFirst,
    SeriesOutsideTask,
    SeriesOver,
    SeriesRunsAlready,
    TooManyOccurrences,
)
from tasks.actions.series.extending import extend_series
from tasks.actions.series.occurring import AHEAD
from tasks.actions.series.starting import start_series

__all__ = [
    "AHEAD",
    "DayMovesAlone",
    "LengthOutOfRange",
    "NoOccurrence",
    "NotASeries",
    "RuleUnclear",
    "SeriesEndsFirst",
    "SeriesOutsideTask",
    "SeriesOver",
    "SeriesRunsAlready",
    "TooManyOccurrences",
    "edit_all",
    "edit_following",
    "end_series",
    "extend_series",
    "start_series",
]
