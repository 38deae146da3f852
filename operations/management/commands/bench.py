"""Runs one benchmark; `make bench` runs each of them at its small size."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from matching.engine.benchmark import match
from operations.bench import dashboard, events, pages, rush, signup, starting, tables
from operations.bench.doors import DOORS
from operations.launcher.locks import LaunchFailed

SIZES = ("city", "province")
MATCH = ("volunteers", "shifts", "seed", "seeds", "workers", "lp", "crowded")


class Command(BaseCommand):
    help = "Measure the product on this machine. Progress goes to stderr; stdout ends with one JSON object."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        named = parser.add_subparsers(dest="name", required=True)

        one = named.add_parser("signup", help="sign-ups over HTTP, beside the same statements by pgbench")
        one.add_argument("--shifts", type=int, default=1)
        one.add_argument("--clients", type=int, default=16)
        one.add_argument("--seconds", type=float, default=20.0)
        one.add_argument(
            "--door", choices=tuple(DOORS), default="token", help="the API with a token, or the page"
        )

        one = named.add_parser("rush", help="more people than can be served, and strangers who read")
        one.add_argument("--shifts", type=int, default=300)
        one.add_argument("--seconds", type=float, default=5.0)
        one.add_argument(
            "--times", type=int, default=10, help="how many times what can be served is asked for"
        )

        one = named.add_parser("pages", help="every named page at the loaded size, beside a file")
        one.add_argument(
            "--size", choices=SIZES, default="city", help="of a demo of its own, where none is loaded"
        )
        one.add_argument("--clients", type=int, default=2)
        one.add_argument("--seconds", type=float, default=2.0, help="for each page")
        one.add_argument("--only", nargs="*", default=[], help="names or groups of pages")

        one = named.add_parser(
            "dashboard", help="officials' pages and public figures, and what keeps them fresh"
        )
        one.add_argument("--volunteers", type=int, default=85_699)
        one.add_argument("--records", type=int, default=900_000, help="at least so many service records")
        one.add_argument("--clients", type=int, default=2)
        one.add_argument("--seconds", type=float, default=2.0, help="for each page")

        one = named.add_parser("import", help="lines of a table with their report, beside COPY")
        one.add_argument("--rows", type=int, default=20_000)

        one = named.add_parser("start", help="make demo in a fresh clone, twice")
        one.add_argument("--size", choices=SIZES, default="city")

        one = named.add_parser("match", help="the engine on an invented province, beside nearest first")
        one.add_argument("--volunteers", type=int, default=3_000)
        one.add_argument("--shifts", type=int, default=300)
        one.add_argument("--seed", type=int, default=1)
        one.add_argument("--workers", type=int, default=2)
        one.add_argument("--seeds", type=int, default=1, help="so many seeds, and the worst of each figure")
        one.add_argument(
            "--lp", action="store_true", help="HiGHS' linear relaxation over lists of the 32 cheapest too"
        )
        one.add_argument(
            "--crowded", action="store_true", help="all on the ground of one province: more pairs a person"
        )

        one = named.add_parser("events", help="repairs of a plan that stands, beside a new one")
        one.add_argument("--volunteers", type=int, default=3_000, help="of the engine's part")
        one.add_argument("--shifts", type=int, default=300, help="of the engine's part")
        one.add_argument("--events", type=int, default=100)
        one.add_argument("--seed", type=int, default=1)
        one.add_argument("--workers", type=int, default=2)
        one.add_argument(
            "--people",
            type=int,
            default=0,
            help="of a place of its own for the whole path, even where one is loaded",
        )

        for each in named.choices.values():
            each.add_argument(
                "--json", action="store_true", help="what is printed anyway, for scripts to say so"
            )

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        if not settings.LOCAL_ONLY:
            raise CommandError("Benchmarks make invented data. Run them with MANYHANDS_DEMO=1.")
        try:
            found = self._run(name, options)
        except LaunchFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(found, ensure_ascii=False))

    def _run(self, name: str, options: dict[str, Any]) -> dict[str, Any]:
        def chosen(*names: str) -> dict[str, Any]:
            return {name: options[name] for name in names}

        if name == "signup":
            return signup.run(**chosen("shifts", "clients", "seconds", "door"))
        if name == "rush":
            return rush.run(**chosen("shifts", "seconds", "times"))
        if name == "pages":
            return pages.run(**chosen("size", "clients", "seconds", "only"))
        if name == "dashboard":
            return dashboard.run(**chosen("volunteers", "records", "clients", "seconds"))
        if name == "import":
            return tables.run(**chosen("rows"))
        if name == "start":
            return starting.run(**chosen("size"))
        if name == "events":
            return events.run(**chosen("volunteers", "shifts", "events", "seed", "workers", "people"))
        return {"bench": "match"} | match(**chosen(*MATCH))
