"""Writes the organizations of an authority's area to a file; `docs/spreadsheets.md` describes it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from operations.exporting import add_export_arguments, run_export
from operations.importing import organization_of
from sheets.models import Sheet


class Command(BaseCommand):
    help = "Writes the organizations of an authority's area to a CSV or XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_export_arguments(parser, of_persons=False)
        parser.add_argument("--organization", required=True, help="the code of the authority")

    def handle(self, *args: Any, **options: Any) -> None:
        authority = organization_of(options["organization"])
        run_export(
            self.stdout,  # type: ignore[arg-type]
            options,
            kind=Sheet.Kind.ORGANIZATIONS,
            organization=authority,
            area=authority.home_area,
        )
