import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from operations.launcher.locks import AlreadyRunning, LaunchFailed
from operations.up import Up


class Command(BaseCommand):
    help = (
        "Start everything in this terminal: the embedded database and broker (unless DATABASE_URL and REDIS_URL "
        "are set), migrations, the web server, one worker per queue, and beat."
    )
    # The checks cost a second of every start; `make check` runs them.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop as soon as everything is up")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            Up(host=options["host"], port=options["port"], once=options["once"]).run()
        except (AlreadyRunning, LaunchFailed) as error:
            raise CommandError(str(error)) from error
