"""What a long drill does to the processes that carry it: their memory, the answers of the web server, their logs."""

import contextlib
import http.client
import os
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from operations.drill.stages.reporting import Reporting
from operations.installation import Installation

PROC = Path("/proc")
SAMPLE_EVERY_S = 5.0
VISIT_EVERY_S = 1.0
# What anybody may look at, over and over, while the drill runs.
PAGES = ("/zh-hans/", "/en/needs/", "/zh-hans/figures/", "/en/help/", "/readyz", "/api/v1/shifts/")
KB_A_MB = 1024
# Fewer samples than these say nothing of a trend.
LEAST_SAMPLES = 15
# What PostgreSQL calls errors and the product asks for: constraints that refuse, locks that it does not wait for,
# the ends of connections, and a start after a kill.
EXPECTED = re.compile(
    r"violates (unique|exclusion|check) constraint|could not obtain lock|canceling statement due to lock timeout"
    r"|terminating connection|the database system is |conflicting key value"
)
POSTGRES_LEVEL = re.compile(r"\] (ERROR|FATAL|PANIC): ")


@dataclass
class Memory:
    """Samples each process with all that it started, in a thread. MB of memory that is its own or its share of it."""

    roots: Callable[[], Mapping[str, int]]
    samples: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="memory", daemon=True)

    def start(self) -> None:
        if (PROC / "self" / "smaps_rollup").exists():
            self._thread.start()

    def stop(self) -> None:
        self._over.set()

    def look(self) -> None:
        """One sample of each process."""
        children = _children()
        named = dict(self.roots())
        others = set(named.values())
        for name, pid in named.items():
            tree = _tree(pid, children, others - {pid})
            self.samples[name].append(sum(map(_own_kb, tree)) / KB_A_MB)

    def _sample(self) -> None:
        while not self._over.wait(SAMPLE_EVERY_S):
            self.look()


def drift_percent(samples: list[float]) -> float | None:
    """How much more the mean of the last fifth is than that of the second; the first is warming up. None: too few."""
    if len(samples) < LEAST_SAMPLES:
        return None
    fifth = len(samples) // 5
    early, late = fmean(samples[fifth : 2 * fifth]), fmean(samples[-fifth:])
    return 100 * (late - early) / early if early else None


@dataclass
class Visits:
    """Strangers who look at pages all the time, and what they were answered."""

    host: str
    port: int
    statuses: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._visit, name="visits", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(10)

    @property
    def failed(self) -> int:
        return sum(number for status, number in self.statuses.items() if status >= 500)

    def _visit(self) -> None:
        number = 0
        while not self._over.wait(VISIT_EVERY_S):
            self.statuses[self._look(PAGES[number % len(PAGES)])] += 1
            number += 1

    def _look(self, page: str) -> int:
        """The answer's status; 0 where nobody answered."""
        link = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            link.request("GET", page)
            answer = link.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            link.close()


@dataclass
class ServerLog:
    """Errors of PostgreSQL since a moment, beside those that are asked for."""

    path: Path
    _from: int = 0

    def __post_init__(self) -> None:
        self._from = self.path.stat().st_size if self.path.exists() else 0

    def errors(self) -> list[str]:
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self._from)
            lines = file.read().decode(errors="replace").splitlines()
        return [line for line in lines if POSTGRES_LEVEL.search(line) and not EXPECTED.search(line)]


class Soak:
    """All of it together, from `start` to `stop`; afterwards `said` gives figures, and `problems` what is wrong."""

    def __init__(self, installation: Installation, console: Reporting) -> None:
        self.installation = installation
        self.console = console
        self.memory = Memory(lambda: {"drill": os.getpid(), **installation.process_ids()})
        self.visits = Visits(installation.host, installation.port)
        self.log: ServerLog | None = None

    def start(self) -> None:
        if self.installation.postgres is not None:
            self.log = ServerLog(self.installation.postgres.log)
        self.memory.start()
        self.visits.start()

    def stop(self) -> None:
        self.memory.stop()
        self.visits.stop()

    def said(self) -> dict[str, Any]:
        return {
            "memory_mb": {name: round(samples[-1], 1) for name, samples in self.memory.samples.items()},
            "drift_percent": {
                name: None if drift is None else round(drift, 1) for name, drift in self._drifts().items()
            },
            "pages": sum(self.visits.statuses.values()),
            "errors_5xx": self.visits.failed,
            "unanswered": self.visits.statuses[0],
            "errors": dict(self.console.errors),
            "database_errors": len(self.log.errors()) if self.log else 0,
        }

    def tell(self) -> None:
        for name, drift in self._drifts().items():
            shown = "too short to say" if drift is None else f"{drift:+.1f} %"
            self.console.line(f"  {name:<14} {self.memory.samples[name][-1]:>7.1f} MB   drift {shown}")

    def problems(self) -> list[str]:
        found = [f"{name} logged {number} errors" for name, number in self.console.errors.items()]
        if self.visits.failed:
            found.append(f"the web server answered {self.visits.failed} times with an error of its own")
        errors = self.log.errors() if self.log else []
        if errors:
            found.append(f"PostgreSQL logged {len(errors)} errors, the first: {errors[0]}")
        return found

    def _drifts(self) -> dict[str, float | None]:
        return {name: drift_percent(samples) for name, samples in self.memory.samples.items()}


def _children() -> dict[int, list[int]]:
    """The processes that each process started."""
    found: dict[int, list[int]] = defaultdict(list)
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            # A process may end while it is looked at.
            with contextlib.suppress(OSError, IndexError, ValueError):
                found[int((entry / "stat").read_text().rpartition(")")[2].split()[1])].append(int(entry.name))
    return found


def _tree(pid: int, children: Mapping[int, list[int]], apart_from: set[int]) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += [child for child in children.get(one, []) if child not in apart_from]
    return found


def _own_kb(pid: int) -> int:
    """Its proportional set without what is shared on purpose, such as the buffers of a database."""
    kb = {}
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]:
            name, _, value = line.partition(":")
            kb[name] = int(value.split()[0])
    return kb.get("Pss", 0) - kb.get("Pss_Shmem", 0)
