"""What became of residents' requests, from asking to done, as a flow of what may be shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import pgettext

from insights.disclosure import SMALL, Cell
from insights.queries import Flow, Key
from web.drawing.flow import Ribbon, Step
from web.wording import number_words, span_words

MATCHED = ("placed", Key.REQUESTS_DONE)
LOOKED = ("checked", *MATCHED)
ASKED = ("waiting", *LOOKED, Key.REQUESTS_DECLINED, "ended")
WAYS = {
    "asked": ("looked", "waiting", "ended", "declined"),
    "looked": ("matched", "checked"),
    "matched": ("done", "placed"),
}


@dataclass(frozen=True)
class Flowing:
    """Steps and ribbons under their heads, and the same in one sentence; not drawn where nobody asked or every
    number is hidden."""

    asked: Cell
    steps: list[Step]
    ribbons: list[Ribbon]
    heads: list[str]
    text: str
    days: str

    @property
    def is_drawn(self) -> bool:
        return any(step.count for step in self.steps)


def flowing(flow: Flow) -> Flowing:
    """Asked, looked at, given to somebody, done: each step holds all that reached it."""
    states = flow.states
    every = [
        _step("asked", pgettext("requests", "Asked"), 0, [states[key] for key in ASKED]),
        _step("looked", pgettext("requests", "Checked"), 1, [states[key] for key in LOOKED]),
        _step("waiting", pgettext("requests", "Not looked at yet"), 1, [states["waiting"]], "waits"),
        _step("ended", pgettext("requests", "Merged or taken back"), 1, [states["ended"]], "same"),
        _step("declined", pgettext("requests", "Declined"), 1, [states[Key.REQUESTS_DECLINED]], "lost"),
        _step("matched", pgettext("requests", "Somebody goes"), 2, [states[key] for key in MATCHED]),
        _step("checked", pgettext("requests", "Looking for somebody"), 2, [states["checked"]], "waits"),
        _step("done", pgettext("requests", "Done"), 3, [states[Key.REQUESTS_DONE]], "done"),
        _step("placed", pgettext("requests", "Under way"), 3, [states["placed"]], "going"),
    ]
    # The whole was rounded by itself: the sum of its rounded parts may be another number.
    every[0] = replace(every[0], shown=_shown(flow.asked))
    steps = [step for step in every if step.count or step.why]
    known = {step.key: step for step in steps}
    ribbons = [
        Ribbon(source, target, known[target].count, known[target].why)
        for source, targets in WAYS.items()
        for target in targets
        if source in known and target in known
    ]
    heads = [
        pgettext("step", "Asked"),
        pgettext("step", "Looked at"),
        pgettext("step", "Given to somebody"),
        pgettext("step", "Result"),
    ]
    last = max((step.column for step in steps), default=-1)
    facts = pgettext("between two facts", ", ")
    return Flowing(
        asked=flow.asked,
        steps=steps,
        ribbons=ribbons,
        heads=heads[: last + 1],
        text=facts.join(f"{step.label} {step.shown}" for step in steps),
        days=span_words(*flow.week) if flow.week else "",
    )


def _step(key: str, label: str, column: int, cells: Sequence[Cell], tone: str = "asked") -> Step:
    """Hidden where a part is hidden; as high as what is shown of it."""
    count = sum(int(cell.value or 0) for cell in cells)
    why = next((cell.why for cell in cells if cell.is_hidden), "")
    shown = _shown(Cell(None, why)) if why else number_words(count)
    return Step(key, label, column, count, shown, tone, why)


def _shown(cell: Cell) -> str:
    if cell.is_hidden:
        return "*" if cell.why == SMALL else "†"
    return number_words(cell.value or 0)
