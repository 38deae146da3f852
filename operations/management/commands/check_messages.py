from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from operations import messages

LANGUAGE = "zh_Hans"
METADATA = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": LANGUAGE,
    "Plural-Forms": "nplurals=1; plural=0;",
}
SHOWN = 200


class Command(BaseCommand):
    help = "Compare what the code says with its Chinese translation; fail on what is missing, doubtful or not compiled."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--write", action="store_true", help="bring the catalogue up to date and compile it"
        )
        parser.add_argument(
            "--merge", nargs="+", default=[], type=Path, help="catalogues to take translations from"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.LOCALE_PATHS[0] / LANGUAGE / "LC_MESSAGES"
        source = messages.extract(Path(settings.BASE_DIR))
        po, mo = folder / "django.po", folder / "django.mo"
        catalogue = polib.pofile(str(po), wrapwidth=110) if po.exists() else polib.POFile(wrapwidth=110)
        if options["write"]:
            others = [polib.pofile(str(path)) for path in options["merge"]]
            catalogue = messages.refresh(source, catalogue, others)
            catalogue.metadata = METADATA
            folder.mkdir(parents=True, exist_ok=True)
            catalogue.save(str(po))
            catalogue.save_as_mofile(str(mo))
        found = messages.faults(source, catalogue, polib.mofile(str(mo)) if mo.exists() else None)
        for fault in found[:SHOWN]:
            self.stderr.write(fault)
        if len(found) > SHOWN:
            self.stderr.write(f"… and {len(found) - SHOWN} more")
        if found:
            raise CommandError(
                f"{len(found)} of {len(source.messages)} messages are not ready. `make messages` lists them."
            )
        self.stdout.write(f"All {len(source.messages)} messages are translated.")
