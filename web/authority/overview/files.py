"""Tables of figures as files for spreadsheets: how a number, a hidden one and none at all are written."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from core.safe_cells import safe_text
from insights.disclosure import SMALL, Cell


def file_of(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A CSV file with a line for each row, under stable names of columns."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    # Excel reads UTF-8 only with this mark in front.
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(header)
    writer.writerows([safe_text(value) if isinstance(value, str) else value for value in row] for row in rows)
    return response


def blank(value: float | None) -> object:
    """A number, or an empty cell where there is nothing to measure."""
    return "" if value is None else value


def written(cell: Cell) -> object:
    """The same, or why it is hidden: * few persons, † to protect another."""
    if cell.is_hidden:
        return "*" if cell.why == SMALL else "†"
    return blank(cell.value)
