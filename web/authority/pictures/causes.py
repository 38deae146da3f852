"""Who came to a crisis from which cause, and what was left of each cause: from values to words and shapes."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from insights.disclosure import SMALL, Cell
from insights.policies import CauseWeeks
from insights.queries.cause_sources import CRISIS, NOWHERE, OTHER, OWN, WAYS
from insights.queries.causes import CausesLeft
from web.drawing.flow import Ribbon, Step
from web.drawing.weeks import week_bars
from web.wording import number_words

TONES = {CRISIS: "lost", OWN: "done", OTHER: "going", NOWHERE: "same"}


@dataclass(frozen=True)
class MovedRow:
    """A line of the table: a usual cause, and where its people went, in the order of the ways."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Moving:
    """The flow of people, the same in one sentence, and as a table; not drawn where every number is hidden."""

    steps: list[Step]
    ribbons: list[Ribbon]
    heads: list[str]
    text: str
    ways: list[str]
    rows: list[MovedRow]

    @property
    def is_drawn(self) -> bool:
        return any(step.count for step in self.steps)


@dataclass(frozen=True)
class CauseRow:
    """A cause with its weeks, and its plot."""

    name: str
    weeks: CauseWeeks
    drawing: SafeString


def way_names() -> dict[str, str]:
    return {
        CRISIS: pgettext("way of volunteers", "To the crisis"),
        OWN: pgettext("way of volunteers", "Still their own cause"),
        OTHER: pgettext("way of volunteers", "Another cause"),
        NOWHERE: pgettext("way of volunteers", "No service since"),
    }


def moving(found: CausesLeft, names: Mapping[str, str]) -> Moving:
    """From usual causes, those with most people first, to where they went. What is hidden has no ribbon."""
    ways = way_names()
    order = sorted(found.flows, key=lambda cause: (not cause, -_shown(found.flows[cause]), cause))
    cells = {(cause, way): found.flows[cause][way] for cause in order for way in WAYS}
    steps = [
        _step(f"from-{cause}", _name(cause, names), 0, [cells[cause, way] for way in WAYS], "asked")
        for cause in order
    ]
    steps += [
        _step(f"to-{way}", ways[way], 1, [cells[cause, way] for cause in order], TONES[way]) for way in WAYS
    ]
    steps = [step for step in steps if step.count or step.why]
    ribbons = [
        Ribbon(f"from-{cause}", f"to-{way}", _whole(cell), cell.why)
        for (cause, way), cell in cells.items()
        if cell.value or cell.is_hidden
    ]
    facts = pgettext("between two facts", ", ")
    return Moving(
        steps=steps,
        ribbons=ribbons,
        heads=[gettext("Usual cause"), gettext("Since the crisis began")],
        text=facts.join(f"{step.label} {step.shown}" for step in steps),
        ways=list(ways.values()),
        rows=[MovedRow(_name(cause, names), tuple(cells[cause, way] for way in WAYS)) for cause in order],
    )


def cause_rows(found: CausesLeft, names: Mapping[str, str]) -> list[CauseRow]:
    """Starved causes first, then those with most usual hours."""
    order = sorted(
        found.weeks.items(), key=lambda pair: (not pair[1].is_starved, -pair[1].usual_hours, pair[0])
    )
    return [CauseRow(_name(cause, names), weeks, _plot(weeks, _name(cause, names))) for cause, weeks in order]


def _plot(weeks: CauseWeeks, name: str) -> SafeString:
    text = gettext("%(cause)s: hours a week, before and since the crisis began: %(before)s; %(since)s") % {
        "cause": name,
        "before": " ".join(number_words(week.hours) for week in weeks.usual),
        "since": " ".join(number_words(week.hours) for week in weeks.since),
    }
    usual, since = ([week.hours for week in span] for span in (weeks.usual, weeks.since))
    return week_bars(usual, since, weeks.usual_hours, text)


def _step(key: str, label: str, column: int, cells: list[Cell], tone: str) -> Step:
    """As high as what is shown of it; where a part is hidden, at least that many."""
    count = sum(_whole(cell) for cell in cells)
    why = next((cell.why for cell in cells if cell.is_hidden), "")
    mark = "" if not why else "*" if why == SMALL else "†"
    return Step(key, label, column, count, f"{number_words(count)}{mark}" if count else mark, tone, why)


def _shown(cells: Mapping[str, Cell]) -> int:
    return sum(_whole(cell) for cell in cells.values())


def _whole(cell: Cell) -> int:
    return int(cell.value or 0)


def _name(cause: str, names: Mapping[str, str]) -> str:
    return names.get(cause, cause) if cause else gettext("No cause in the year before")
