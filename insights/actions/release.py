"""Makes figures public, on fixed days and protected; a correction is a new version that says why."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import audit
from core.errors import DomainError
from insights.actions.index import make_indexes
from insights.actions.persons import Cells, request_cells, served_cells
from insights.actions.window import (
    LOCK,
    PUBLIC_DOWN_TO,
    RELEASE_HOUR,
    Morning,
    Period,
    correct_window,
    last_day,
    morning_of,
    stored,
    windows_of,
    write_window,
)
from insights.disclosure import Cell
from insights.models import AreaWindow, Release
from insights.queries import sources
from insights.queries.definitions import Key
from insights.queries.figures import count_cells
from insights.queries.lately import cells_of
from insights.queries.rows import Counts, counts_by_area, counts_by_kind, gap_of

# What is asked of residents is public for a week at least: a single day would name households.
OF_REQUESTS = (
    Key.REQUESTS,
    Key.REQUESTS_OPEN,
    Key.REQUESTS_DONE,
    Key.REQUESTS_DECLINED,
    Key.ANSWER_MINUTES,
    Key.DONE_MINUTES,
    Key.PROMISE_KEPT,
)
OF_DUTY = (Key.ON_DUTY, Key.IDLE, Key.IDLE_RATE)
WITH_KINDS = (Period.DAY, Period.WEEK)
# So many days at most are made up for after the job did not run.
CAUGHT_UP = 7


class ReasonMissing(DomainError):
    code = "reason-missing"
    text = _("Write what was wrong, in a sentence. Readers of the figures will see it")


def release_due(*, at: datetime) -> list[Release]:
    """Release yesterday, the last 7 and 30 days and the time since the crisis began, once a day after 6 in the
    morning, with the index of yesterday and what officials' overviews look back on: all or nothing.

    Days since the newest release on which nobody did so come first, the oldest before the others, a week of them at
    most. Duty of an earlier moment cannot be counted again, and is left out there.
    """
    if localtime(at).hour < RELEASE_HOUR:
        return []
    yesterday = localdate(at) - timedelta(days=1)
    newest: date | None = Release.objects.aggregate(newest=Max("ends_on"))["newest"]
    missing = 1 if newest is None else min((yesterday - newest).days, CAUGHT_UP)
    days = [yesterday - timedelta(days=back) for back in reversed(range(missing))]
    return [release for day in days for release in release_for(day, at=at)]


@transaction.atomic
def release_for(end: date, *, at: datetime) -> list[Release]:
    """The releases whose last day is `end`; none where they are made already."""
    _lock()
    if Release.objects.filter(ends_on=end).exists():
        return []
    morning = morning_of(end, at=at)
    if end >= last_day(at) and not AreaWindow.objects.filter(ends_on__gt=end).exists():
        write_window(morning, at=at)
    return [_first_version(period, morning, at=at) for period in morning.periods]


@transaction.atomic
def correct_release(*, release: Release, by: User, at: datetime, reason: str) -> Release:
    """Compute a release again from what is known now, as its next version; the old one stays. What was hidden to
    others stays hidden. Duty of an earlier moment cannot be counted again and stays as it was. Where officials'
    overviews look back on these very days, they say the same from then on.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    _lock()
    newest = Release.objects.filter(period=release.period, ends_on=release.ends_on).order_by("-version")[0]
    period, days = Period(newest.period), (newest.starts_on, newest.ends_on)
    every = list(Area.objects.order_by("path"))
    areas = [area for area in every if area.level <= PUBLIC_DOWN_TO]
    before = {code: cells_of(figures) for code, figures in newest.figures.items()}
    kinds_before = {
        code: {kind: cells_of(figures) for kind, figures in kinds.items()}
        for code, kinds in newest.kinds.items()
    }
    looked_back = windows_of(period, *days)
    shown = {code: cells_of(row.cells) | before.get(code, {}) for code, row in looked_back.items()}
    cells = _exact(areas, *days)
    # The month is what officials see of townships too.
    wanted, earlier = (every, before | shown) if period == Period.MONTH else (areas, before)
    people = served_cells(wanted, *days, earlier=earlier)
    requests: Cells = {}
    kinds: Mapping[str, Cells] = {}
    if period == Period.WEEK:
        requests, kinds = request_cells(every, *days, at, earlier=before | shown, earlier_kinds=kinds_before)
        _add(cells, requests, OF_REQUESTS)
    for code in cells:
        kept = {key: before[code][key] for key in (*OF_DUTY, Key.INDEX) if key in before.get(code, {})}
        cells[code] |= people[code] | kept
    made = _create(
        period, days, cells, _with_kinds(period, areas, days, kinds), at, newest.version + 1, reason
    )
    if period == Period.WEEK:
        correct_window(looked_back, requests, kinds)
    if period == Period.MONTH:
        correct_window(looked_back, people)
    audit.record(verb="release.corrected", by=by, at=at, subject=made, reason=reason.strip())
    return made


