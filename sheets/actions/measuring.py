"""How fast a list comes in: with validation and report, beside a bare COPY of the same rows."""

import io
import time
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from core import clock
from organizations.models import Organization
from sheets.actions.importing import bring_in, check, take_over
from sheets.actions.working import work
from sheets.models import Sheet

# One line in so many is bad.
BAD_EACH = 100
COPY_COLUMNS = (
    "code, organization_id, contact, name, language, capability_codes, note, invited_by_id, invited_at, expires_at, "
    "ending"
)


@dataclass(frozen=True)
class Measured:
    """Seconds of each step. `rows_per_s` counts every line from the file to the last message, its check included."""

    rows: int
    good: int
    bad: int
    check_s: float
    take_s: float
    copy_s: float

    @property
    def rows_per_s(self) -> float:
        return self.rows / (self.check_s + self.take_s)

    @property
    def copy_rows_per_s(self) -> float:
        return self.good / self.copy_s


def sample_list(rows: int) -> bytes:
    """A list of invented people with one bad line in a hundred."""
    lines = ["姓名,手机,备注"]
    for number in range(rows):
        phone = f"1{3 + number % 7}{number:09d}" if number % BAD_EACH else "1380"
        lines.append(f"志愿者{number},{phone},晚上有空")
    return "\n".join(lines).encode()


def measure_import(*, rows: int, organization: Organization, by: User, at: datetime) -> Measured:
    """Bring a list of invented people in, and COPY its rows; everything is rolled back, and nobody gets a message."""
    content = sample_list(rows)
    with transaction.atomic():
        begun = time.perf_counter()
        sheet = bring_in(
            kind=Sheet.Kind.PEOPLE,
            organization=organization,
            file_name="list.csv",
            content=content,
            by=by,
            at=at,
            language="zh-hans",
            options={"limit": rows},
        )
        check(sheet=sheet, mapping=sheet.mapping, by=by, at=at)
        work(sheet_id=sheet.pk, at=clock.now(), turn=rows)
        checked = time.perf_counter()
        take_over(sheet=sheet, whole_only=False, by=by, at=at)
        work(sheet_id=sheet.pk, at=clock.now(), turn=rows)
        taken = time.perf_counter()
        sheet.refresh_from_db(fields=["good_count", "bad_count"])
        copy_s = _copy(sheet)
        transaction.set_rollback(True)
    return Measured(rows, sheet.good_count, sheet.bad_count, checked - begun, taken - checked, copy_s)


def _copy(sheet: Sheet) -> float:
    """Seconds of a COPY of the same invitations into a table with the same columns and indexes."""
    source = "volunteers_volunteerinvitation"
    with connection.cursor() as cursor:
        buffer = io.StringIO()
        rows = f"(SELECT {COPY_COLUMNS} FROM {source} WHERE organization_id = {int(sheet.organization_id)} AND ending = '')"  # noqa: S608
        cursor.copy_expert(f"COPY {rows} TO STDOUT", buffer)
        cursor.execute(f"CREATE TEMPORARY TABLE measured_copy (LIKE {source} INCLUDING ALL) ON COMMIT DROP")
        buffer.seek(0)
        begun = time.perf_counter()
        cursor.copy_expert(f"COPY measured_copy ({COPY_COLUMNS}) FROM STDIN", buffer)
        return time.perf_counter() - begun
