"""Arrays in `.npz` files: read without running anything that a file says, written whole or not at all."""

import io
import os
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


# What numpy and zipfile were seen to raise for archives with bytes changed at random: beside the usual ones for an unknown
# way of compression, a password, an array of a size that no machine has, and a header that is not even Python.
BROKEN = (
    OSError,
    ValueError,
    EOFError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)


class Unreadable(ValueError):
    """The file holds no such arrays. The text is one sentence for whoever wrote it."""


def read_arrays(path: str | Path, names: Iterable[str]) -> Arrays:
    """Those of the named arrays that the file holds; raises Unreadable. Objects are never unpickled."""
    try:
        # A strange header makes numpy warn before it gives up; what is said is said once.
        with Path(path).open("rb") as raw, warnings.catch_warnings(action="ignore"):
            file = np.load(raw, allow_pickle=False)
            if not isinstance(file, np.lib.npyio.NpzFile):
                raise Unreadable(f"{path} holds one array; an .npz file with named arrays is needed.")
            return {name: _plain(path, name, file[name]) for name in names if name in file.files}
    except FileNotFoundError:
        raise Unreadable(f"There is no file {path}.") from None
    except Unreadable:
        raise
    except BROKEN:
        raise Unreadable(f"{path} cannot be read as an .npz file of plain arrays.") from None


def _plain(path: str | Path, name: str, found: object) -> NDArray[Any]:
    """A member of the archive that is no array at all comes as bytes."""
    if not isinstance(found, np.ndarray):
        raise Unreadable(f"{name} in {path} is not an array.")
    return found


def write_arrays(path: str | Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes the arrays uncompressed, beside the place first: a reader finds the old file or the whole new one, and a
    full disk leaves nothing behind. Raises OSError."""
    place = Path(path).resolve()
    # numpy's own options have other types than arrays.
    named: dict[str, Any] = dict(arrays)
    if place.exists() and not place.is_file():
        # A device or a pipe is written to; it must not be replaced by a file, and an archive needs to go back and forth.
        whole = io.BytesIO()
        np.savez(whole, **named)
        with place.open("wb") as file:
            file.write(whole.getbuffer())
        return
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            np.savez(file, **named)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
