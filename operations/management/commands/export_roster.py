"""Writes the roster of a shift to a file; `docs/spreadsheets.md` describes it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations.exporting import add_export_arguments, run_export
from operations.importing import organization_of
from sheets.models import Sheet
from tasks.models import Shift


class Command(BaseCommand):
    help = "Writes the roster of a shift to a CSV or XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_export_arguments(parser, of_persons=True)
        parser.add_argument("--organization", required=True, help="the organization's code")
        parser.add_argument("--shift", required=True, help="the code of the shift")

    def handle(self, *args: Any, **options: Any) -> None:
        shift = Shift.objects.select_related("task", "organization").filter(code=options["shift"]).first()
        if shift is None:
            raise CommandError(f"There is no shift with the code {options['shift']}.")
        run_export(
            self.stdout,  # type: ignore[arg-type]
            options,
            kind=Sheet.Kind.ROSTER,
            organization=organization_of(options["organization"]),
            shift=shift,
        )
