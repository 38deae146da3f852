"""Points on a plane, for the engine: Lambert's conformal conic projection on a sphere.

Source: J. P. Snyder, "Map Projections: A Working Manual", USGS Professional Paper 1395, pp. 104–110, equations for the
sphere (15-1 to 15-5). Over a province distances differ from those on the globe by a few parts in ten thousand.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from areas.policies import EARTH_RADIUS_M

EARTH_RADIUS_KM = EARTH_RADIUS_M / 1000
# What single precision and rounding may add to a distance.
SLACK_KM = 0.001
Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """A projection with two standard parallels, in radians; `middle` is its central meridian."""

    south: float
    north: float
    middle: float
    cone: float
    factor: float
    least_scale: float

    @classmethod
    def around(cls, longitudes: Reals, latitudes: Reals) -> "Plane":
        """The plane that suits points in degrees; NaN are left out."""
        known = ~(np.isnan(longitudes) | np.isnan(latitudes))
        if not known.any():
            longitudes, latitudes, known = np.zeros(1), np.zeros(1), np.ones(1, bool)
        phi = np.radians(latitudes[known])
        low, high = float(phi.min()), float(phi.max())
        # A sixth in from either end: the usual choice, which spreads the error evenly.
        first, second = low + (high - low) / 6, high - (high - low) / 6
        if abs(second + first) < 1e-6:
            # A cone between parallels that mirror each other would be a cylinder.
            first, second = first + 1e-4, second + 1e-4
        if second - first < 1e-9:
            cone = float(np.sin(first))
        else:
            cone = float(
                np.log(np.cos(first) / np.cos(second)) / np.log(_half_tangent(second) / _half_tangent(first))
            )
        factor = float(np.cos(first) * _half_tangent(first) ** cone / cone)
        middle = float(np.radians((longitudes[known].min() + longitudes[known].max()) / 2))
        between = np.linspace(low, high, 101)
        scale = factor * cone / (_half_tangent(between) ** cone * np.cos(between))
        return cls(low, high, middle, cone, factor, float(scale.min()))

    def project(self, longitudes: Reals, latitudes: Reals) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """x and y in km; NaN becomes 0."""
        phi = np.clip(np.radians(np.nan_to_num(latitudes)), self.south, self.north)
        angle = self.cone * (np.radians(np.nan_to_num(longitudes)) - self.middle)
        away = EARTH_RADIUS_KM * self.factor / _half_tangent(phi) ** self.cone
        origin = EARTH_RADIUS_KM * self.factor / _half_tangent((self.south + self.north) / 2) ** self.cone
        x, y = away * np.sin(angle), origin - away * np.cos(angle)
        return x.astype(np.float32), y.astype(np.float32)

    def reach(self, kilometres: Reals) -> NDArray[np.float32]:
        """How far on the plane a reach goes at least: never farther than on the globe."""
        least = kilometres * min(self.least_scale, 1.0) - SLACK_KM
        return np.maximum(least, 0).astype(np.float32)


def _half_tangent(phi: "Reals | float") -> "Reals | float":
    return np.tan(np.pi / 4 + np.asarray(phi) / 2)
