"""What nobody goes on with, and what has been kept long enough."""

from datetime import datetime
from typing import NamedTuple

from core import doorbell
from core.doorbell import Job
from sheets.models import CONTENT_KEPT, SHEETS_KEPT, Sheet

BATCH = 500


class Swept(NamedTuple):
    """How many tables were rung for again, given up, emptied of their file, and deleted."""

    rung: int
    given_up: int
    emptied: int
    deleted: int


def sweep(*, at: datetime) -> Swept:
    """Ring for tables that no worker holds; forget files after a week and tables after 90 days."""
    waiting = list(Sheet.objects.claimable(at=at).order_by("pk").values_list("pk", "direction")[:BATCH])
    for sheet_id, direction in waiting:
        job = Job.IMPORT_SHEET if direction == Sheet.Direction.IN else Job.EXPORT_SHEET
        doorbell.ring(job, sheet_id=sheet_id)
    old = Sheet.objects.filter(created_at__lt=at - CONTENT_KEPT)
    given_up = old.filter(status__in=(Sheet.Status.NEW, Sheet.Status.CHECKED)).update(
        status=Sheet.Status.DROPPED, ended_at=at, content=None
    )
    emptied = old.filter(content__isnull=False).exclude(status__in=Sheet.WORKING).update(content=None)
    past = list(
        Sheet.objects.filter(created_at__lt=at - SHEETS_KEPT)
        .exclude(status__in=Sheet.WORKING)
        .values_list("pk", flat=True)[:BATCH]
    )
    Sheet.objects.filter(pk__in=past).delete()
    return Swept(len(waiting), given_up, emptied, len(past))
