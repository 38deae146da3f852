"""Writes the people of an organization to a file; `docs/spreadsheets.md` describes it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from operations.exporting import add_export_arguments, run_export
from operations.importing import organization_of
from sheets.models import Sheet


class Command(BaseCommand):
    help = "Writes those who belong to an organization, by number and name, to a CSV or XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_export_arguments(parser, of_persons=True)
        parser.add_argument("--organization", required=True, help="the organization's code")

    def handle(self, *args: Any, **options: Any) -> None:
        run_export(
            self.stdout,  # type: ignore[arg-type]
            options,
            kind=Sheet.Kind.PEOPLE,
            organization=organization_of(options["organization"]),
        )
