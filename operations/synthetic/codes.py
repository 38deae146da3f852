"""Codes, numbers and names for many rows at once: drawn by seed, each different from all others of its kind."""

import numpy as np

from core.models import ALPHABET
from operations.synthetic.words import GIVEN, SURNAMES

LETTERS = np.frombuffer(ALPHABET.encode(), dtype="S1")
# Surnames are far from equally common; the list begins with the most common ones.
SURNAME_WEIGHTS = 1 / (np.arange(len(SURNAMES)) + 4.0)
SHORT_NAMES = 0.15


def codes(count: int, length: int, rng: np.random.Generator) -> np.ndarray:
    """`count` different codes; where two were alike the later one is drawn again."""
    found = _draw(count, length, rng)
    while True:
        _, first = np.unique(found, return_index=True)
        if len(first) == count:
            return found
        again = np.setdiff1d(np.arange(count), first)
        found[again] = _draw(len(again), length, rng)


def _draw(count: int, length: int, rng: np.random.Generator) -> np.ndarray:
    letters = LETTERS[rng.integers(0, len(LETTERS), (count, length))]
    return np.ascontiguousarray(letters).view(f"S{length}").ravel()


def numbers(count: int, rng: np.random.Generator) -> np.ndarray:
    """Different volunteer numbers of eight digits."""
    return rng.choice(80_000_000, count, replace=False, shuffle=True) + 10_000_000


def digits(count: int, length: int, rng: np.random.Generator) -> list[str]:
    return [f"{number:0{length}d}" for number in rng.integers(0, 10**length, count).tolist()]


def nonces(count: int, rng: np.random.Generator) -> list[str]:
    """UUIDs of version 4, by 128 drawn bits."""
    drawn = rng.integers(0, 2**64, (count, 2), dtype=np.uint64).tolist()
    return [
        f"{a >> 32:08x}-{a >> 16 & 0xFFFF:04x}-4{a & 0xFFF:03x}-{0x8000 | b >> 50:04x}-{b & 0xFFFFFFFFFFFF:012x}"
        for a, b in drawn
    ]


def names(count: int, rng: np.random.Generator) -> list[str]:
    """Invented names: a surname and one or two common characters."""
    surnames = rng.choice(len(SURNAMES), count, p=SURNAME_WEIGHTS / SURNAME_WEIGHTS.sum()).tolist()
    given = rng.integers(0, len(GIVEN), (count, 2)).tolist()
    short = (rng.random(count) < SHORT_NAMES).tolist()
    return [
        SURNAMES[surname] + GIVEN[first] + ("" if is_short else GIVEN[second])
        for surname, (first, second), is_short in zip(surnames, given, short, strict=True)
    ]
