"""Everything on one machine, in one terminal: servers, migrations, web, workers, beat."""

import os
import signal
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from operations.installation import Installation
from operations.launcher import places
from operations.launcher.console import Console
from operations.launcher.locks import FolderLock

DEMO_COMMAND = "load_demo"


@dataclass
class Up:
    """One run. `run()` returns when everything has ended in order."""

    host: str
    port: int
    once: bool = False
    console: Console = field(default_factory=Console)

    def __post_init__(self) -> None:
        self.installation = Installation(self.host, self.port, self.console)
        self.supervisor = self.installation.supervisor
        self.lock = FolderLock(places.run() / "up.lock", places.PROJECT)

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)
        self.lock.take()
        try:
            self.start()
            if not self.once:
                self.supervisor.catch_signals()
                self.serve()
        except KeyboardInterrupt:
            self.console.line("Stopped before everything was up.")
        finally:
            self.supervisor.catch_signals()
            self.installation.stop()
            self.lock.release()

    def start(self) -> None:
        began = time.monotonic()
        self.supervisor.end_leftovers()
        self.installation.claim_port()
        self.installation.start_servers()
        self.prepare_database()
        self.installation.start_web()
        address = self.installation.address
        self.console.line(f"The first page is served at {address}/")
        self.installation.start_workers()
        self.console.bold(f"Ready after {time.monotonic() - began:.1f} s: {address}/   Ctrl-C ends it.")

    def prepare_database(self) -> None:
        bring_up_to_date(self.console)
        if not settings.LOCAL_ONLY:
            with self.console.step("Collecting the static files"):
                call_command("collectstatic", interactive=False, verbosity=0)
        if settings.DEMO and DEMO_COMMAND in get_commands():
            with self.console.step("Looking after the demo's data"):
                call_command(DEMO_COMMAND, size=os.environ.get("SIZE", "").strip() or "city")
        connection.close()

    def serve(self) -> None:
        """Keep everything running until asked to stop. Without the database or the broker of its own it ends."""
        self.installation.watchdog.start()
        while not self.supervisor.asked_to_stop:
            self.installation.keep()


def bring_up_to_date(console: Console, *, verbosity: int = 1) -> None:
    """Migrate, where this version of the code asks for it."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with console.step("Bringing the database up to date"):
            call_command("prepare", verbosity=verbosity)
