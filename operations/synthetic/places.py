"""Counties and townships as arrays, with an invented point for every township."""

from dataclasses import dataclass

import numpy as np

from areas.models import Area, AreaBorder

HOME_CITY = "3301"
HOME_COUNTY = "330105"
# Where hands fall short most.
SOUTH = ("3303", "3310")
# A place that is no township: what is left of a county without any.
LEFTOVER = "直辖"
# How many people live in a city's townships, beside others'.
CROWDED = {"3301": 1.8, "3302": 1.5, "3303": 1.4}
# Townships are spread around the middle of their county like the seeds of a sunflower.
GOLDEN_ANGLE = 2.39996
SHARE_OF_EXTENT = 0.35
EXTENT_UNKNOWN = (0.2, 0.2)


@dataclass(frozen=True)
class Places:
    """Counties and townships by position; `county` of a township is its county's position."""

    province: Area
    cities: list[Area]
    counties: list[Area]
    townships: list[Area]
    county: np.ndarray
    longitude: np.ndarray
    latitude: np.ndarray
    # The direction of a township from the middle of its county, 0 to 1.
    direction: np.ndarray

    @property
    def home_county(self) -> int:
        return next(i for i, county in enumerate(self.counties) if county.code == HOME_COUNTY)

    def in_home_city(self) -> np.ndarray:
        return np.array([HOME_CITY in county.path_codes for county in self.counties])

    def in_south(self) -> np.ndarray:
        return np.array([county.path_codes[1] in SOUTH for county in self.counties])

    def weights(self) -> np.ndarray:
        """How many people live in each county, relative to others."""
        sizes = np.bincount(self.county, minlength=len(self.counties))
        crowd = [CROWDED.get(county.path_codes[1], 1.0) for county in self.counties]
        return np.maximum(sizes, 1) * np.array(crowd)

    def area_ids(self) -> np.ndarray:
        return np.array([township.pk for township in self.townships])

    def county_ids(self) -> np.ndarray:
        return np.array([county.pk for county in self.counties])


def load() -> Places:
    province = Area.objects.get(level=Area.Level.PROVINCE)
    counties = list(Area.objects.at_level(Area.Level.COUNTY).order_by("code"))
    position = {county.pk: index for index, county in enumerate(counties)}
    inside: dict[int, list[Area]] = {county.pk: [] for county in counties}
    for township in Area.objects.at_level(Area.Level.TOWNSHIP).order_by("code"):
        if township.county_id in inside and not (LEFTOVER in township.name_zh and inside[township.county_id]):
            inside[township.county_id].append(township)
    townships = [township for county in counties for township in inside[county.pk]]
    extents = _extents()
    points, directions = [], []
    for county in counties:
        width, height = extents.get(county.pk, EXTENT_UNKNOWN)
        count = len(inside[county.pk])
        for index in range(count):
            angle = index * GOLDEN_ANGLE
            far = np.sqrt((index + 0.5) / count) * SHARE_OF_EXTENT
            points.append(
                (
                    (county.longitude or 120.0) + width * far * np.cos(angle),
                    (county.latitude or 29.0) + height * far * np.sin(angle),
                )
            )
            directions.append(angle / (2 * np.pi) % 1)
    where = np.array(points)
    return Places(
        province=province,
        cities=list(Area.objects.at_level(Area.Level.CITY).order_by("code")),
        counties=counties,
        townships=townships,
        county=np.array([position[township.county_id] for township in townships]),  # type: ignore[index]
        longitude=where[:, 0].round(5),
        latitude=where[:, 1].round(5),
        direction=np.array(directions),
    )


def _extents() -> dict[int, tuple[float, float]]:
    """Width and height of counties in degrees, of the largest part of each."""
    found = {}
    for pk, geometry in AreaBorder.objects.filter(area__level=Area.Level.COUNTY).values_list(
        "area", "geometry"
    ):
        parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        boxes = [np.ptp(np.array([point[:2] for point in part[0]], dtype=float), axis=0) for part in parts]
        width, height = max(boxes, key=lambda box: float(box[0] * box[1]))
        found[pk] = (float(width), float(height))
    return found
