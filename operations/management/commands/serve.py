import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from operations.launcher import commands, watchdog
from operations.launcher.console import Console
from operations.launcher.processes import Child, Supervisor

PROCESSES = ("web", "beat", *commands.QUEUES)


class Command(BaseCommand):
    help = "Run one process of a deployment: the web server, beat, or the worker of a queue."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("process", choices=PROCESSES)
        parser.add_argument("--host", default="127.0.0.1", help="of the web server")
        parser.add_argument(
            "--port", type=int, default=int(os.environ.get("PORT") or 8000), help="of the web server"
        )
        parser.add_argument("--workers", type=int, default=2, help="processes of the web server")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["process"]
        if name in commands.QUEUES:
            keep_worker(name)
            return
        web = commands.web(options["host"], options["port"], workers=options["workers"])
        argv = web if name == "web" else commands.beat()
        os.execv(argv[0], argv)


def keep_worker(queue: str) -> None:
    """Run a worker, and start it again when it ends or no longer works."""
    supervisor = Supervisor(Console())
    supervisor.catch_signals()
    supervisor.start(Child(queue, commands.worker(queue), last_s=60.0))
    dog = watchdog.Watchdog([queue])
    dog.start()
    while not supervisor.asked_to_stop:
        supervisor.pump()
        for name, why in dog.found():
            supervisor.restart(name, why)
    dog.stop()
    supervisor.stop([])
