"""What a worker does with a table: line by line in batches, each of which is through or is not.

A batch and the mark of how far it came are one transaction, and hold only while the worker's lease does: whoever is
killed anywhere leaves a table with which the next worker goes on, and nothing is made twice.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import F

from core import clock, doorbell, faults
from core.doorbell import Job
from core.errors import DomainError
from sheets.actions.faults import Fault, Row
from sheets.actions.importing import table_of
from sheets.actions.organizations import Organizations
from sheets.actions.people import People
from sheets.actions.shifts import Shifts
from sheets.files.limits import MOST_ROWS, Unreadable
from sheets.models import LEASE, Sheet, SheetProblem

MOST_ATTEMPTS = 5
# Then another worker goes on, so that one long table does not keep the others waiting.
LINES_A_TURN = 20_000
Watch = Callable[[Sheet], None]
Status = Sheet.Status


class Importer(Protocol):
    """Reads lines of one kind, and takes a batch of them over."""

    BATCH: int

    def read(self, row: Row) -> tuple[Any, list[Fault]]: ...

    def keep(
        self, items: list[tuple[int, Any]], *, at: datetime, keep: bool, planned: int
    ) -> tuple[int, list[Fault]]: ...


IMPORTERS: dict[str, Callable[[Sheet], Importer]] = {
    Sheet.Kind.PEOPLE: People,
    Sheet.Kind.SHIFTS: Shifts,
    Sheet.Kind.ORGANIZATIONS: Organizations,
}


class LeaseLost(Exception):
    """Another worker has taken the table over."""


class _NotWhole(Exception):
    """A line is bad, where all or nothing was wanted."""


@dataclass
class _Batch:
    items: list[tuple[int, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0
    line: int = 0


def work(*, sheet_id: int, at: datetime, watch: Watch | None = None, turn: int = LINES_A_TURN) -> bool:
    """Go on with a table for a turn; True where it is through, False where somebody else holds it or more is to do."""
    sheet = _claim(sheet_id, at)
    if sheet is None:
        return False
    faults.point("after-claim")
    try:
        through = _whole(sheet, watch) if _wants_all(sheet) else _go_on(sheet, watch, turn)
        if through:
            _end(sheet, Status.CHECKED if sheet.status == Status.CHECKING else Status.DONE, at=clock.now())
    except LeaseLost:
        return False
    except Unreadable as refusal:
        _fail(sheet, refusal.code, refusal.params, at=clock.now())
        return True
    except _NotWhole:
        return _refuse(sheet)
    except DomainError as refusal:
        # Not about a line: the person may no longer do this, the call is closed.
        _fail(sheet, refusal.code, {}, at=clock.now())
        return True
    if not through:
        _hand_on(sheet)
    return through


def _claim(sheet_id: int, at: datetime) -> Sheet | None:
    """Lease the table; after many attempts without a step forward it ends."""
    claimed = (
        Sheet.objects.claimable(at=at)
        .filter(pk=sheet_id, direction=Sheet.Direction.IN)
        .update(leased_until=at + clock.of_machine(LEASE), attempt_count=F("attempt_count") + 1)
    )
    if not claimed:
        return None
    sheet = (
        Sheet.objects.light()
        .select_related("organization__home_area", "by", "task__area", "area")
        .get(pk=sheet_id)
    )
    if sheet.attempt_count > MOST_ATTEMPTS:
        _fail(sheet, "gave-up", {}, at=at)
        return None
    return sheet


def _wants_all(sheet: Sheet) -> bool:
    return sheet.whole_only and sheet.status == Status.RUNNING


def _go_on(sheet: Sheet, watch: Watch | None, turn: int) -> bool:
    """Batches until the table or the turn ends; whether the table did."""
    importer = IMPORTERS[sheet.kind](sheet)
    started = sheet.row_count
    for batch, is_last in _batches(sheet, importer):
        _step(sheet, importer, batch)
        faults.point("after-batch")
        if watch is not None:
            watch(sheet)
        if not is_last and sheet.row_count - started >= turn:
            return False
    if not sheet.row_count:
        raise Unreadable("no-lines")
    return True


def _whole(sheet: Sheet, watch: Watch | None) -> bool:
    """All batches in one transaction; at the first bad line nothing of it stays but the problems."""
    bad: list[Fault] = []
    lease = sheet.leased_until
    try:
        with transaction.atomic():
            importer = IMPORTERS[sheet.kind](sheet)
            for batch, _ in _batches(sheet, importer):
                _step(sheet, importer, batch)
                bad = [fault for fault in batch.faults if not fault.is_warning]
                if bad:
                    raise _NotWhole
                if watch is not None:
                    watch(sheet)
    except _NotWhole:
        # The marks of the batches are rolled back with them.
        sheet.leased_until = lease
        _keep_faults(sheet, bad)
        Sheet.objects.filter(pk=sheet.pk).update(bad_count=len({fault.line for fault in bad}))
        raise
    return True


def _batches(sheet: Sheet, importer: Importer) -> Iterator[tuple[_Batch, bool]]:
    """The lines behind the mark, read; what lies before it is read again only to know what is in the file twice."""
    table = table_of(sheet)
    batch, count = _Batch(), 0
    columns = sorted(sheet.mapping.items())
    with closing(table.lines()) as lines:
        for line in lines:
            if line.number <= sheet.header_line:
                continue
            count += 1
            if count > MOST_ROWS:
                raise Unreadable("too-many-rows", most=MOST_ROWS)
            cells = line.cells
            row = Row(line.number, {name: cells[at] for name, at in columns if at < len(cells)})
            item, faults_found = importer.read(row)
            if line.number <= sheet.line:
                continue
            if len(batch.items) >= importer.BATCH or batch.rows >= 2 * importer.BATCH:
                yield batch, False
                batch = _Batch()
            batch.rows += 1
            batch.line = line.number
            batch.faults.extend(faults_found)
            if item is not None:
                batch.items.append((line.number, item))
    sheet.notes = [*sheet.notes, *(note for note in table.notes if list(note) not in map(list, sheet.notes))]
    if batch.rows:
        yield batch, True


@transaction.atomic
def _step(sheet: Sheet, importer: Importer, batch: _Batch) -> None:
    """One batch and its mark; LeaseLost where somebody else goes on meanwhile."""
    now = clock.now()
    if batch.items:
        keep = sheet.status == Status.RUNNING
        good, refused = importer.keep(batch.items, at=now, keep=keep, planned=sheet.good_count)
        batch.faults.extend(refused)
    else:
        good = 0
    _keep_faults(sheet, batch.faults)
    bad = len({fault.line for fault in batch.faults if not fault.is_warning})
    lease = now + clock.of_machine(LEASE)
    held = Sheet.objects.filter(pk=sheet.pk, leased_until=sheet.leased_until, status=sheet.status).update(
        line=batch.line,
        row_count=F("row_count") + batch.rows,
        good_count=F("good_count") + good,
        bad_count=F("bad_count") + bad,
        leased_until=lease,
        attempt_count=0,
    )
    faults.point("before-mark")
    if not held:
        raise LeaseLost
    sheet.line, sheet.leased_until = batch.line, lease
    sheet.row_count += batch.rows
    sheet.good_count += good
    sheet.bad_count += bad


def _keep_faults(sheet: Sheet, found: list[Fault]) -> None:
    SheetProblem.objects.bulk_create(
        (
            SheetProblem(
                sheet=sheet,
                line=each.line,
                field=each.field[:30],
                reason=each.reason[:40],
                params=each.params,
            )
            for each in sorted(found, key=lambda fault: fault.line)
        ),
        batch_size=2_000,
    )


def _end(sheet: Sheet, status: str, *, at: datetime) -> None:
    """Close a step. Whoever lost the lease changes nothing."""
    final = status != Status.CHECKED
    held = Sheet.objects.filter(pk=sheet.pk, leased_until=sheet.leased_until).update(
        status=status,
        leased_until=None,
        ended_at=at if final else None,
        notes=sheet.notes,
        **({"content": None} if final else {"total_count": sheet.row_count}),
    )
    if not held:
        raise LeaseLost
    sheet.status = status


def _refuse(sheet: Sheet) -> bool:
    """End with nothing taken over."""
    try:
        _end(sheet, Status.REFUSED, at=clock.now())
    except LeaseLost:
        return False
    return True


def _fail(sheet: Sheet, code: str, params: dict[str, Any], *, at: datetime) -> None:
    """End with a reason that the page shows."""
    Sheet.objects.filter(pk=sheet.pk, status__in=Sheet.WORKING).update(
        status=Status.FAILED,
        failure={"code": code, "params": params, "kind": sheet.kind},
        leased_until=None,
        ended_at=at,
        content=None,
    )
    sheet.status = Status.FAILED


def _hand_on(sheet: Sheet) -> None:
    """Let go of the lease and ring for the next turn."""
    Sheet.objects.filter(pk=sheet.pk, leased_until=sheet.leased_until).update(leased_until=None)
    doorbell.ring(Job.IMPORT_SHEET, sheet_id=sheet.pk)
