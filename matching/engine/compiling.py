"""How the engine's kernels are compiled, and where their machine code is kept between runs.

Kernels lie in `NUMBA_CACHE_DIR`, or beside this package where that is not set, in a folder that is named by the text
of the engine: numba looks only at the file of the kernel itself, so a kernel would outlive a change of another one
that is compiled into it.
"""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
Result = TypeVar("Result")
I8 = NDArray[np.int64]
# A scan over people who live closely together is more work than one over others.
PIECES = 8


def cache_folder() -> Path:
    """The folder of this version's machine code. It is made when the first kernel is compiled."""
    text = hashlib.sha256()
    for path in sorted(HERE.glob("*.py")):
        text.update(path.read_bytes())
    base = os.environ.get("NUMBA_CACHE_DIR") or HERE / "__pycache__"
    return Path(base) / f"engine-{text.hexdigest()[:16]}"


# numba reads it when a kernel is declared.
numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]


# numba's stubs do not know the last.
WITHOUT_COUNTING: Any = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiles a function; it runs without the interpreter's lock. No fast-math: distances are compared exactly."""
    compiled: Callable[..., Any] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return compiled


def step(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that others call millions of times, and that makes no array: numba need not count references to those
    that it is given. Counting costs more than the step itself, and threads would wait for each other's counters."""
    compiled: Callable[..., Any] = numba.njit(**WITHOUT_COUNTING)(function)
    return compiled


def in_shards(
    work: Callable[[int, int], Result], length: int, workers: int, pieces: int = 1, begin: I8 | None = None
) -> list[Result]:
    """`work(low, high)` over `length` items, cut into `pieces` parts for each worker; the answers in order.

    More pieces where some parts are far more work than others. With `begin` (length + 1), the rows' edges, the parts have
    about as many entries each."""
    if workers == 1:
        return [work(0, length)]
    parts = workers * pieces
    edges = [length * part // parts for part in range(parts + 1)]
    if begin is not None:
        wanted = [int(begin[-1]) * part // parts for part in range(1, parts)]
        edges[1:-1] = np.searchsorted(begin[:-1], wanted).tolist()
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, edges[:-1], edges[1:]))
