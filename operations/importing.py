"""What the commands that bring tables in have in common."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import override

from accounts.models import User
from areas.models import Area
from core import clock
from core.errors import DomainError
from organizations.models import Organization
from organizations.queries import leaders_of
from sheets.actions.importing import bring_in, check, drop, mapping_by_names, take_over
from sheets.actions.working import work
from sheets.files.texts import ENCODINGS
from sheets.files.writing import csv_chunks
from sheets.models import Sheet
from sheets.queries import all_problems
from sheets.rendering.report import report_titles, said
from sheets.rendering.words import failure_words, field_label, note_words
from tasks.models import Task

MOST_SHOWN = 200
STEP_S = 1.0


def add_import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a .csv or .xlsx file")
    parser.add_argument(
        "--by", default="", help="code or e-mail of the person in whose name; default: the first owner"
    )
    parser.add_argument("--dry-run", action="store_true", help="check every line, save nothing")
    parser.add_argument("--all-or-nothing", action="store_true", help="save nothing if any line is bad")
    parser.add_argument(
        "--mapping",
        default="",
        help="which column is which: name=姓名字,phone=C (header, letter or number), or a JSON object",
    )
    parser.add_argument(
        "--encoding", default="", help=f"of a CSV file: {', '.join(ENCODINGS)}; default: told from it"
    )
    parser.add_argument("--sheet", default="", help="name of the worksheet; default: the first")
    parser.add_argument("--report", type=Path, help="write every bad line to this CSV file")
    parser.add_argument("--language", default=settings.LANGUAGE_CODE, choices=[code for code, _ in settings.LANGUAGES],
                        help="of the report and of messages")  # fmt: skip


def organization_of(code: str) -> Organization:
    found = Organization.objects.select_related("home_area").filter(code=code).first()
    if found is None:
        raise CommandError(f"There is no organization with the code {code}.")
    return found


def task_of(code: str) -> Task:
    found = Task.objects.select_related("area", "issuer").filter(code=code).first()
    if found is None:
        raise CommandError(f"There is no call with the code {code}.")
    return found


def person_for(said_by: str, organization: Organization) -> User:
    """The person named, or the organization's first leader."""
    if said_by:
        field = "email__iexact" if "@" in said_by else "code"
        found = User.objects.filter(is_active=True, **{field: said_by}).first()
        if found is None:
            raise CommandError(f"There is no active account {said_by}.")
        return found
    first = leaders_of([organization]).first()
    if first is None:
        raise CommandError("Nobody leads this organization. Name somebody with --by.")
    return first


def run_import(
    out: TextIO,
    options: dict[str, Any],
    *,
    kind: str,
    organization: Organization,
    task: Task | None = None,
    area: Area | None = None,
    limit: int | None = None,
) -> None:
    """Bring a file in, try it, and take its good lines over; the report goes to `out`."""
    by = person_for(options["by"], organization)
    language = options["language"]
    extra = {"language": language} | ({"limit": limit} if limit is not None else {})
    with override(language):
        sheet = None
        try:
            sheet = bring_in(
                kind=kind,
                organization=organization,
                file_name=options["file"].name,
                content=_content_of(options["file"]),
                by=by,
                at=clock.now(),
                language=language,
                task=task,
                area=area,
                encoding=options["encoding"],
                sheet_name=options["sheet"],
                options=extra,
            )
            mapping = mapping_by_names(sheet, _wanted(options["mapping"]))
            out.write(_columns(sheet, mapping))
            sheet = check(sheet=sheet, mapping=mapping, by=by, at=clock.now())
            sheet = _work(sheet, out)
            _report(sheet, out, options["report"])
            if options["dry_run"]:
                out.write("Tried only: nothing was saved.\n")
                return
            if sheet.status == Sheet.Status.CHECKED and sheet.good_count:
                sheet = take_over(sheet=sheet, whole_only=options["all_or_nothing"], by=by, at=clock.now())
                sheet = _work(sheet, out)
                out.write(f"{sheet.good_count} taken over, {sheet.bad_count} not.\n")
        except DomainError as error:
            raise CommandError(error.message) from error
        finally:
            if sheet is not None and options["dry_run"]:
                Sheet.objects.filter(pk=sheet.pk).delete()
            elif sheet is not None and sheet.status in (Sheet.Status.NEW, Sheet.Status.CHECKED):
                drop(sheet=sheet, by=by, at=clock.now())
    if sheet.status != Sheet.Status.DONE:
        raise CommandError(failure_words(sheet.failure) or "Nothing was saved.")


def _content_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


def _wanted(text: str) -> dict[str, str]:
    """The mapping as the command line says it."""
    if not text:
        return {}
    if text.lstrip().startswith("{"):
        try:
            return {str(field): str(column) for field, column in json.loads(text).items()}
        except (ValueError, AttributeError) as error:
            raise CommandError("--mapping is no JSON object.") from error
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(middle for _, middle, _ in pairs):
        raise CommandError("Write --mapping like name=姓名,phone=C.")
    return {field.strip(): column.strip() for field, _, column in pairs}


def _columns(sheet: Sheet, mapping: dict[str, int]) -> str:
    known = ", ".join(f"{field_label(sheet.kind, name)} = {_letter(at)}" for name, at in mapping.items())
    form = f"{sheet.format} {sheet.encoding}".strip()
    return f"{sheet.file_name}: {form}, headers in line {sheet.header_line}; {known}\n"


def _letter(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


def _work(sheet: Sheet, out: TextIO) -> Sheet:
    """Every turn of a step, in this process, with a line of progress a second."""
    shown = time.monotonic()

    def watch(now: Sheet) -> None:
        nonlocal shown
        if time.monotonic() - shown >= STEP_S:
            shown = time.monotonic()
            of = f" of {now.total_count}" if now.total_count else ""
            out.write(f"  {now.row_count}{of} lines\n")
            out.flush()

    while sheet.status in Sheet.WORKING:
        work(sheet_id=sheet.pk, at=clock.now(), watch=watch)
        sheet = Sheet.objects.light().select_related("organization__home_area", "by").get(pk=sheet.pk)
        if sheet.status in Sheet.WORKING and sheet.leased_until is not None:
            # A worker of the queue was quicker to take it.
            time.sleep(STEP_S)
    return sheet


def _report(sheet: Sheet, out: TextIO, path: Path | None) -> None:
    for note in note_words(sheet):
        out.write(f"{note}\n")
    count = 0
    lines = []
    for each in said(sheet, all_problems(sheet)):
        count += 1
        if count <= MOST_SHOWN:
            out.write(f"{each.line}\t{each.field}\t{each.reason}\n")
        lines.append((each.line, each.field, each.reason))
    if count > MOST_SHOWN:
        out.write(f"… {count - MOST_SHOWN} more; --report FILE writes them all\n")
    if path is not None:
        path.write_bytes(b"".join(csv_chunks(report_titles(), lines)))
    out.write(f"{sheet.row_count} lines: {sheet.good_count} good, {sheet.bad_count} bad.\n")
