"""`bench import`: lines of a table checked and taken over with their report, beside COPY of what came of them."""

import io
import time
from typing import Any

from django.db import connection, transaction

from core import clock
from operations.bench.crowd import Place, add_place
from operations.bench.ground import own_ground
from operations.bench.progress import say
from organizations.models import Membership
from sheets.actions.importing import bring_in, check, take_over
from sheets.actions.working import work
from sheets.models import Sheet
from volunteers.models import VolunteerInvitation

# One line in a hundred has no number that can be dialled: a report is part of the work.
BAD_EVERY = 100
TABLE = VolunteerInvitation._meta.db_table


def run(*, rows: int) -> dict[str, Any]:
    with own_ground():
        place = add_place()
        content = _csv(rows, place.area.name_zh)
        say(f"{rows} lines, {len(content):,} bytes")
        began = time.monotonic()
        sheet = _brought(place, content, rows)
        sheet = _through(sheet)
        checked = time.monotonic()
        say(f"checked in {checked - began:.1f} s: {sheet.good_count} good, {sheet.bad_count} bad")
        sheet = _through(take_over(sheet=sheet, whole_only=False, by=sheet.by, at=clock.now()))
        ended = time.monotonic()
        say(f"taken over in {ended - checked:.1f} s")
        copied = _copy()
        invited = VolunteerInvitation.objects.count()
    return {
        "bench": "import",
        "rows": rows,
        "rows_per_s": round(rows / (ended - began)),
        "check_rows_per_s": round(rows / (checked - began)),
        "take_over_rows_per_s": round(rows / (ended - checked)),
        "good": sheet.good_count,
        "bad": sheet.bad_count,
        "invitations": invited,
        "copy_rows_per_s": round(invited / copied),
        "ratio_to_copy": round((rows / (ended - began)) / (invited / copied), 4),
    }


def _csv(rows: int, township: str) -> bytes:
    lines = ["姓名,手机,乡镇街道,备注"]
    for number in range(rows):
        phone = "1380" if number % BAD_EVERY == BAD_EVERY - 1 else f"138{number:08d}"
        lines.append(f"志愿者{number},{phone},{township},第 {number} 行")
    return ("\n".join(lines) + "\n").encode()


def _brought(place: Place, content: bytes, rows: int) -> Sheet:
    at = clock.now()
    by = place.owner
    Membership.objects.create(user=by, organization=place.organization, role="owner", started_at=at)
    sheet = bring_in(
        kind=Sheet.Kind.PEOPLE,
        organization=place.organization,
        file_name="people.csv",
        content=content,
        by=by,
        at=at,
        language="zh-hans",
        options={"language": "zh-hans", "limit": rows * 2},
    )
    return check(sheet=sheet, mapping=sheet.mapping, by=by, at=at)


def _through(sheet: Sheet) -> Sheet:
    """Every turn of a step, as a worker takes them."""
    shown = time.monotonic()

    def watch(now: Sheet) -> None:
        nonlocal shown
        if time.monotonic() - shown > 5:
            shown = time.monotonic()
            say(f"{now.row_count} lines")

    while sheet.status in Sheet.WORKING:
        work(sheet_id=sheet.pk, at=clock.now(), watch=watch)
        sheet = Sheet.objects.light().select_related("organization__home_area", "by").get(pk=sheet.pk)
    return sheet


def _copy() -> float:
    """Seconds of COPY of the same rows into a table with the same indexes."""
    rows = io.BytesIO()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {TABLE} TO STDOUT", rows)
        cursor.execute(f"CREATE TABLE bench_copy (LIKE {TABLE} INCLUDING ALL)")
    rows.seek(0)
    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.copy_expert("COPY bench_copy FROM STDIN", rows)
    return time.monotonic() - began
