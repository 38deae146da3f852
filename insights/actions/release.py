"""Makes figures public, on fixed days and protected; a correction is a new version that says why."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import audit
from core.errors import DomainError
from insights.disclosure import Cell
from insights.models import Release
from insights.queries.definitions import Key
from insights.queries.figures import exact_cells, protected_persons
from insights.queries.rows import NOTHING, Counts, behind_by_area, counts_by_area
from tasks.models import Crisis

# Desks confirm the day's hours in the evening and early in the morning.
RELEASE_HOUR = 6
LEVELS = (Area.Level.PROVINCE, Area.Level.CITY, Area.Level.COUNTY)


class ReasonMissing(DomainError):
    code = "reason-missing"
    text = _("Write what was wrong, in a sentence. Readers of the figures will see it")


def release_due(*, at: datetime) -> list[Release]:
    """Release yesterday, the last 7 days and the time since the crisis began, once a day after 6 in the morning."""
    if localtime(at).hour < RELEASE_HOUR:
        return []
    yesterday = localdate(at) - timedelta(days=1)
    done = set(Release.objects.filter(ends_on=yesterday).values_list("period", flat=True))
    made = []
    for period, starts_on in _periods(yesterday):
        if period not in done:
            try:
                made.append(_release(period, starts_on, yesterday, at=at, version=1))
            except IntegrityError:
                # Another worker released it in this moment: there is one of each.
                continue
    return made


@transaction.atomic
def correct_release(*, release: Release, by: User, at: datetime, reason: str) -> Release:
    """Compute a release again from what is known now, as its next version; the old one stays."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    newest = Release.objects.filter(period=release.period, ends_on=release.ends_on).order_by("-version")[0]
    made = _release(
        Release.Period(release.period),
        release.starts_on,
        release.ends_on,
        at=at,
        version=newest.version + 1,
        correction=reason.strip(),
    )
    audit.record(verb="release.corrected", by=by, at=at, subject=made, reason=reason.strip())
    return made


def _periods(yesterday: date) -> list[tuple[Release.Period, date]]:
    periods = [
        (Release.Period.DAY, yesterday),
        (Release.Period.WEEK, yesterday - timedelta(days=6)),
    ]
    began = Crisis.objects.running().aggregate(at=Min("started_at"))["at"]
    if began is not None and localdate(began) <= yesterday:
        periods.append((Release.Period.CRISIS, localdate(began)))
    return periods


@transaction.atomic
def _release(
    period: Release.Period,
    starts_on: date,
    ends_on: date,
    *,
    at: datetime,
    version: int,
    correction: str = "",
) -> Release:
    figures: dict[str, dict[str, list[Any]]] = {}
    days = _days_released(starts_on, ends_on) if period == Release.Period.WEEK else {}
    for root in Area.objects.filter(parent=None).order_by("code"):
        figures.update(_figures(root, starts_on, ends_on, days))
    return Release.objects.create(
        period=period,
        starts_on=starts_on,
        ends_on=ends_on,
        version=version,
        released_at=at,
        correction=correction,
        figures=figures,
    )


def _days_released(start: date, end: date) -> dict[str, list[Cell]]:
    """The volunteers of each day of a week as they were released, by area code."""
    releases = (
        Release.objects.filter(period=Release.Period.DAY, ends_on__range=(start, end))
        .order_by("ends_on", "-version")
        .distinct("ends_on")
    )
    days: dict[str, list[Cell]] = {}
    for release in releases:
        for code, figures in release.figures.items():
            days.setdefault(code, []).append(Cell(*figures[Key.VOLUNTEERS]))
    # A day that was never released says nothing: then nothing can be told by comparison.
    return {code: cells for code, cells in days.items() if len(cells) == (end - start).days + 1}


def _figures(
    root: Area, start: date, end: date, days: dict[str, list[Cell]]
) -> dict[str, dict[str, list[Any]]]:
    """By area code and key: [value, why hidden], for the province, its cities and its counties."""
    areas = list(Area.objects.within(root).filter(level__in=LEVELS).order_by("path"))
    counts = counts_by_area(areas, start, end)
    behind = behind_by_area(root, areas, start, end)
    who, hours = protected_persons(behind, areas, days)
    return {
        area.code: _stored(
            {
                **exact_cells(counts.get(area.pk, Counts()), behind.get(area.pk, NOTHING)),
                Key.VOLUNTEERS: who[area.code],
                Key.HOURS: hours[area.code],
            }
        )
        for area in areas
    }


def _stored(cells: dict[Key, Cell]) -> dict[str, list[Any]]:
    return {str(key): [cell.value, cell.why] for key, cell in cells.items()}
