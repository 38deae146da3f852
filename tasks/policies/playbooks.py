"""Playbooks as data: their shape in a file, and everything that can be wrong with one. Plain values, no rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

# The stages of a response; 0, the time outside of them, may be described as well.
NEEDED_STAGES = (1, 2, 3)
KNOWN_STAGES = (0, *NEEDED_STAGES)
HOURS = range(1, 169)
WEIGHTS = (Decimal("0.25"), Decimal("4"))
PRIORITIES = range(4)
# Ten years: nobody plans further.
LAST_DAY = 3650
CODE_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
LONGEST = {"code": 40, "name_zh": 80, "name_en": 120}
LONGEST_OF_STAGE = {"name_zh": 40, "name_en": 80}


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong and where: a stage by its number (None: the playbook as a whole), the field, and a code."""

    stage: int | None
    field: str
    code: str
    value: str = ""


@dataclass(frozen=True)
class StageGiven:
    """A stage as a file or a page writes it. Types and templates by their codes."""

    stage: int
    name_zh: str
    name_en: str
    summary_zh: str = ""
    summary_en: str = ""
    first_day: int | None = None
    last_day: int | None = None
    publishers: tuple[str, ...] = ()
    needs_review: bool = False
    lead_kinds: tuple[str, ...] = ()
    alert_reach: str = "province"
    escalate_hours: int = 24
    seat_weight: Decimal = Decimal(1)
    priorities: dict[str, int] = field(default_factory=dict)
    templates: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlaybookGiven:
    """A playbook as a file or a page writes it; `version` is the one that it was made from, 0 for a new one."""

    code: str
    name_zh: str
    name_en: str
    summary_zh: str = ""
    summary_en: str = ""
    areas: tuple[str, ...] = ()
    stages: tuple[StageGiven, ...] = ()
    version: int = 0

    def with_stage(self, stage: StageGiven) -> "PlaybookGiven":
        """The playbook with this stage in the place of the one of its number."""
        others = [one for one in self.stages if one.stage != stage.stage]
        stages = tuple(sorted((*others, stage), key=lambda one: one.stage))
        return replace(self, stages=stages)


@dataclass(frozen=True)
class Known:
    """What a playbook may name."""

    types: frozenset[str]
    templates: frozenset[str]
    areas: frozenset[str]
    kinds: frozenset[str]
    lead_kinds: frozenset[str]
    reaches: frozenset[str]


def read(raw: object) -> tuple[PlaybookGiven | None, list[Fault]]:
    """A playbook from the parsed JSON of a file; where its shape is wrong None, and what is wrong."""
    if not isinstance(raw, Mapping):
        return None, [Fault(None, "file", "not-a-playbook")]
    reader = _Reader()
    names = reader.pair(raw, "name", None)
    summaries = reader.pair(raw, "summary", None)
    stages = [
        reader.stage(one, place)
        for place, one in enumerate(reader.of(raw, "stages", list, None, []), start=1)
    ]
    given = PlaybookGiven(
        code=reader.of(raw, "code", str, None, ""),
        name_zh=names[0],
        name_en=names[1],
        summary_zh=summaries[0],
        summary_en=summaries[1],
        areas=reader.texts(raw, "areas", None),
        stages=tuple(one for one in stages if one is not None),
        version=reader.of(raw, "version", int, None, 0),
    )
    return (None if reader.faults else given), reader.faults


def as_file(given: PlaybookGiven) -> dict[str, Any]:
    """What `read` reads, for a download."""
    return {
        "code": given.code,
        "version": given.version,
        "name": {"zh": given.name_zh, "en": given.name_en},
        "summary": {"zh": given.summary_zh, "en": given.summary_en},
        "areas": list(given.areas),
        "stages": [
            {
                "stage": one.stage,
                "name": {"zh": one.name_zh, "en": one.name_en},
                "summary": {"zh": one.summary_zh, "en": one.summary_en},
                "days": [one.first_day, one.last_day],
                "publishers": list(one.publishers),
                "needs_review": one.needs_review,
                "lead_kinds": list(one.lead_kinds),
                "alert_reach": one.alert_reach,
                "escalate_hours": one.escalate_hours,
                "seat_weight": str(one.seat_weight),
                "priorities": one.priorities,
                "templates": list(one.templates),
            }
            for one in given.stages
        ],
    }


def faults_of(given: PlaybookGiven, known: Known) -> list[Fault]:
    """Everything that is wrong with a playbook: words, names of things that do not exist, stages, days."""
    found: list[Fault] = []
    if not given.code or not set(given.code) <= CODE_SIGNS:
        found.append(Fault(None, "code", "bad-code", given.code))
    found += _words(given, None, LONGEST)
    found += _unknown(given.areas, known.areas, None, "areas", "unknown-area")
    numbers = Counter(one.stage for one in given.stages)
    found += [
        Fault(None, "stages", "stage-missing", str(number)) for number in NEEDED_STAGES if not numbers[number]
    ]
    found += [Fault(number, "stage", "stage-twice") for number, times in numbers.items() if times > 1]
    found += [
        Fault(None, "stages", "unknown-stage", str(number))
        for number in numbers
        if number not in KNOWN_STAGES
    ]
    for one in given.stages:
        found += _faults_of_stage(one, known)
    return sorted(
        {*found, *_days(given.stages)}, key=lambda fault: (fault.stage or 0, fault.field, fault.code)
    )


