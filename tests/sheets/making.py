"""Files and tables for tests."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook

from accounts.models import User
from core import clock
from organizations.models import Organization
from sheets.actions.importing import bring_in, check, take_over
from sheets.actions.working import work
from sheets.models import Sheet
from tests.factories.organizations import make_member, make_organization

HEADERS = ("姓名", "手机", "邮箱", "乡镇街道", "技能", "语言", "备注")


def csv_of(*rows: Sequence[Any], headers: Sequence[str] = HEADERS, encoding: str = "utf-8") -> bytes:
    lines = [",".join(str(cell) for cell in row) for row in (headers, *rows)]
    return ("\n".join(lines) + "\n").encode(encoding)


def xlsx_of(rows: Iterable[Sequence[Any]], merged: Sequence[str] = ()) -> bytes:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for block in merged:
        sheet.merge_cells(block)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def brought(
    content: bytes,
    *,
    organization: Organization | None = None,
    by: User | None = None,
    kind: str = "people",
    **values: Any,
) -> Sheet:
    """A file that was brought in, its columns proposed."""
    organization = organization or make_organization()
    return bring_in(
        kind=kind,
        organization=organization,
        file_name="list.csv",
        content=content,
        by=by or make_member(organization, "owner"),
        at=clock.now(),
        language="zh-hans",
        **values,
    )


def fresh(sheet: Sheet) -> Sheet:
    return Sheet.objects.select_related("organization__home_area", "by").get(pk=sheet.pk)


def checked(content: bytes, **values: Any) -> Sheet:
    """A file of which every line was tried."""
    sheet = brought(content, **values)
    check(sheet=sheet, mapping=sheet.mapping, by=sheet.by, at=clock.now())
    work(sheet_id=sheet.pk, at=clock.now())
    return fresh(sheet)


def taken(sheet: Sheet, *, whole_only: bool = False) -> Sheet:
    """Its good lines are taken over."""
    take_over(sheet=sheet, whole_only=whole_only, by=sheet.by, at=clock.now())
    while not work(sheet_id=sheet.pk, at=clock.now()):
        pass
    return fresh(sheet)


def problems(sheet: Sheet) -> list[tuple[int, str, str]]:
    return list(sheet.problems.order_by("line", "pk").values_list("line", "field", "reason"))
