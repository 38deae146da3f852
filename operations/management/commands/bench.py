"""Runs one benchmark, or all of them at their small size."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from operations.bench import pages, signup
from operations.launcher.locks import LaunchFailed


def _pages(options: dict[str, Any]) -> dict[str, Any]:
    return pages.run(
        size=options["size"], clients=options["clients"], seconds=options["seconds"], only=options["only"]
    )


def _signup(options: dict[str, Any]) -> dict[str, Any]:
    return signup.run(shifts=options["shifts"], clients=options["clients"], seconds=options["seconds"])


class Command(BaseCommand):
    help = "Measure the product on this machine. Progress goes to stderr; stdout ends with one JSON object."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        named = parser.add_subparsers(dest="name", required=True)
        one = named.add_parser("pages", help="every named page at the loaded size")
        one.add_argument(
            "--size", choices=("city", "province"), default="city", help="where nothing is loaded"
        )
        one.add_argument("--clients", type=int, default=2)
        one.add_argument("--seconds", type=float, default=2.0, help="for each page")
        one.add_argument("--only", nargs="*", default=[], help="names or groups of pages")
        one.set_defaults(run=_pages)
        one = named.add_parser("signup", help="sign-ups over HTTP, beside the same statements by pgbench")
        one.add_argument("--shifts", type=int, default=1)
        one.add_argument("--clients", type=int, default=16)
        one.add_argument("--seconds", type=float, default=20.0)
        one.set_defaults(run=_signup)
        for each in named.choices.values():
            each.add_argument("--json", action="store_true", help="the JSON object alone on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL_ONLY:
            raise CommandError("Benchmarks make invented data. Run them with MANYHANDS_DEMO=1.")
        run: Callable[[dict[str, Any]], dict[str, Any]] = options["run"]
        try:
            found = run(options)
        except LaunchFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(found, ensure_ascii=False))