def _faults_of_stage(one: StageGiven, known: Known) -> list[Fault]:
    number = one.stage
    found = _words(one, number, LONGEST_OF_STAGE)
    found += _unknown(one.publishers, known.kinds, number, "publishers", "unknown-kind")
    found += _unknown(one.lead_kinds, known.lead_kinds, number, "lead_kinds", "unknown-kind")
    found += _unknown((one.alert_reach,), known.reaches, number, "alert_reach", "unknown-reach")
    found += _unknown(one.templates, known.templates, number, "templates", "unknown-template")
    found += _unknown(one.priorities, known.types, number, "priorities", "unknown-type")
    found += [
        Fault(number, "priorities", "bad-priority", code)
        for code, priority in one.priorities.items()
        if priority not in PRIORITIES
    ]
    if one.escalate_hours not in HOURS:
        found.append(Fault(number, "escalate_hours", "bad-hours", str(one.escalate_hours)))
    # A weight is kept to two places.
    if not WEIGHTS[0] <= one.seat_weight <= WEIGHTS[1] or one.seat_weight != round(one.seat_weight, 2):
        found.append(Fault(number, "seat_weight", "bad-weight", str(one.seat_weight)))
    return found


def _days(stages: Sequence[StageGiven]) -> list[Fault]:
    """Planned days that run backwards, or lie in two stages."""
    found = []
    for one in stages:
        first, last = one.first_day, one.last_day
        if (first is None and last is not None) or (first is not None and first < 1):
            found.append(Fault(one.stage, "days", "no-first-day"))
        elif max(first or 0, last or 0) > LAST_DAY:
            found.append(Fault(one.stage, "days", "days-too-late", str(LAST_DAY)))
        elif first is not None and last is not None and last < first:
            found.append(Fault(one.stage, "days", "days-backwards"))
    planned = sorted(
        (one for one in stages if one.first_day), key=lambda one: (one.first_day or 0, one.stage)
    )
    for before, after in pairwise(planned):
        if before.last_day is None or before.last_day >= (after.first_day or 0):
            found.append(Fault(after.stage, "days", "days-overlap", str(before.stage)))
    return found


def _words(given: PlaybookGiven | StageGiven, stage: int | None, longest: Mapping[str, int]) -> list[Fault]:
    found = []
    for name, most in longest.items():
        words = getattr(given, name)
        if name != "code" and not words.strip():
            found.append(Fault(stage, name, "no-words"))
        if len(words) > most:
            found.append(Fault(stage, name, "too-long", str(most)))
    return found


def _unknown(
    names: Sequence[str] | Mapping[str, Any],
    known: frozenset[str],
    stage: int | None,
    place: str,
    code: str,
) -> list[Fault]:
    return [Fault(stage, place, code, name) for name in names if name not in known]


class _Reader:
    """Takes values of the right kind out of parsed JSON, and notes where there is none."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def of(self, raw: Mapping[Any, Any], name: str, kind: type, stage: int | None, otherwise: Any) -> Any:
        """A value of a kind; where none is given, what it is otherwise."""
        value = raw.get(name, otherwise)
        # JSON's true is a whole number to Python.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)) or "\0" in str(value):
            self.faults.append(Fault(stage, name, "wrong-form"))
            return otherwise
        return value

    def texts(self, raw: Mapping[Any, Any], name: str, stage: int | None) -> tuple[str, ...]:
        values = self.of(raw, name, list, stage, [])
        if not all(isinstance(value, str) for value in values):
            self.faults.append(Fault(stage, name, "wrong-form"))
            return ()
        return tuple(dict.fromkeys(values))

    def pair(self, raw: Mapping[Any, Any], name: str, stage: int | None) -> tuple[str, str]:
        """Words in Chinese and English."""
        words = self.of(raw, name, dict, stage, {})
        return tuple(self.of(words, language, str, stage, "") for language in ("zh", "en"))

    def stage(self, raw: object, place: int) -> StageGiven | None:
        """A stage; one that says no number is named by its place in the file."""
        if not isinstance(raw, Mapping):
            self.faults.append(Fault(place, "stage", "wrong-form"))
            return None
        number = self.of(raw, "stage", int, place, place)
        names = self.pair(raw, "name", number)
        summaries = self.pair(raw, "summary", number)
        first, last = self._days(raw, number)
        return StageGiven(
            stage=number,
            name_zh=names[0],
            name_en=names[1],
            summary_zh=summaries[0],
            summary_en=summaries[1],
            first_day=first,
            last_day=last,
            publishers=self.texts(raw, "publishers", number),
            needs_review=self.of(raw, "needs_review", bool, number, False),
            lead_kinds=self.texts(raw, "lead_kinds", number),
            alert_reach=self.of(raw, "alert_reach", str, number, "province"),
            escalate_hours=self.of(raw, "escalate_hours", int, number, 24),
            seat_weight=self._weight(raw, number),
            priorities=self._priorities(raw, number),
            templates=self.texts(raw, "templates", number),
        )

    def _days(self, raw: Mapping[Any, Any], stage: int) -> tuple[int | None, int | None]:
        days = self.of(raw, "days", list, stage, [None, None])
        if len(days) != 2 or not all(
            day is None or (isinstance(day, int) and not isinstance(day, bool)) for day in days
        ):
            self.faults.append(Fault(stage, "days", "wrong-form"))
            return None, None
        return days[0], days[1]

    def _weight(self, raw: Mapping[Any, Any], stage: int) -> Decimal:
        """Written as text or as a number."""
        try:
            weight = Decimal(str(raw.get("seat_weight", "1")))
        except InvalidOperation:
            weight = Decimal("NaN")
        if not weight.is_finite():
            self.faults.append(Fault(stage, "seat_weight", "wrong-form"))
            return Decimal(1)
        return weight

    def _priorities(self, raw: Mapping[Any, Any], stage: int) -> dict[str, int]:
        given = self.of(raw, "priorities", dict, stage, {})
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in given.values()):
            self.faults.append(Fault(stage, "priorities", "wrong-form"))
            return {}
        return dict(given)
