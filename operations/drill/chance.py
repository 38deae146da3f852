"""Draws that depend on nothing but the seed and on what is drawn for: asked again, or in another order, the answer is
the same. So two policies meet the same people, and the same seed gives the same story.

The bits come from BLAKE2b (RFC 7693) of seed and key.
"""

import math
from collections.abc import Sequence
from hashlib import blake2b
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")
Key = str | int
_normal = NormalDist()
_SCALE = 2.0**-53


class Chance:
    """Draws of one story. A key names what is drawn, and for whom: ("reply", volunteer, role)."""

    def __init__(self, seed: int) -> None:
        self._salt = seed.to_bytes(8, "big", signed=True)

    def uniform(self, *key: Key) -> float:
        """In the open interval from 0 to 1."""
        said = "\x1f".join(map(str, key)).encode()
        bits = int.from_bytes(blake2b(said, digest_size=8, key=self._salt).digest(), "big") >> 11
        return (bits + 0.5) * _SCALE

    def happens(self, probability: float, *key: Key) -> bool:
        return self.uniform(*key) < probability

    def between(self, least: float, most: float, *key: Key) -> float:
        return least + (most - least) * self.uniform(*key)

    def normal(self, *key: Key) -> float:
        """Standard normal, by the inverse of its distribution."""
        return _normal.inv_cdf(self.uniform(*key))

    def lognormal(self, median: float, sigma: float, *key: Key) -> float:
        return median * math.exp(sigma * self.normal(*key))

    def waiting(self, mean: float, *key: Key) -> float:
        """Exponential: the time until what happens once in `mean`."""
        return -mean * math.log(self.uniform(*key))

    def count(self, mean: float, *key: Key) -> int:
        """Poisson, by inversion; `mean` up to some hundreds."""
        left, number, share = self.uniform(*key), 0, math.exp(-mean)
        while left > share and number < 10_000:
            left -= share
            number += 1
            share *= mean / number
        return number

    def pick(self, among: Sequence[T], *key: Key) -> T:
        return among[int(self.uniform(*key) * len(among))]

    def weighted(self, among: Sequence[T], weights: Sequence[float], *key: Key) -> T:
        """One of them, by weights that need not add up to 1."""
        left = self.uniform(*key) * sum(weights)
        for one, weight in zip(among, weights, strict=True):
            left -= weight
            if left < 0:
                return one
        return among[-1]
