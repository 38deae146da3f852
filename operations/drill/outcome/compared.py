"""A comparison in words: for a terminal, and for the drill's page."""

from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from operations.drill.outcome import plots
from operations.drill.outcome.differences import Difference
from operations.drill.outcome.measures import BY_KEY, Measure, policy_name
from operations.drill.outcome.summary import difference_words, words
from operations.models import Comparison

NONE = "–"


@dataclass(frozen=True)
class Row:
    """One figure: under the first policy, the second, the difference, what bounds it, and its least and most."""

    measure: Measure
    first: str
    second: str
    mean: str
    interval: str
    span: str
    is_clear: bool
    is_better: bool


@dataclass(frozen=True)
class Shown:
    """What the page shows of a comparison."""

    first: str
    second: str
    seeds: int
    days: str
    volunteers: int
    picture: SafeString
    rows: list[Row]

    @property
    def clear(self) -> list[Row]:
        """What differs beyond chance, of the figures that can be better or worse."""
        return [row for row in self.rows if row.is_clear and row.measure.better]


def rows(result: dict[str, Any]) -> list[Row]:
    """Every figure in the reader's language, in the order of `measures`."""
    return [_row(Difference(**one)) for one in result["differences"]]


def newest() -> Shown | None:
    """The last comparison whose plays went to their end; one statement."""
    found = Comparison.objects.order_by("-id").first()
    if found is None:
        return None
    result = found.result
    return Shown(
        first=policy_name(found.a),
        second=policy_name(found.b),
        seeds=len(result["seeds"]),
        days=f"{result['days']:g}",
        volunteers=result["volunteers"],
        picture=plots.comparison(result),
        rows=rows(result),
    )


def table(result: dict[str, Any]) -> str:
    """The differences for a terminal, in its one language. A star: the interval leaves zero out."""
    with translation.override("en"):
        found = rows(result)
        wide = max(len(str(row.measure.label)) for row in found) + 2
        head = f"{'':<{wide}}{result['a']:>14}{result['b']:>14}{'difference':>15}   {'95 % interval':<30}least to most"
        said = [
            f"{row.measure.label!s:<{wide}}{row.first:>14}{row.second:>14}{row.mean:>15}   "
            f"{row.interval + (' *' if row.is_clear else ''):<30}{row.span}"
            for row in found
        ]
    size = f"{len(result['seeds'])} seeds, {result['days']:g} days, {result['volunteers']} volunteers"
    return "\n".join([size, head, *said])


def _row(one: Difference) -> Row:
    measure = BY_KEY[one.key]

    def between(low: float | None, high: float | None) -> str:
        if low is None or high is None:
            return NONE
        least, most = difference_words(measure, low), difference_words(measure, high)
        return least if least == most else gettext("%(low)s to %(high)s") % {"low": least, "high": most}

    return Row(
        measure,
        words(measure, one.first) or NONE,
        words(measure, one.second) or NONE,
        difference_words(measure, one.mean) or NONE,
        between(one.low, one.high),
        between(one.least, one.most),
        one.is_clear,
        (one.mean or 0) * measure.better > 0,
    )
