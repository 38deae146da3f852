"""Makes the index of a day: once, with the parts and weights of the version in force."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from areas.models import Area
from insights.disclosure import Cell
from insights.models import AreaIndex, IndexVersion
from insights.queries.definitions import Key
from insights.queries.index import PARTS

FILE = Path(__file__).parent.parent / "data" / "index.json"
# A call that waits a day for an organization scores nothing.
A_DAY = 24 * 60
WHOLE = 100


class WeightsChanged(ValueError):
    """The file says other weights under a version that was in force already: they need the next number."""


def make_indexes(
    areas: Sequence[Area], day: date, cells: Mapping[str, Mapping[str, Cell]], *, at: datetime
) -> dict[str, int]:
    """The index of each area for a day, from its public figures, by code. What is there already stays."""
    version = current_version(at=at)
    made = []
    for area in areas:
        parts = parts_of(cells[area.code])
        value = index_value(parts, version.weights)
        if value is not None:
            made.append(AreaIndex(area=area, day=day, version=version, value=value, parts=parts, made_at=at))
    AreaIndex.objects.bulk_create(made, ignore_conflicts=True)
    return {row.area.code: row.value for row in made}


def parts_of(cells: Mapping[str, Cell]) -> dict[str, int | None]:
    """Every part from 0 (worst) to 100 (best), from cells as they are published; None where there is no value. Calls of
    which none was taken on are no missing value but the worst: silence must not raise an index.
    """

    def known(key: Key) -> float | None:
        cell = cells.get(key)
        return None if cell is None else cell.value

    minutes, idle, gap = known(Key.RESPONSE_MINUTES), known(Key.IDLE_RATE), known(Key.FAIRNESS)
    waited = A_DAY if minutes is None and known(Key.CALLS) else minutes
    found = {
        "filled": known(Key.FILL_RATE),
        "taken_on": None if waited is None else WHOLE * (1 - waited / A_DAY),
        "kept": known(Key.PROMISE_KEPT),
        "asked": None if idle is None else WHOLE - idle,
        "even": None if gap is None else WHOLE - gap,
    }
    return {
        name: None if found[name] is None else round(min(max(found[name] or 0, 0), WHOLE)) for name in PARTS
    }


def index_value(parts: Mapping[str, int | None], weights: Mapping[str, int]) -> int | None:
    """Σ weight × part ÷ Σ weight over the known parts; None where none is known."""
    known = [(weight, value) for name, weight in weights.items() if (value := parts.get(name)) is not None]
    total = sum(weight for weight, _ in known)
    return round(sum(weight * value for weight, value in known) / total) if total else None


def current_version(*, at: datetime) -> IndexVersion:
    """The parts and weights of the file, as a row. A version that was in force once is never changed."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    version, _ = IndexVersion.objects.get_or_create(
        version=told["version"], defaults={"weights": told["weights"], "made_at": at}
    )
    if version.weights != told["weights"]:
        raise WeightsChanged(f"other weights than version {version.version} had: give them the next number")
    return version
