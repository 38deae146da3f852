from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from operations import heartbeat
from operations.launcher import commands, watchdog


class Command(BaseCommand):
    help = "Ask the worker of a queue on this host, or beat, for a sign of life. Exit code 1 without one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("process", choices=("beat", *commands.QUEUES))

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["process"]
        alive = heartbeat.is_alive() if name == "beat" else watchdog.answering([name], seconds=5.0) == {name}
        if not alive:
            raise CommandError(f"{name} gives no sign of life.")
        self.stdout.write(f"{name} is alive.")
