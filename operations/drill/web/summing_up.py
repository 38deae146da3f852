"""What came of a drill in the order in which a page tells it: some figures first, then all of them by what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from operations.drill.outcome.summary import Line, lines

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TOLD_FIRST = ("fill", "fill_pressing", "answered", "served", "idle")
GROUPS: Sequence[tuple["_StrPromise", Sequence[str]]] = (
    (_("Seats and hands"), ("fill", "fill_crisis", "fill_pressing", "seats", "fairness", "standing")),
    (
        _("How long it took"),
        ("adopted", "adopted_p90", "answered", "answered_p90", "served", "served_p90"),
    ),
    (
        _("Who was asked, who came"),
        (
            "alerts",
            "alerts_p95",
            "alerts_to_seat",
            "idle",
            "hours",
            "attendances",
            "no_shows",
            "travel",
        ),
    ),
    (_("Plans of who goes where"), ("gap", "runs")),
)


@dataclass(frozen=True)
class Group:
    """Figures that say something together."""

    title: "_StrPromise"
    lines: Sequence[Line]


@dataclass(frozen=True)
class SummingUp:
    """`first`: what a reader wants to know first; `groups`: everything, those once more."""

    first: Sequence[Line]
    groups: Sequence[Group]


def summing_up(summary: dict[str, Any]) -> SummingUp | None:
    """Nothing while there is no summary."""
    if not summary:
        return None
    by_key = {line.measure.key: line for line in lines(summary)}
    return SummingUp(
        [by_key[key] for key in TOLD_FIRST],
        [Group(title, [by_key[key] for key in keys]) for title, keys in GROUPS],
    )
