"""Reads of released figures: only the areas that are asked for leave the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, F, Func, JSONField, Max, QuerySet, TextField, Value, When

from areas.models import Area
from insights.disclosure import Cell
from insights.models import Release
from insights.queries.definitions import Key
from insights.queries.lately import NOT_KNOWN, cells_of

# How many corrected releases the page of a figure looks back on.
CORRECTIONS = 40


class _Picked(Func):
    """The entries of a JSON object under some keys, in place of the whole object."""

    # One pass over the object: a look for each key would unpack all of it each time.
    template = "(SELECT coalesce(jsonb_object_agg(picked.key, picked.value), '{}') FROM jsonb_each(%(expressions)s::text[]))"
    arg_joiner = ") AS picked WHERE picked.key = ANY("
    output_field = JSONField()


class _OfEvery(Func):
    """One figure of every area, in place of all figures."""

    template = (
        "(SELECT coalesce(jsonb_object_agg(area.key, area.value->%(expressions)s) AS area"
        " WHERE jsonb_typeof(area.value) = 'object')"
    )
    arg_joiner = "), '{}') FROM jsonb_each("
    output_field = JSONField()


def volunteers_released(after: date, until: date) -> list[tuple[date, date, dict[str, Cell]]]:
    """Who served, by code, in every version of every release whose last day is later than `after` and no later than
    `until`, with its days. One statement; no other figure leaves the database.
    """
    releases: Any = (
        Release.objects.filter(ends_on__gt=after, ends_on__lte=until)
        .annotate(of_areas=_OfEvery(Value(Key.VOLUNTEERS.value, output_field=TextField()), F("figures")))
        .values_list("starts_on", "ends_on", "of_areas")
    )
    return [(start, end, _known(found)) for start, end, found in releases]


def with_areas(releases: QuerySet[Release], codes: Iterable[str]) -> QuerySet[Any]:
    """Releases with the figures (`of_areas`) and kinds (`kinds_of_areas`) of these areas and of no other."""
    wanted = Value(list(codes), output_field=ArrayField(TextField()))
    return releases.defer("figures", "kinds").annotate(
        of_areas=_Picked(F("figures"), wanted), kinds_of_areas=_Picked(F("kinds"), wanted)
    )


def released_cells(area: Area, start: date, end: date) -> dict[str, Cell]:
    """The newest figures that were released of an area for these very days, by key; none. One statement.

    When a crisis has lasted as long as a day, a week or a month, theirs go first: a crisis has no duty and no requests.
    """
    crisis_last = Case(When(period=Release.Period.CRISIS, then=1), default=0)
    releases = Release.objects.filter(starts_on=start, ends_on=end).order_by(crisis_last, "-version")
    found = with_areas(releases, [area.code]).first()
    stored = found.of_areas.get(area.code) if found else None
    return cells_of(stored) if stored else {}


def newest_cells(area: Area, period: Release.Period) -> dict[str, Cell]:
    """The newest figures of a kind of period that were released of an area, by key; none. One statement."""
    releases = Release.objects.filter(period=period).order_by("-ends_on", "-version")
    found = with_areas(releases, [area.code]).first()
    stored = found.of_areas.get(area.code) if found else None
    return cells_of(stored) if stored else {}


def last_of_crisis(began_on: date) -> date | None:
    """The last day for which figures of a whole crisis were released, by the day on which it began. One statement."""
    releases = Release.objects.filter(period=Release.Period.CRISIS, starts_on=began_on)
    return releases.order_by("-ends_on").values_list("ends_on", flat=True).first()


def released_by_day(area: Area, span: tuple[date, date], key: Key) -> dict[date, Cell]:
    """A figure of an area for each of the days of a span that were released, the newest version. One statement."""
    return {day: cells.get(key, NOT_KNOWN) for day, cells in cells_by_day(area, span).items()}


def cells_by_day(area: Area, span: tuple[date, date]) -> dict[date, dict[str, Cell]]:
    """All figures of an area for each of the days of a span that were released, the newest version. One statement."""
    releases = (
        Release.objects.filter(period=Release.Period.DAY, ends_on__range=span)
        .order_by("ends_on", "-version")
        .distinct("ends_on")
    )
    days = {}
    for release in with_areas(releases, [area.code]):
        stored = release.of_areas.get(area.code)
        days[release.ends_on] = cells_of(stored) if stored else {}
    return days


@dataclass(frozen=True)
class DayOfPlaces:
    """A released day: the hands missing and the fill rate of every area by code, and all figures of one of them."""

    short: dict[str, Cell]
    rate: dict[str, Cell]
    own: dict[str, Cell]


def days_of_places(area: Area, span: tuple[date, date]) -> dict[date, DayOfPlaces]:
    """The days of a span that were released, the earliest first, the newest version of each; `own` are the figures of
    this area. One statement; no other figure leaves the database.
    """
    short, rate = (
        _OfEvery(Value(key.value, output_field=TextField()), F("figures"))
        for key in (Key.SHORT, Key.FILL_RATE)
    )
    days = Release.objects.filter(period=Release.Period.DAY, ends_on__range=span)
    releases = with_areas(days, [area.code]).annotate(of_short=short, of_rate=rate)
    found = releases.order_by("ends_on", "-version").distinct("ends_on")
    return {
        day: DayOfPlaces(_known(of_short), _known(of_rate), cells_of(own.get(area.code) or {}))
        for day, of_short, of_rate, own in found.values_list("ends_on", "of_short", "of_rate", "of_areas")
    }


def _known(found: dict[str, Any]) -> dict[str, Cell]:
    """The cells of one figure of every area, without areas that do not have it."""
    return cells_of({code: stored for code, stored in found.items() if stored})


def hours_by_day(area: Area, span: tuple[date, date]) -> dict[date, Cell]:
    """The hours of the days of a span as they were released, for a province, a city or a county. One statement."""
    return released_by_day(area, span, Key.HOURS)


def days_released() -> list[date]:
    """The last days of the daily releases, newest first."""
    return list(
        Release.objects.filter(period=Release.Period.DAY, version=1)
        .order_by("-ends_on")
        .values_list("ends_on", flat=True)
    )


@dataclass(frozen=True)
class Changed:
    """A figure of an area that a correction changed, from what to what."""

    code: str
    key: str
    before: Cell
    after: Cell


@dataclass(frozen=True)
class Correction:
    """A later version of a release: since when, why, and every figure that it changed."""

    period: Release.Period
    starts_on: date
    ends_on: date
    version: int
    released_at: datetime
    reason: str
    changes: tuple[Changed, ...]


def corrections_between(versions: Iterable[Any]) -> list[Correction]:
    """What each version changed against the one before it. `versions`: of one release, in order, with its areas."""
    made: list[Correction] = []
    before: Any = None
    for release in versions:
        if before is not None:
            made.append(
                Correction(
                    Release.Period(release.period),
                    release.starts_on,
                    release.ends_on,
                    release.version,
                    release.released_at,
                    release.correction,
                    tuple(_changes(before.of_areas, release.of_areas)),
                )
            )
        before = release
    return made


def corrections_of(key: Key, area: Area) -> list[Correction]:
    """The corrections that changed a figure of an area, the newest first. Two statements."""
    corrected = (
        Release.objects.values("period", "ends_on")
        .annotate(newest=Max("version"))
        .filter(newest__gt=1)
        .order_by("-ends_on")[:CORRECTIONS]
    )
    wanted = {(row["period"], row["ends_on"]) for row in corrected}
    releases = Release.objects.filter(ends_on__in={day for _, day in wanted}).order_by(
        "-ends_on", "period", "version"
    )
    by_release: dict[tuple[str, date], list[Any]] = {}
    for release in with_areas(releases, [area.code]):
        by_release.setdefault((release.period, release.ends_on), []).append(release)
    made = [
        correction
        for name, versions in by_release.items()
        if name in wanted
        for correction in corrections_between(versions)
    ]
    return [
        Correction(
            correction.period,
            correction.starts_on,
            correction.ends_on,
            correction.version,
            correction.released_at,
            correction.reason,
            changes,
        )
        for correction in made
        if (changes := tuple(change for change in correction.changes if change.key == key))
    ]


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterable[Changed]:
    for code, stored in after.items():
        was = cells_of(before.get(code) or {})
        for key, cell in cells_of(stored or {}).items():
            if was.get(key, NOT_KNOWN) != cell:
                yield Changed(code, key, was.get(key, NOT_KNOWN), cell)
