"""Invites the people of a list to volunteer with an organization; `docs/spreadsheets.md` describes the file."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from operations.importing import add_import_arguments, organization_of, run_import
from sheets.models import Sheet


class Command(BaseCommand):
    help = "Invites the people of a CSV or XLSX file; reports each bad line with field and reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_import_arguments(parser)
        parser.add_argument("--organization", required=True, help="the organization's code")
        parser.add_argument(
            "--limit", type=int, help="invitations in 24 hours at most, in the place of INVITATIONS_A_DAY"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        run_import(
            self.stdout,  # type: ignore[arg-type]
            options,
            kind=Sheet.Kind.PEOPLE,
            organization=organization_of(options["organization"]),
            limit=options["limit"],
        )
