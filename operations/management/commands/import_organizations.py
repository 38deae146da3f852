"""Enters the organizations of a list, in an authority's name; `docs/spreadsheets.md` describes the file."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from operations.importing import add_import_arguments, organization_of, run_import
from sheets.models import Sheet


class Command(BaseCommand):
    help = "Enters the organizations of a CSV or XLSX file; their owners are invited by contact."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_import_arguments(parser)
        parser.add_argument(
            "--organization", required=True, help="the code of the authority that answers for them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        authority = organization_of(options["organization"])
        run_import(
            self.stdout,  # type: ignore[arg-type]
            options,
            kind=Sheet.Kind.ORGANIZATIONS,
            organization=authority,
            area=authority.home_area,
        )
