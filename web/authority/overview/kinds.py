"""Which kinds of work lack hands."""

from collections.abc import Mapping
from dataclasses import dataclass

from insights.queries import Counts
from insights.queries.days import KindDays
from web.wording import in_chinese


@dataclass(frozen=True)
class KindLine:
    name: str
    counts: Counts


def kind_lines(kinds: Mapping[str, KindDays]) -> list[KindLine]:
    """The kinds that lack hands, most of them first."""
    chinese = in_chinese()
    ordered = sorted(
        kinds.items(), key=lambda pair: (-pair[1].counts.short, -pair[1].counts.seats_least, pair[0])
    )
    return [
        KindLine(kind.name_zh if chinese else kind.name_en, kind.counts)
        for _, kind in ordered
        if kind.counts.short
    ]
