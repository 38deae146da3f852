"""Rows of numbers as arrays, straight from the wire: PostgreSQL's binary COPY, read without a loop over rows.

Format: "COPY", section "Binary Format", of PostgreSQL's manual. With fixed-width columns and no NULL every row has the
same length, so the whole answer is one structured array.
"""

from io import BytesIO
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

HEADER = 19
TRAILER = 2
# SQL type and the type on the wire, which is big-endian.
TYPES = {"int2": ">i2", "int4": ">i4", "int8": ">i8", "float8": ">f8"}
Columns = dict[str, NDArray[Any]]


class NotPacked(ValueError):
    """The statement gave a NULL, or a column of another width than was said."""


def fetch(sql: str, params: dict[str, Any], columns: dict[str, str]) -> Columns:
    """The rows of a SELECT by column, in the machine's own byte order; one statement.

    `columns` names the SELECT's columns with their SQL types (`TYPES`), in order; no value may be NULL.
    """
    picked = ", ".join(f"{name}::{kind}" for name, kind in columns.items())
    answer = BytesIO()
    with connection.cursor() as cursor:
        # Names and types come from the code; every value is a parameter.
        statement = f"SELECT {picked} FROM ({sql}) AS packed"  # noqa: S608
        wrapped = cursor.mogrify(statement, params)
        cursor.copy_expert(f"COPY ({wrapped.decode()}) TO STDOUT (FORMAT binary)", answer)
    return unpack(answer.getbuffer(), columns)


def unpack(answer: memoryview, columns: dict[str, str]) -> Columns:
    """What `fetch` received, by column."""
    fields: list[tuple[str, str]] = [("_count", ">i2")]
    for name, kind in columns.items():
        fields += [(f"_{name}", ">i4"), (name, TYPES[kind])]
    row = np.dtype(fields)
    body = answer[HEADER : len(answer) - TRAILER]
    if len(body) % row.itemsize:
        raise NotPacked("a value is NULL, or wider than said")
    rows = np.frombuffer(body, row)
    found: Columns = {}
    for name, kind in columns.items():
        width = np.dtype(TYPES[kind]).itemsize
        if len(rows) and not (rows[f"_{name}"] == width).all():
            raise NotPacked(f"column {name} has a NULL")
        found[name] = rows[name].astype(rows.dtype[name].newbyteorder("="))
    return found
