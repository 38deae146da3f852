"""The way of a table in: brought, its columns named, checked, and taken over on a word."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from areas.models import Area
from core import audit, doorbell
from core.doorbell import Job
from organizations.models import Organization
from sheets.actions.errors import (
    FileRefused,
    LinesAreBad,
    NothingToTake,
    NotYours,
    SheetMovedOn,
    TooManyAtOnce,
)
from sheets.files.columns import COLUMNS, Headers, find_headers, map_by
from sheets.files.limits import Unreadable
from sheets.files.table import Table, open_table
from sheets.models import Sheet, SheetProblem
from sheets.permissions import can_import, can_use
from tasks.models import Task

MOST_OPEN = 10
Status = Sheet.Status


@transaction.atomic
def bring_in(
    *,
    kind: str,
    organization: Organization,
    file_name: str,
    content: bytes,
    by: User,
    at: datetime,
    language: str,
    task: Task | None = None,
    area: Area | None = None,
    encoding: str = "",
    sheet_name: str = "",
    options: Mapping[str, Any] | None = None,
) -> Sheet:
    """Keep a file, and propose which column is which. FileRefused says what is wrong with it."""
    if not can_import(by, kind, organization):
        raise NotYours
    waiting = Sheet.objects.filter(organization=organization, direction=Sheet.Direction.IN, ended_at=None)
    if waiting.count() >= MOST_OPEN:
        raise TooManyAtOnce(most=MOST_OPEN)
    try:
        table = open_table(content, encoding=encoding, sheet=sheet_name)
        headers = find_headers(table, COLUMNS[kind])
    except Unreadable as refusal:
        raise FileRefused(refusal, kind=kind) from refusal
    sheet = Sheet.objects.create(
        direction=Sheet.Direction.IN,
        kind=kind,
        organization=organization,
        area=area,
        task=task,
        by=by,
        language=language,
        file_name=file_name[-200:].replace("\0", ""),
        format=table.format,
        encoding=table.encoding,
        sheet_name=table.sheet[:100],
        content=content,
        content_size=len(content),
        header_line=headers.line,
        mapping=headers.mapping,
        notes=table.notes,
        options=dict(options or {}),
        created_at=at,
    )
    _note("sheet.brought", sheet, by=by, at=at)
    return sheet


def table_of(sheet: Sheet) -> Table:
    """The file of a sheet, to be read again."""
    content = Sheet.objects.values_list("content", flat=True).get(pk=sheet.pk)
    if content is None:
        raise Unreadable("empty-file")
    return open_table(
        bytes(content), encoding=sheet.encoding, sheet=sheet.sheet_name if sheet.format == "xlsx" else ""
    )


def headers_of(sheet: Sheet, table: Table) -> Headers:
    """The line of headers as the file has it, with the mapping that was proposed or chosen."""
    found = find_headers(table, COLUMNS[sheet.kind])
    return Headers(sheet.header_line, found.titles, dict(sheet.mapping))


def mapping_by_names(sheet: Sheet, wanted: Mapping[str, str]) -> dict[str, int]:
    """The proposed mapping, with the fields named in `wanted` (header, letter or number) in other columns."""
    known = {column.name for column in COLUMNS[sheet.kind]}
    try:
        if unknown := sorted(set(wanted) - known):
            raise Unreadable("no-such-column", name=", ".join(unknown))
        chosen = map_by(headers_of(sheet, table_of(sheet)).titles, wanted)
    except Unreadable as refusal:
        raise FileRefused(refusal, kind=sheet.kind) from refusal
    kept = {
        field: at for field, at in sheet.mapping.items() if field not in wanted and at not in chosen.values()
    }
    return {**kept, **chosen}


@transaction.atomic
def check(*, sheet: Sheet, mapping: Mapping[str, int], by: User, at: datetime) -> Sheet:
    """Say which column is which, and let every line be tried; nothing is taken over yet."""
    sheet = _locked(sheet, by, (Status.NEW, Status.CHECKED))
    needed = [column.name for column in COLUMNS[sheet.kind] if column.needed and column.name not in mapping]
    if sheet.kind == Sheet.Kind.PEOPLE and not {"phone", "email"} & set(mapping):
        needed.append("phone")
    if sheet.kind == Sheet.Kind.SHIFTS and "due" not in mapping:
        needed += [name for name in ("date", "starts", "ends") if name not in mapping]
    if needed:
        raise FileRefused(Unreadable("column-missing", fields=needed), kind=sheet.kind)
    columns = list(mapping.values())
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        names = headers_of(sheet, table_of(sheet)).titles
        name = names[twice[0]] if twice[0] < len(names) else str(twice[0] + 1)
        raise FileRefused(Unreadable("column-twice", name=name), kind=sheet.kind)
    sheet.mapping = dict(mapping)
    _begin(sheet, Status.CHECKING)
    return sheet


@transaction.atomic
def read_again(*, sheet: Sheet, encoding: str, by: User, at: datetime) -> Sheet:
    """Read the file in another encoding, and propose its columns anew."""
    sheet = _locked(sheet, by, (Status.NEW, Status.CHECKED))
    sheet.encoding = encoding
    try:
        table = table_of(sheet)
        headers = find_headers(table, COLUMNS[sheet.kind])
    except Unreadable as refusal:
        raise FileRefused(refusal, kind=sheet.kind) from refusal
    sheet.status, sheet.header_line, sheet.mapping = Status.NEW, headers.line, headers.mapping
    sheet.save(update_fields=["status", "encoding", "header_line", "mapping"])
    _note("sheet.read_again", sheet, by=by, at=at, encoding=encoding)
    return sheet


@transaction.atomic
def take_over(*, sheet: Sheet, whole_only: bool, by: User, at: datetime) -> Sheet:
    """Take the good lines over, or with `whole_only` all lines or none."""
    sheet = _locked(sheet, by, (Status.CHECKED,))
    if whole_only and sheet.bad_count:
        raise LinesAreBad(count=sheet.bad_count)
    if not sheet.good_count:
        raise NothingToTake
    sheet.whole_only = whole_only
    sheet.total_count = sheet.row_count
    sheet.started_at = at
    _begin(sheet, Status.RUNNING)
    _note("sheet.taken_over", sheet, by=by, at=at, good=sheet.good_count)
    return sheet


@transaction.atomic
def drop(*, sheet: Sheet, by: User, at: datetime) -> Sheet:
    """Give a table up before anything was taken over; its file goes at once."""
    sheet = _locked(sheet, by, (Status.NEW, Status.CHECKING, Status.CHECKED))
    Sheet.objects.filter(pk=sheet.pk).update(
        status=Status.DROPPED, ended_at=at, content=None, leased_until=None
    )
    _note("sheet.dropped", sheet, by=by, at=at)
    sheet.status = Status.DROPPED
    return sheet


def _locked(sheet: Sheet, by: User, statuses: tuple[str, ...]) -> Sheet:
    sheet = (
        Sheet.objects.light()
        .select_for_update(of=("self",))
        .select_related("organization__home_area", "area", "by")
        .get(pk=sheet.pk)
    )
    if not can_use(by, sheet):
        raise NotYours
    if sheet.status not in statuses or sheet.direction != Sheet.Direction.IN:
        raise SheetMovedOn
    return sheet


def _begin(sheet: Sheet, status: str) -> None:
    SheetProblem.objects.filter(sheet=sheet).delete()
    sheet.status = status
    sheet.line = sheet.row_count = sheet.good_count = sheet.bad_count = sheet.attempt_count = 0
    sheet.leased_until = None
    sheet.save(
        update_fields=[
            "status",
            "mapping",
            "whole_only",
            "total_count",
            "started_at",
            "line",
            "row_count",
            "good_count",
            "bad_count",
            "attempt_count",
            "leased_until",
        ]
    )
    doorbell.ring(Job.IMPORT_SHEET, sheet_id=sheet.pk)


def _note(verb: str, sheet: Sheet, *, by: User, at: datetime, **data: Any) -> None:
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=sheet,
        area_code=sheet.organization.home_area.code,
        data={"sheet": sheet.code, "kind": sheet.kind, **data},
    )