def _lock() -> None:
    """One at a time, until the transaction ends: whoever comes second waits here, and then finds everything done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _first_version(period: Period, morning: Morning, *, at: datetime) -> Release:
    days = morning.periods[period]
    cells = _exact(morning.public, *days)
    for area in morning.public:
        cells[area.code] |= morning.served[period][area.code]
    if period == Period.WEEK:
        _add(cells, morning.requests, OF_REQUESTS)
    if period == Period.DAY:
        _add(cells, morning.duty, OF_DUTY)
        known = {code: found | morning.requests[code] for code, found in cells.items()}
        for code, value in make_indexes(morning.public, days[1], known, at=at).items():
            cells[code][Key.INDEX] = Cell(value)
    kinds = morning.kinds if period == Period.WEEK else {}
    return _create(period, days, cells, _with_kinds(period, morning.public, days, kinds), at, 1, "")


def _create(
    period: Period,
    days: tuple[date, date],
    cells: Cells,
    kinds: Mapping[str, Cells],
    at: datetime,
    version: int,
    correction: str,
) -> Release:
    return Release.objects.create(
        period=period,
        starts_on=days[0],
        ends_on=days[1],
        version=version,
        released_at=at,
        correction=correction.strip(),
        figures={code: stored(found) for code, found in cells.items()},
        kinds={
            code: {kind: stored(found) for kind, found in by_kind.items()} for code, by_kind in kinds.items()
        },
    )


def _add(cells: Cells, found: Cells, keys: Sequence[Key]) -> None:
    for code, known in cells.items():
        known |= {key: found[code][key] for key in keys if key in found.get(code, {})}


def _exact(areas: Sequence[Area], start: date, end: date) -> Cells:
    """The figures that are not about persons, by code."""
    counts = counts_by_area(areas, start, end)
    called = sources.called(start, end)
    counties = [area for area in areas if area.level == Area.Level.COUNTY]
    made: Cells = {}
    for area in areas:
        to_organization, to_hands = called.get(area.pk, (None, None))
        below = [county for county in counties if county.pk != area.pk and area.contains(county)]
        made[area.code] = {
            **count_cells(counts.get(area.pk, Counts())),
            Key.RESPONSE_MINUTES: Cell(None if to_organization is None else round(to_organization)),
            Key.FILL_MINUTES: Cell(None if to_hands is None else round(to_hands)),
            Key.FAIRNESS: Cell(gap_of(counts.get(county.pk, Counts()).fill_rate for county in below)),
        }
    return made


def _with_kinds(
    period: Period, areas: Sequence[Area], days: tuple[date, date], requests: Mapping[str, Cells]
) -> dict[str, Cells]:
    """By code and kind of work: seats, exact; and what residents asked for, protected."""
    if period not in WITH_KINDS:
        return {}
    seats = counts_by_kind(areas, *days)
    made: dict[str, Cells] = {}
    for area in areas:
        asked = requests.get(area.code, {})
        counts = seats.get(area.pk, {})
        made[area.code] = {
            kind: {**count_cells(counts.get(kind, Counts())), **asked.get(kind, {})}
            for kind in sorted({*counts, *asked})
        }
    return made
