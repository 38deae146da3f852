"""The figures that everybody may read: the newest version of each release."""

from dataclasses import dataclass
from datetime import date, datetime

from areas.models import Area
from insights.disclosure import Cell
from insights.models import Release
from insights.queries.definitions import Key


@dataclass(frozen=True)
class PublicRow:
    """The figures of one area in one release, by key."""

    area: Area
    cells: dict[Key, Cell]


@dataclass(frozen=True)
class PublicPeriod:
    """One release as the public reads it: the area's own row, and a row for each area below."""

    period: Release.Period
    starts_on: date
    ends_on: date
    released_at: datetime
    version: int
    correction: str
    own: PublicRow
    below: tuple[PublicRow, ...]

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

    Three queries. `periods` is empty until something was released, and leaves out what was not released for the area
    (public figures go down to counties).
    """
    area = Area.objects.filter(code=area_code).select_related("parent__parent__parent").first()
    if area is None:
        return None
    releases = Release.objects.order_by("period", "-ends_on", "-version").distinct("period")
    if on is not None:
        releases = releases.filter(ends_on=on)
    below = list(Area.objects.filter(parent=area, level__lte=Area.Level.COUNTY).by_pinyin())
    order = list(Release.Period)
    found = [release for release in releases if area.code in release.figures]
    return PublicFigures(
        area,
        tuple(
            _period(release, area, below)
            for release in sorted(found, key=lambda release: order.index(Release.Period(release.period)))
        ),
    )


def days_released() -> list[date]:
    """The last days of the daily releases, newest first."""
    return list(
        Release.objects.filter(period=Release.Period.DAY, version=1)
        .order_by("-ends_on")
        .values_list("ends_on", flat=True)
    )


def _period(release: Release, area: Area, below: list[Area]) -> PublicPeriod:
    return PublicPeriod(
        period=Release.Period(release.period),
        starts_on=release.starts_on,
        ends_on=release.ends_on,
        released_at=release.released_at,
        version=release.version,
        correction=release.correction,
        own=_row(release, area),
        below=tuple(_row(release, child) for child in below if child.code in release.figures),
    )


def _row(release: Release, area: Area) -> PublicRow:
    stored = release.figures[area.code]
    return PublicRow(area, {Key(key): Cell(value, why) for key, (value, why) in stored.items()})
