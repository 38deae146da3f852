"""The areas that a public page chooses from and draws: one query for all of them."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext

from areas.models import Area
from tasks.queries.shortage import Shortage
from web.drawing.tile_map import Tile
from web.states import area_state

Choice = tuple[str, str]
GroupedChoice = tuple[str, list[Choice]]


@dataclass(frozen=True)
class Places:
    """The province, its cities and counties, in the order of their readings."""

    areas: tuple[Area, ...]

    @cached_property
    def root(self) -> Area | None:
        return next((area for area in self.areas if area.level == Area.Level.PROVINCE), None)

    @cached_property
    def cities(self) -> list[Area]:
        return [area for area in self.areas if area.level == Area.Level.CITY]

    @cached_property
    def by_parent(self) -> dict[int | None, list[Area]]:
        """The counties below each city."""
        found: dict[int | None, list[Area]] = {}
        for area in self.areas:
            if area.level == Area.Level.COUNTY:
                found.setdefault(area.parent_id, []).append(area)
        return found

    def find(self, code: str) -> Area | None:
        return next((area for area in self.areas if area.code == code), None)

    def choices(self) -> list[Choice | GroupedChoice]:
        """Counties under their cities, each city as a whole first."""
        everywhere = gettext("Everywhere")
        groups: list[Choice | GroupedChoice] = [("", everywhere)]
        for city in self.cities:
            whole = (city.code, gettext("All of %(city)s") % {"city": city.name})
            counties = [(county.code, county.name) for county in self.by_parent.get(city.pk, ())]
            groups.append((city.name, [whole, *counties]))
        if self.root:
            loose = self.by_parent.get(self.root.pk, ())
            groups.extend((county.code, county.name) for county in loose)
        return groups

    def counties_grouped(self) -> list[Choice | GroupedChoice]:
        """Counties under their cities, for whoever must name one."""
        groups: list[Choice | GroupedChoice] = [
            (city.name, [(county.code, county.name) for county in self.by_parent.get(city.pk, ())])
            for city in self.cities
        ]
        if self.root:
            groups.extend((county.code, county.name) for county in self.by_parent.get(self.root.pk, ()))
        return groups

    def tiles(self, shortage: Shortage, *, filters: bool = False) -> list[Tile]:
        """The map: each county with the people missing there, linked to its page, or to the list filtered by it."""
        placed = [area for area in self.areas if area.tile_column is not None and area.tile_row is not None]
        if not placed:
            return []
        cities = {city.pk: city for city in self.cities}
        left = min(area.tile_column or 0 for area in placed)
        top = min(area.tile_row or 0 for area in placed)
        address = reverse("public:needs")
        tiles = []
        for area in placed:
            seats = shortage.of(area)
            city = cities.get(area.parent_id or 0)
            tiles.append(
                Tile(
                    code=area.code,
                    name=area.short_name,
                    column=(area.tile_column or 0) - left,
                    row=(area.tile_row or 0) - top,
                    city_code=city.code if city else area.code,
                    count=seats.missing,
                    state=area_state(seats.covered, seats.needed),
                    url=f"{address}?area={area.code}"
                    if filters
                    else reverse("public:place", args=[area.code]),
                    city_name=city.short_name if city else "",
                    full_name=_full_name(area, city),
                )
            )
        return tiles


def _full_name(area: Area, city: Area | None) -> str:
    if city is None:
        return area.name
    return gettext("%(city)s, %(county)s") % {"city": city.name, "county": area.name}


def places() -> Places:
    """Everything down to the counties."""
    return Places(tuple(Area.objects.filter(level__lte=Area.Level.COUNTY).by_pinyin()))
