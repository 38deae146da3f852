"""The figures that everybody may read: the newest version of each release, and what was corrected in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Min, OuterRef, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core.errors import DomainError
from insights.disclosure import Cell
from insights.models import Release
from insights.queries.definitions import Key
from insights.queries.lately import cells_of
from insights.queries.released import Correction, corrections_between, with_areas


class NotReleasedYet(DomainError):
    code = "not-released-yet"
    text = _("There are no public figures for %(day)s: the first are of %(first)s, the newest of %(last)s")


class NothingReleasedYet(NotReleasedYet):
    text = _("Nothing has been made public yet: the first figures appear the day after the first shift")


@dataclass(frozen=True)
class PublicRow:
    """The figures of one area in one release, by key; and by code of the kind of work, where they are released so."""

    area: Area
    cells: dict[Key, Cell]
    kinds: dict[str, dict[str, Cell]] = field(default_factory=dict)


@dataclass(frozen=True)
class PublicPeriod:
    """One release as the public reads it: the area's own row, a row for each area below, and every correction."""

    period: Release.Period
    starts_on: date
    ends_on: date
    released_at: datetime
    version: int
    correction: str
    own: PublicRow
    below: tuple[PublicRow, ...]
    corrections: tuple[Correction, ...] = ()

    @property
    def name(self) -> str:
        return str(self.period.label)

    @property
    def is_corrected(self) -> bool:
        return self.version > 1


@dataclass(frozen=True)
class PublicFigures:
    area: Area
    periods: tuple[PublicPeriod, ...]


def public_figures(area_code: str, *, on: date | None = None) -> PublicFigures | None:
    """The newest released figures of an area (or those whose last day is `on`); None where nobody knows the area.

    Three statements, one more to say when figures begin. `periods` is empty until something was released, and leaves
    out what was not released for the area (public figures go down to counties). For a day without a release:
    `NotReleasedYet`.
    """
    found = _area(area_code)
    if found is None:
        return None
    area, below = found
    newest = Release.objects.filter(period=OuterRef("period")).order_by("-ends_on").values("ends_on")[:1]
    releases = Release.objects.filter(ends_on=Subquery(newest) if on is None else on)
    periods = _periods(releases, area, below)
    if on is not None and not periods:
        _require(on, on)
    order = list(Release.Period)
    return PublicFigures(area, tuple(sorted(periods, key=lambda period: order.index(period.period))))


def public_series(
    area_code: str, start: date, end: date, *, period: Release.Period = Release.Period.DAY
) -> PublicFigures | None:
    """The releases of one kind of period whose last day lies in a span, the earliest first; None where nobody knows
    the area. Three statements. For a span in which nothing was released: `NotReleasedYet`.
    """
    found = _area(area_code)
    if found is None:
        return None
    area, below = found
    releases = Release.objects.filter(period=period, ends_on__range=(start, end))
    periods = _periods(releases, area, below)
    if not periods:
        _require(start, end)
    return PublicFigures(area, tuple(sorted(periods, key=lambda period: period.ends_on)))


def _area(code: str) -> tuple[Area, list[Area]] | None:
    area = Area.objects.filter(code=code).select_related("parent__parent__parent").first()
    if area is None:
        return None
    return area, list(Area.objects.filter(parent=area, level__lte=Area.Level.COUNTY).by_pinyin())


def _require(start: date, end: date) -> None:
    """Refuse a span in which nothing was released, with the days on which figures begin and end."""
    known = Release.objects.aggregate(first=Min("ends_on"), last=Max("ends_on"))
    if known["first"] is None:
        raise NothingReleasedYet(field="from")
    if known["first"] <= end and start <= known["last"]:
        # Released, and not for this area: townships have no public figures.
        return
    raise NotReleasedYet(
        field="from",
        day=_said(start if start > known["last"] else end),
        first=_said(known["first"]),
        last=_said(known["last"]),
    )


def _said(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _periods(releases: QuerySet[Release], area: Area, below: Sequence[Area]) -> list[PublicPeriod]:
    """Every release once, its newest version, with what the versions changed."""
    by_release: dict[tuple[str, date], list[Any]] = {}
    codes = [area.code, *(child.code for child in below)]
    for release in with_areas(releases.order_by("period", "ends_on", "version"), codes):
        if release.of_areas.get(area.code):
            by_release.setdefault((release.period, release.ends_on), []).append(release)
    return [_period(versions, area, below) for versions in by_release.values()]


def _period(versions: Sequence[Any], area: Area, below: Sequence[Area]) -> PublicPeriod:
    release = versions[-1]
    return PublicPeriod(
        period=Release.Period(release.period),
        starts_on=release.starts_on,
        ends_on=release.ends_on,
        released_at=release.released_at,
        version=release.version,
        correction=release.correction,
        own=_row(release, area),
        below=tuple(_row(release, child) for child in below if release.of_areas.get(child.code)),
        corrections=tuple(reversed(corrections_between(versions))),
    )


def _row(release: Any, area: Area) -> PublicRow:
    cells = {Key(key): cell for key, cell in cells_of(release.of_areas[area.code]).items()}
    kinds = (release.kinds_of_areas or {}).get(area.code) or {}
    return PublicRow(area, cells, {kind: cells_of(stored) for kind, stored in kinds.items()})
