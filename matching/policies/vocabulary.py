"""Traits as bits: what the roles of one problem ask for, each thing one bit of a 64-bit word.

A word holds what the roles of one problem need and no more. Roles that together need over 64 bits are planned one group
after the other. A role that by itself asks for more has one bit: that of whoever has all of it. Nothing that a role asks
for is ever left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

WORD = 64


class Kind(StrEnum):
    """What a bit can stand for."""

    PLACED = "placed"
    AGE = "age"
    CAPABILITY = "capability"
    WORK = "work"
    COUNTY = "county"
    CITY = "city"
    LENT = "lent"
    ALL = "all"


@dataclass(frozen=True, order=True)
class Trait:
    """Something that a role needs. `threshold` is the least value of what is known of a person that has it.

    For a capability: the day until which it must hold. For an age: minus the last birthday that is old enough.
    Days count from 1970. `which` is the capability's id, or the type of work that its holders have not refused.
    For a county or city whose people are asked: a place in its `place_codes`. For one that others lend hands to: the
    call, with the area as the threshold. For everything that one role asks for: the role.
    """

    kind: Kind
    which: int = 0
    threshold: int = 0


Needs = frozenset[Trait]


def merge_thresholds(thresholds: Iterable[int], values: NDArray[np.integer]) -> dict[int, int]:
    """For each threshold the highest one that the same people reach: between the two lies nobody's value."""
    known = np.unique(values)
    places: dict[int, list[int]] = {}
    for threshold in sorted(set(thresholds)):
        # How many known values lie below: the same number means the same people.
        places.setdefault(int(np.searchsorted(known, threshold, side="left")), []).append(threshold)
    return {threshold: max(group) for group in places.values() for threshold in group}


def place_codes(areas: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """A set of bits for each area, as few as tell them apart: nobody of one has all the bits of another.

    Sets of one size are such (E. Sperner, "Ein Satz über Untermengen einer endlichen Menge", 1928): of n bits, n / 2
    at a time. Ninety counties take nine bits.
    """
    known = sorted(set(areas))
    bits = 1
    while comb(bits, bits // 2) < len(known):
        bits += 1
    # One area alone still needs a bit that the others' people lack.
    size = max(bits // 2, 1)
    return dict(zip(known, combinations(range(bits), size), strict=False))


def groups(needs: Sequence[Needs]) -> list[list[int]]:
    """Indices of the roles in groups whose needs fit one word, in the given order, each in the first that holds it."""
    found: list[tuple[set[Trait], list[int]]] = []
    for index, wanted in enumerate(needs):
        for traits, members in found:
            if len(traits | wanted) <= WORD:
                traits |= wanted
                members.append(index)
                break
        else:
            found.append((set(wanted), [index]))
    return [members for _, members in found]


@dataclass(frozen=True)
class Word:
    """Which bit stands for which trait, in one problem."""

    bits: dict[Trait, int]

    @classmethod
    def of(cls, needs: Iterable[Needs]) -> "Word":
        """One bit for each trait that occurs, in a fixed order."""
        traits = sorted({trait for wanted in needs for trait in wanted})
        return cls({trait: bit for bit, trait in enumerate(traits)})

    def needed(self, wanted: Needs) -> int:
        """The word of a role."""
        return sum(1 << self.bits[trait] for trait in wanted)

    def give(self, words: NDArray[np.uint64], trait: Trait, who: NDArray[np.intp]) -> None:
        """Set the trait's bit for these people."""
        words[who] |= np.uint64(1 << self.bits[trait])
