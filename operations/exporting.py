"""What the commands that take tables out have in common."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import CommandError

from areas.models import Area
from core import clock
from core.errors import DomainError
from core.models import AccessRecord
from operations.importing import person_for
from organizations.models import Organization
from sheets.actions.exporting import OF_PERSONS, take_out, write_out
from sheets.models import Sheet
from tasks.models import Shift


def add_export_arguments(parser: ArgumentParser, *, of_persons: bool) -> None:
    parser.add_argument("file", type=Path, help="the file to write, .csv or .xlsx")
    parser.add_argument(
        "--by", default="", help="code or e-mail of the person in whose name; default: the first owner"
    )
    parser.add_argument(
        "--language",
        default=settings.LANGUAGE_CODE,
        choices=[code for code, _ in settings.LANGUAGES],
        help="of the headers",
    )
    if of_persons:
        parser.add_argument(
            "--purpose", required=True, help="in a few words; everybody in the table can read it"
        )


def run_export(
    out: TextIO,
    options: dict[str, Any],
    *,
    kind: str,
    organization: Organization,
    area: Area | None = None,
    shift: Shift | None = None,
) -> None:
    """Write the table to the file; the copy in the database goes at once."""
    path: Path = options["file"]
    format = path.suffix.lower().removeprefix(".")
    if format not in ("csv", "xlsx"):
        raise CommandError("The name of the file ends in .csv or .xlsx.")
    by = person_for(options["by"], organization)
    try:
        sheet = take_out(
            kind=kind,
            format=format,
            organization=organization,
            area=area,
            shift=shift,
            by=by,
            at=clock.now(),
            language=options["language"],
            purpose=AccessRecord.Purpose.OTHER if kind in OF_PERSONS else "",
            own_words=options.get("purpose") or "",
        )
        if sheet.status != Sheet.Status.DONE:
            write_out(sheet_id=sheet.pk, at=clock.now())
    except DomainError as error:
        raise CommandError(error.message) from error
    content = Sheet.objects.values_list("content", flat=True).get(pk=sheet.pk)
    if content is None:
        raise CommandError("A worker writes it already. It can be fetched on the page of tables.")
    path.write_bytes(bytes(content))
    Sheet.objects.filter(pk=sheet.pk).update(content=None)
    out.write(f"{sheet.total_count} rows: {path}\n")
