"""The doors of the queue: tables on their way in and out, and the sweep that forgets none."""

from celery import shared_task

from core import clock
from core.doorbell import Job
from sheets.actions.exporting import write_out
from sheets.actions.sweeping import sweep
from sheets.actions.working import work


@shared_task(name=Job.IMPORT_SHEET.value)
def import_sheet(sheet_id: int) -> None:
    work(sheet_id=sheet_id, at=clock.now())


@shared_task(name=Job.EXPORT_SHEET.value)
def export_sheet(sheet_id: int) -> None:
    write_out(sheet_id=sheet_id, at=clock.now())


@shared_task(name=Job.SWEEP_SHEETS.value)
def sweep_sheets() -> None:
    sweep(at=clock.now())
