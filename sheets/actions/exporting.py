"""The way of a table out: asked for with a purpose, written row by row, and each person in it can read that it was."""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from areas.models import Area
from core import access_log, audit, clock, doorbell, faults
from core.doorbell import Job
from core.errors import DomainError
from core.models import AccessRecord
from organizations.models import Organization
from organizations.permissions import is_official_of
from sheets.actions.errors import NotYours
from sheets.actions.working import LEASE, MOST_ATTEMPTS, LeaseLost
from sheets.files.writing import Value, csv_chunks, xlsx_bytes
from sheets.models import Sheet
from sheets.permissions import can_export
from sheets.rendering import tables
from tasks.models import Shift

FORMATS = ("xlsx", "csv")
# What names persons, and so is taken out with a purpose.
OF_PERSONS = (Sheet.Kind.PEOPLE, Sheet.Kind.ROSTER, Sheet.Kind.HOURS)
# So few rows are written at once, without a worker.
FEW = 500
MARK_EACH = 2_000
MOST_OUT = 200_000
LOG_EACH = 5_000


class PurposeMissing(DomainError):
    code = "purpose-missing"
    text = _("Say what you need the list for. Everybody in it can read that")


class TooManyRows(DomainError):
    code = "too-many-rows"
    text = _("These are %(count)s rows; %(most)s are the most")


@transaction.atomic
def take_out(
    *,
    kind: str,
    format: str,
    organization: Organization,
    by: User,
    at: datetime,
    language: str,
    area: Area | None = None,
    shift: Shift | None = None,
    purpose: str = "",
    own_words: str = "",
    days: tuple[date, date] | None = None,
) -> Sheet:
    """Ask for a table. A short one is ready at once, a long one is written by a worker.

    `days` are the first and the last day of the shifts in it; without them it has all.
    """
    if not _may_take_out(by, organization, area) or (kind == Sheet.Kind.ORGANIZATIONS) != (area is not None):
        raise NotYours
    if shift is not None and shift.organization_id != organization.pk:
        raise NotYours
    if kind in OF_PERSONS and (
        not purpose or (purpose == AccessRecord.Purpose.OTHER and not own_words.strip())
    ):
        raise PurposeMissing(field="purpose")
    sheet = Sheet(
        direction=Sheet.Direction.OUT,
        kind=kind,
        format=format,
        organization=organization,
        area=area,
        shift=shift,
        by=by,
        language=language,
        status=Sheet.Status.RUNNING,
        options={"purpose": purpose, "own_words": own_words.strip()[:200]},
        created_at=at,
        started_at=at,
    )
    if days is not None:
        sheet.options["days"] = [day.isoformat() for day in days]
    sheet.total_count = tables.count(sheet)
    if sheet.total_count > MOST_OUT:
        raise TooManyRows(count=sheet.total_count, most=MOST_OUT)
    sheet.file_name = f"{kind}-{organization.code if area is None else area.code}-{at:%Y%m%d}.{format}"
    sheet.save(force_insert=True)
    audit.record(
        verb="sheet.taken_out",
        by=by,
        at=at,
        subject=sheet,
        area_code=organization.home_area.code,
        data={"sheet": sheet.code, "kind": kind, "rows": sheet.total_count},
    )
    if sheet.total_count <= FEW:
        _write(sheet, at=at)
    else:
        doorbell.ring(Job.EXPORT_SHEET, sheet_id=sheet.pk)
    return sheet


