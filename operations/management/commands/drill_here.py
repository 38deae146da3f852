"""Plays a drill in one process, in jumps of its clock: what a comparison does in each of its databases."""

import json
import time
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core import clock, deployment
from core.errors import DomainError
from operations.drill.outcome import digest
from operations.drill.outcome.summary import table
from operations.drill.place import fill
from operations.drill.playing import SCENARIOS
from operations.drill.policies import POLICIES
from operations.drill.stages import stepped
from operations.synthetic.progress import Progress

# The first morning of the studies' crisis: the same story on whatever day it is played.
BEGINS_AT = "2020-01-23T06:00:00+08:00"


class Command(BaseCommand):
    help = (
        "`prepare`: load the invented place of a drill into an empty database. `play`: play a drill there, without "
        "web, workers and broker, as fast as the machine can. The same seed over the same place tells the same story."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=("prepare", "play"))
        parser.add_argument("--begins-at", type=datetime.fromisoformat, default=BEGINS_AT)
        parser.add_argument("--volunteers", type=int, default=1000, help="of the place")
        parser.add_argument("--scenario", choices=tuple(SCENARIOS), default="outbreak")
        parser.add_argument("--policy", choices=tuple(POLICIES), default="certified")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--days", type=int, help="a shorter story")
        parser.add_argument(
            "--out", type=Path, help="a file for JSON lines: each day that is over, then the summary"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "A drill is for the demo alone. Set MANYHANDS_DEMO=1 on a database of its own."
            )
        begins_at = datetime.fromisoformat(str(options["begins_at"]))
        try:
            if options["what"] == "prepare":
                self._prepare(begins_at, options["volunteers"])
            else:
                self._play(begins_at, options)
        except (DomainError, LookupError) as error:
            raise CommandError(str(error)) from error

    def _prepare(self, begins_at: datetime, volunteers: int) -> None:
        call_command("prepare", verbosity=0)
        clock.read_from(lambda: begins_at)
        deployment.mark_synthetic(at=begins_at)
        fill(volunteers=volunteers, at=begins_at, progress=Progress(self.stdout))
        with connection.cursor() as cursor:
            # What is played in copies begins with the same knowledge of its tables.
            cursor.execute("VACUUM ANALYZE")

    def _play(self, begins_at: datetime, options: dict[str, Any]) -> None:
        out: Path | None = options["out"]
        began, used = time.perf_counter(), time.process_time()

        def told(at: datetime) -> None:
            days = (at - begins_at).days
            took = time.perf_counter() - began
            self.stdout.write(f"day {days} is over, {took:.0f} s")
            if out is not None:
                _say(out, day=days)

        names = ("scenario", "policy", "seed", "days")
        drama = stepped.play_here(begins_at=begins_at, told=told, **{name: options[name] for name in names})
        found = {
            "summary": drama.drill.summary,
            "digest": digest.of_story(),
            "seconds": round(time.perf_counter() - began, 1),
            "cpu_seconds": round(time.process_time() - used, 1),
            "jobs": {job: round(took, 1) for job, took in sorted(drama.jobs_s.items())},
        }
        if out is not None:
            _say(out, **found)
        self.stdout.write(table(drama.drill.summary))
        self.stdout.write(json.dumps(found, ensure_ascii=False))


def _say(out: Path, **what: Any) -> None:
    with out.open("a") as file:
        file.write(json.dumps(what) + "\n")
