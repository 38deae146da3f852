"""The index of areas, with the parts and weights from which it was made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from insights.models import AreaIndex, IndexVersion

# The parts that there are, in the words of the page.
PARTS: dict[str, Promise] = {
    "filled": _("Seats taken of those needed"),
    "taken_on": _("Calls taken on within a day: the sooner the better"),
    "kept": _("Promises to residents kept"),
    "asked": _("Volunteers on duty who were asked"),
    "even": _("Areas served alike"),
}


@dataclass(frozen=True)
class IndexPart:
    """One part: 0 to 100 where it is known, and its weight in that version."""

    name: str
    value: int | None
    weight: int

    @property
    def words(self) -> Promise | str:
        return PARTS.get(self.name, self.name)


@dataclass(frozen=True)
class IndexView:
    """The index of an area on a day: 0 to 100."""

    area_id: int
    day: date
    value: int
    version: int
    parts: tuple[IndexPart, ...]


def index_of(area: Area, day: date) -> IndexView | None:
    """The index of a day; None where none was made. One statement."""
    row = AreaIndex.objects.filter(area=area, day=day).select_related("version").first()
    return _view(row) if row else None


def index_history(area: Area, span: tuple[date, date]) -> list[IndexView]:
    """The index of an area day by day, the earliest first, each with the weights of its time. One statement."""
    rows = AreaIndex.objects.filter(area=area, day__range=span).select_related("version").order_by("day")
    return [_view(row) for row in rows]


def index_by_area(areas: Iterable[Area], day: date) -> dict[int, IndexView]:
    """The index of several areas on a day, by area id. One statement."""
    rows = AreaIndex.objects.filter(area__in=[area.pk for area in areas], day=day).select_related("version")
    return {row.area_id: _view(row) for row in rows}


def index_versions() -> list[IndexVersion]:
    """Every set of parts and weights that was ever in force, the newest first. One statement."""
    return list(IndexVersion.objects.order_by("-version"))


def in_order(weights: Mapping[str, int]) -> list[tuple[str, int]]:
    """Parts and weights as the page tells them: the ones that we know in their order, others after them."""
    order = list(PARTS)
    return sorted(
        weights.items(), key=lambda part: (order.index(part[0]) if part[0] in order else len(order), part)
    )


def _view(row: AreaIndex) -> IndexView:
    parts = tuple(
        IndexPart(name, row.parts.get(name), weight) for name, weight in in_order(row.version.weights)
    )
    return IndexView(row.area_id, row.day, row.value, row.version.version, parts)
