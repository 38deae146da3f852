"""Everything on one machine, in one terminal: servers, migrations, web, workers, beat."""

import os
import signal
import socket
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from operations.launcher import commands, places, probe, watchdog
from operations.launcher.console import Console
from operations.launcher.locks import FolderLock, LaunchFailed
from operations.launcher.postgres import Postgres
from operations.launcher.processes import Child, Supervisor, ending
from operations.launcher.valkey import Valkey

START_S = 120.0
DEMO_COMMAND = "load_demo"
# The provider that takes the demo's e-mails and text messages and shows them.
PROVIDER_COMMAND = "local_provider"
STOP_ORDER = (["web"], [*commands.QUEUES, "provider"], ["beat"])


@dataclass
class Up:
    """One run. `run()` returns when everything has ended in order."""

    host: str
    port: int
    once: bool = False
    console: Console = field(default_factory=Console)

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.console)
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self.watchdog = watchdog.Watchdog(commands.QUEUES)
        self.lock = FolderLock(places.run() / "up.lock", places.PROJECT)

    @property
    def address(self) -> str:
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  only compared
        return f"http://{shown}:{self.port}"

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
            self.stop()
            self.lock.release()

    def start(self) -> None:
        began = time.monotonic()
        self.supervisor.end_leftovers()
        self.claim_port()
        self.start_servers()
        self.prepare_database()
        env = {
            "DATABASE_URL": settings.DATABASE_URL,
            "REDIS_URL": settings.CELERY_BROKER_URL,
            "PORT": str(self.port),
        }
        with self.console.step("Starting the web server"):
            self.supervisor.start(Child("web", commands.web(self.host, self.port), env))
            self.supervisor.pump_until(
                lambda: probe.status(self.port, host=self.host) == 200,
                seconds=START_S,
                what="/healthz answered",
            )
        self.console.line(f"The first page is served at {self.address}/")
        with self.console.step("Starting the workers and beat"):
            for queue in commands.QUEUES:
                self.supervisor.start(Child(queue, commands.worker(queue), env))
            if settings.DEMO and PROVIDER_COMMAND in get_commands():
                self.supervisor.start(Child("provider", commands.manage(PROVIDER_COMMAND), env))
            beat_began = time.time()
            self.supervisor.start(Child("beat", commands.beat(), env))
            self.supervisor.pump_until(
                self.workers_answer, seconds=START_S, what="every worker answered a ping"
            )
            self.supervisor.pump_until(
                lambda: beat_is_on(beat_began), seconds=START_S, what="beat keeps its schedule"
            )
        self.console.bold(f"Ready after {time.monotonic() - began:.1f} s: {self.address}/   Ctrl-C ends it.")

    def claim_port(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind((self.host, self.port))
            except OSError as error:
                raise LaunchFailed(
                    f"{self.host}:{self.port} cannot be used ({error.strerror}). "
                    f"Choose another port: `PORT={self.port + 1} make demo`."
                ) from error

    def start_servers(self) -> None:
        """Start the embedded servers side by side, where no address is given."""
        sockets = places.sockets()
        with self.console.step("Starting the database and the broker"):
            if not os.environ.get("DATABASE_URL", "").strip():
                self.postgres = Postgres(places.postgres_data(), sockets, places.logs() / "postgres.log")
                self.postgres.begin()
            if not os.environ.get("REDIS_URL", "").strip():
                self.valkey = Valkey(places.valkey_data(), sockets, places.logs() / "valkey.log")
                self.valkey.begin()
            for server in (self.postgres, self.valkey):
                if server is not None:
                    server.wait()

    def prepare_database(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            with self.console.step("Bringing the database up to date"):
                call_command("prepare")
        if not settings.LOCAL_ONLY:
            with self.console.step("Collecting the static files"):
                call_command("collectstatic", interactive=False, verbosity=0)
        if settings.DEMO and DEMO_COMMAND in get_commands():
            with self.console.step("Looking after the demo's data"):
                call_command(DEMO_COMMAND, size=os.environ.get("SIZE", "").strip() or "city")
        connection.close()

    def workers_answer(self) -> bool:
        return watchdog.answering(commands.QUEUES) == set(commands.QUEUES)

    def serve(self) -> None:
        """Keep everything running until asked to stop. Without the database or the broker of its own it ends."""
        self.watchdog.start()
        while not self.supervisor.asked_to_stop:
            self.supervisor.pump()
            for name, why in self.watchdog.found():
                self.supervisor.restart(name, why)
            for label, server in (("PostgreSQL", self.postgres), ("Valkey", self.valkey)):
                code = server.process.poll() if server is not None and server.process is not None else None
                if server is not None and code is not None:
                    raise LaunchFailed(
                        f"{label} {ending(code)}, so everything ends. Its log {server.log} ends with:\n{server.log_end()}"
                    )

    def stop(self) -> None:
        self.watchdog.stop()
        self.console.line("Ending in order: web, workers, beat, broker, database …")
        self.supervisor.stop(STOP_ORDER)
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.stop()
        self.console.line("Everything has ended.")


def beat_is_on(began: float) -> bool:
    """Beat writes its schedule once it has begun."""
    files = places.beat_schedule().parent.glob("*")
    return any(file.stat().st_mtime >= began - 1 for file in files)
