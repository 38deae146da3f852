"""The pairs once more, by shift: compressed columns, and the least of each by a key, sorted shift by shift.

Sorting all pairs at once by shift and key takes n log n over memory that no cache holds; a shift has hundreds.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiling import PIECES, in_shards, kernel
from matching.engine.grid import sort
from matching.engine.problem import I4, I8


class Columns(NamedTuple):
    """Column s: `keys[begin[s] : begin[s + 1]]`, of the pairs that count, in the order of the volunteers."""

    begin: I8
    keys: I8


@kernel
def scatter(shift, value, counted, cursor, keys):  # type: ignore[no-untyped-def]
    for k in range(len(shift)):
        if counted[k]:
            keys[cursor[shift[k]]] = (np.int64(value[k]) << 32) | k
            cursor[shift[k]] += 1


def columns_of(shift: I4, value: I4, counted: NDArray[np.bool_], shifts: int) -> Columns:
    """The counted pairs by shift; a key is value · 2^32 + the number of the pair."""
    begin = np.zeros(shifts + 1, np.int64)
    np.cumsum(np.bincount(shift[counted], minlength=shifts), out=begin[1:])
    keys = np.empty(int(begin[-1]), np.int64)
    scatter(shift, value, counted, begin[:-1].copy(), keys)
    return Columns(begin, keys)


@kernel
def sort_columns(begin, keys, low, high):  # type: ignore[no-untyped-def]
    for s in range(low, high):
        sort(keys[begin[s] : begin[s + 1]], begin[s + 1] - begin[s])


def sort_each(columns: Columns, workers: int) -> None:
    """Sorts every column by its keys, in place."""
    in_shards(
        lambda low, high: sort_columns(columns.begin, columns.keys, low, high),
        len(columns.begin) - 1,
        workers,
        PIECES,
    )


def in_order(numbers: NDArray[np.float32]) -> I4:
    """Whole numbers that are ordered as these are (none NaN): the bits of a negative one turned around."""
    bits = numbers.view(np.int32)
    return bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF))
