"""One installation on one machine: embedded servers where none are given, web, workers, beat, the demo's provider."""

import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.core.management import get_commands

from operations.launcher import commands, places, probe, watchdog
from operations.launcher.console import Console
from operations.launcher.locks import LaunchFailed
from operations.launcher.postgres import Postgres
from operations.launcher.processes import LOOK_S, Child, Supervisor, ending
from operations.launcher.valkey import Valkey

START_S = 120.0
# The provider that takes the demo's e-mails and text messages and shows them.
PROVIDER_COMMAND = "local_provider"
STOP_ORDER = (["web"], [*commands.QUEUES, "provider"], ["beat"])


@dataclass
class Installation:
    """Its parts are started one after the other, kept running by `keep`, and ended in order by `stop`.

    `env`: what its processes find in their environment beside the addresses of the servers. `queues`: those that have
    a worker here.
    """

    host: str
    port: int
    console: Console
    env: Mapping[str, str] = field(default_factory=dict)
    queues: Sequence[str] = commands.QUEUES

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.console)
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self.watchdog = watchdog.Watchdog(self.queues)
        # While somebody else starts a server again that has ended.
        self.is_mended_elsewhere = False

    @property
    def address(self) -> str:
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  only compared
        return f"http://{shown}:{self.port}"

    @property
    def servers(self) -> Sequence[tuple[str, Postgres | Valkey]]:
        """Those of its own."""
        both = (("PostgreSQL", self.postgres), ("Valkey", self.valkey))
        return [(label, server) for label, server in both if server is not None]

    def claim_port(self) -> None:
        if not port_is_free(self.host, self.port):
            raise LaunchFailed(
                f"{self.host}:{self.port} cannot be used. Choose another port: `PORT={self.port + 1} make demo`."
            )

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
            for _, server in self.servers:
                server.wait()

    def start_web(self) -> None:
        with self.console.step("Starting the web server"):
            self._start("web", commands.web(self.host, self.port))
            self.supervisor.pump_until(
                lambda: probe.status(self.port, host=self.host) == 200,
                seconds=START_S,
                what="/healthz answered",
            )

    def start_provider(self) -> None:
        if settings.DEMO and PROVIDER_COMMAND in get_commands():
            self._start("provider", commands.manage(PROVIDER_COMMAND))

    def start_workers(self) -> None:
        """Workers, provider and beat, until all of them answer."""
        with self.console.step("Starting the workers and beat"):
            for queue in self.queues:
                self._start(queue, commands.worker(queue))
            self.start_provider()
            beat_began = time.time()
            self._start("beat", commands.beat())
            self.supervisor.pump_until(
                lambda: watchdog.answering(self.queues) == set(self.queues),
                seconds=START_S,
                what="every worker answered a ping",
            )
            self.supervisor.pump_until(
                lambda: beat_is_on(beat_began), seconds=START_S, what="beat keeps its schedule"
            )

    def keep(self, seconds: float = LOOK_S) -> None:
        """Look after everything for about `seconds`. Without the database or the broker of its own it fails."""
        self.supervisor.pump(seconds)
        for name, why in self.watchdog.found():
            self.supervisor.restart(name, why)
        for label, server in () if self.is_mended_elsewhere else self.servers:
            code = server.process.poll() if server.process is not None else None
            if code is not None:
                raise LaunchFailed(
                    f"{label} {ending(code)}, so everything ends. Its log {server.log} ends with:\n{server.log_end()}"
                )

    def end(self, name: str) -> None:
        """End one process for good."""
        self.supervisor.end(name)

    def process_ids(self) -> dict[str, int]:
        """Of whatever runs now, by name."""
        found = {name: child.process for name, child in list(self.supervisor.children.items())}
        found |= {label: server.process for label, server in self.servers}
        return {name: process.pid for name, process in found.items() if process is not None}

    def stop(self) -> None:
        self.watchdog.stop()
        self.console.line("Ending in order: web, workers, beat, broker, database …")
        self.supervisor.stop(STOP_ORDER)
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.stop()
        self.console.line("Everything has ended.")

    def _start(self, name: str, argv: Sequence[str]) -> None:
        env = {
            "DATABASE_URL": settings.DATABASE_URL,
            "REDIS_URL": settings.CELERY_BROKER_URL,
            "PORT": str(self.port),
            **self.env,
        }
        self.supervisor.start(Child(name, argv, env))


def port_is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError:
            return False
    return True


def beat_is_on(began: float) -> bool:
    """Beat writes its schedule once it has begun."""
    files = places.beat_schedule().parent.glob("*")
    return any(file.stat().st_mtime >= began - 1 for file in files)
