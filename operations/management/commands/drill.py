"""Plays a whole crisis among invented people, through the real actions and jobs, with a clock that goes fast."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import story_time
from core.errors import DomainError
from operations.drill.cast import NobodyToPlay
from operations.drill.outcome import comparing
from operations.drill.outcome.comparing import AT_ONCE, NothingToResume, PlayFailed
from operations.drill.playing import SCENARIOS
from operations.drill.policies import POLICIES
from operations.drill.stages import ground, wiping
from operations.drill.stages.performance import Asked, Performance, own_servers
from operations.drill.stages.reporting import Reporting
from operations.launcher import places
from operations.launcher.locks import AlreadyRunning, LaunchFailed
from operations.management.commands.load_demo import LEAST_VOLUNTEERS

SPEED = 3000.0
SEED = 20200123
VOLUNTEERS = 3000
VOLUNTEERS_COMPARED = 1000
SEEDS = 5
REFUSALS = (
    ground.Refused,
    AlreadyRunning,
    LaunchFailed,
    DomainError,
    NobodyToPlay,
    PlayFailed,
    NothingToResume,
)


class Command(BaseCommand):
    help = (
        "Play a whole crisis among invented people through the real actions and jobs, with a clock that goes fast. "
        "Needs MANYHANDS_DEMO=1. Without DATABASE_URL it starts servers of its own, beside those of `make demo`."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scenario", choices=tuple(SCENARIOS), default="outbreak")
        parser.add_argument("--speed", type=float, default=SPEED, help="how many times as fast as a clock")
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument(
            "--policy", choices=tuple(POLICIES), default="certified", help="how people are asked"
        )
        parser.add_argument(
            "--volunteers", type=int, default=VOLUNTEERS, help="of a place that is invented first"
        )
        parser.add_argument("--days", type=int, help="a shorter story")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument(
            "--faults",
            action="store_true",
            help="kill workers, broker and database on the way; own servers only",
        )
        parser.add_argument(
            "--soak", action="store_true", help="as ever: memory, logs and leases are always counted"
        )
        parser.add_argument(
            "--compare", choices=tuple(POLICIES), metavar="POLICY", help="play --policy and this one"
        )
        parser.add_argument("--seeds", type=int, default=SEEDS, help="for each policy that is compared")
        parser.add_argument("--workers", type=int, default=AT_ONCE, help="that compare at the same time")
        parser.add_argument(
            "--resume",
            action="store_true",
            help="a comparison that was killed, without plays that it had ended",
        )
        parser.add_argument(
            "--wipe", action="store_true", help="drop the database that drills were played in"
        )
        parser.add_argument("--yes", action="store_true", help="drop it without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "A drill is for the demo alone. Set MANYHANDS_DEMO=1 on a database of its own."
            )
        self._move_to_own_folder()
        if options["volunteers"] is not None and options["volunteers"] < LEAST_VOLUNTEERS:
            raise CommandError(f"A place needs at least {LEAST_VOLUNTEERS} volunteers.")
        if options["days"] is not None and options["days"] < 1:
            raise CommandError("A story takes a day at least.")
        console = Reporting(places.logs())
        try:
            if options["wipe"]:
                self._wipe(console, sure=options["yes"])
                return
            if options["compare"]:
                self._compare(console, options)
                return
            code = self._play(console, options)
        except REFUSALS as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped.") from error
        if code:
            sys.exit(code)

    def _play(self, console: Reporting, options: dict[str, Any]) -> int:
        if not 0 < options["speed"] <= story_time.FASTEST:
            raise CommandError(f"A drill goes at most {story_time.FASTEST:.0f} times as fast as a clock.")
        if options["faults"] and (given("DATABASE_URL") or given("REDIS_URL")):
            raise CommandError("Only servers of its own are killed: leave out DATABASE_URL and REDIS_URL.")
        if given("DATABASE_URL"):
            # Before anything is started: a refusal leaves everything as it was.
            ground.make_where_missing()
            ground.look()
        options["volunteers"] = options["volunteers"] or VOLUNTEERS
        names = ("scenario", "speed", "seed", "policy", "volunteers", "days", "port", "faults")
        return Performance(Asked(**{name: options[name] for name in names}), console).run()

    def _compare(self, console: Reporting, options: dict[str, Any]) -> None:
        """Play two policies for the same seeds, in copies of a place of their own beside this database."""
        if options["seeds"] < 1 or options["workers"] < 1:
            raise CommandError("At least one seed is played, by one process at least.")
        first = options["seed"]
        with own_servers(console):
            comparing.run(
                a=options["policy"],
                b=options["compare"],
                seeds=range(first, first + options["seeds"]),
                days=options["days"],
                volunteers=options["volunteers"] or VOLUNTEERS_COMPARED,
                workers=options["workers"],
                scenario=options["scenario"],
                folder=ground.folder() / "compared",
                resume=options["resume"],
                console=console,
            )

    def _wipe(self, console: Reporting, *, sure: bool) -> None:
        what = (
            f"the database {ground.database_name()}"
            if given("DATABASE_URL")
            else f"everything in {ground.folder()}"
        )
        if not sure and input(f"Drop {what}? Type yes: ").strip().lower() != "yes":
            raise CommandError("Nothing was dropped.")
        if given("DATABASE_URL"):
            wiping.wipe_given(console)
        else:
            wiping.wipe_own(console)

    def _move_to_own_folder(self) -> None:
        """Begin anew with a folder of the drills' own: the settings were read for the demo's."""
        if places.local().name == ground.FOLDER or sys.argv[1:2] != ["drill"]:
            return
        ground.share_key()
        env = {**os.environ, "MANYHANDS_LOCAL": str(ground.folder())}
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, *sys.argv], env)


def given(name: str) -> bool:
    return bool(os.environ.get(name, "").strip())
