"""Loads an administrative tree from files; `docs/areas.md` describes them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from areas.actions import TreeReport, UnreadableFile, load_tree, read_areas, read_json
from core import clock


class Command(BaseCommand):
    help = "Loads areas from a CSV file, with borders and tiles. Adds and changes, never deletes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("areas", type=Path, help="CSV: code,parent_code,level,name_zh,name_en")
        parser.add_argument("--borders", type=Path, help="GeoJSON file with a code in each feature")
        parser.add_argument("--tiles", type=Path, help='JSON file: {"tiles": {code: [column, row]}}')
        parser.add_argument("--dry-run", action="store_true", help="check everything, save nothing")
        parser.add_argument("--good-rows", action="store_true", help="save the rows without an error")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_tree(
                rows=read_areas(content_of(options["areas"])),
                borders=read_json(content_of(options["borders"])) if options["borders"] else None,
                tiles=read_json(content_of(options["tiles"])) if options["tiles"] else None,
                at=clock.now(),
                good_rows=options["good_rows"],
                dry_run=options["dry_run"],
            )
        except UnreadableFile as error:
            raise CommandError(error.message) from error
        for row in report.errors:
            self.stderr.write(f"{row.source}, {row.line}, {row.field}: {row.reason}")
        self.stdout.write(summary(report))
        if report.errors and not options["good_rows"]:
            raise CommandError(f"{len(report.errors)} errors. Nothing was saved.")


def content_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


def summary(report: TreeReport) -> str:
    counts = (
        f"{report.created} new, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.borders} borders, {report.tiles} tiles, {len(report.errors)} errors"
    )
    return f"{counts}: saved." if report.saved else f"{counts}: not saved."