def write_out(*, sheet_id: int, at: datetime) -> bool:
    """Write a table that was asked for; False where somebody else does, or it is given up."""
    claimed = (
        Sheet.objects.claimable(at=at)
        .filter(pk=sheet_id, direction=Sheet.Direction.OUT)
        .update(leased_until=at + clock.of_machine(LEASE), attempt_count=F("attempt_count") + 1, row_count=0)
    )
    if not claimed:
        return False
    sheet = (
        Sheet.objects.light()
        .select_related("organization__home_area", "by", "area", "shift__task", "shift__organization")
        .get(pk=sheet_id)
    )
    if sheet.attempt_count > MOST_ATTEMPTS:
        return _fail(sheet, "gave-up", at=at)
    if not _may_take_out(sheet.by, sheet.organization, sheet.area):
        # Whoever left while the table waited takes nobody's names along.
        return _fail(sheet, "left-meanwhile", at=at)
    faults.point("after-claim")
    try:
        _write(sheet, at=at)
    except LeaseLost:
        return False
    return True


def _may_take_out(by: User, organization: Organization, area: Area | None) -> bool:
    return is_official_of(by, area) if area is not None else can_export(by, organization)


def _fail(sheet: Sheet, code: str, *, at: datetime) -> bool:
    """End with a reason that the page shows; nothing was written out."""
    failure = {"code": code, "params": {}, "kind": sheet.kind}
    Sheet.objects.filter(pk=sheet.pk).update(
        status=Sheet.Status.FAILED, failure=failure, ended_at=at, leased_until=None
    )
    return False


def _write(sheet: Sheet, *, at: datetime) -> None:
    """The file, then in one transaction its bytes and the log of whom it names."""
    persons: set[int] = set()
    with tempfile.SpooledTemporaryFile(max_size=4_000_000) as file, override(sheet.language):
        _fill(sheet, file, persons, at)
        file.seek(0)
        content = file.read()
    faults.point("before-mark")
    with transaction.atomic():
        held = Sheet.objects.filter(pk=sheet.pk, leased_until=sheet.leased_until).update(
            content=content,
            content_size=len(content),
            status=Sheet.Status.DONE,
            leased_until=None,
            ended_at=clock.now(),
            good_count=F("row_count"),
        )
        if not held:
            raise LeaseLost
        _log(sheet, sorted(persons), at)
    sheet.status = Sheet.Status.DONE


def _fill(sheet: Sheet, file: IO[bytes], persons: set[int], at: datetime) -> None:
    def values() -> Iterator[tuple[Value, ...]]:
        count = 0
        for count, row in enumerate(tables.rows(sheet, at=at), start=1):
            if row.person_id is not None:
                persons.add(row.person_id)
            if count % MARK_EACH == 0:
                _mark(sheet, count)
            yield tuple(row.values)
        _mark(sheet, count)

    heads = tables.headers(sheet)
    if sheet.format == "csv":
        for chunk in csv_chunks(heads, values()):
            file.write(chunk)
    else:
        file.write(xlsx_bytes(str(Sheet.Kind(sheet.kind).label), heads, values()))


def _mark(sheet: Sheet, count: int) -> None:
    """How far it is; keeps the lease."""
    lease = clock.now() + clock.of_machine(LEASE)
    held = Sheet.objects.filter(pk=sheet.pk, leased_until=sheet.leased_until).update(
        row_count=count, leased_until=lease, attempt_count=0
    )
    if not held:
        raise LeaseLost
    sheet.leased_until, sheet.row_count = lease, count


def _log(sheet: Sheet, person_ids: list[int], at: datetime) -> None:
    """Each person in the table can read who took it out, and why."""
    if sheet.kind not in OF_PERSONS:
        return
    shift, organization = sheet.shift, sheet.organization
    with_phones = shift is not None and tables.phones_shown(shift, at)
    about = (
        shift.task.titles
        if shift is not None
        else {"zh": organization.name, "en": organization.name_en or organization.name}
    )
    for start in range(0, len(person_ids), LOG_EACH):
        access_log.record(
            person_ids=person_ids[start : start + LOG_EACH],
            by=sheet.by,
            label=organization.name,
            at=at,
            purpose=AccessRecord.Purpose(sheet.options["purpose"]),
            own_words=sheet.options["own_words"],
            what=AccessRecord.What.TELEPHONE if with_phones else AccessRecord.What.NAME,
            about=about,
        )
