"""Posts the shifts of a schedule for one call; `docs/spreadsheets.md` describes the file."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from operations.importing import add_import_arguments, organization_of, run_import, task_of
from sheets.models import Sheet


class Command(BaseCommand):
    help = "Posts the shifts of a CSV or XLSX file; reports each bad line with field and reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_import_arguments(parser)
        parser.add_argument("--organization", required=True, help="the organization's code")
        parser.add_argument("--task", required=True, help="the code of the call that the shifts belong to")

    def handle(self, *args: Any, **options: Any) -> None:
        run_import(
            self.stdout,  # type: ignore[arg-type]
            options,
            kind=Sheet.Kind.SHIFTS,
            organization=organization_of(options["organization"]),
            task=task_of(options["task"]),
        )
