"""Finds workers that live but no longer work: after a broker's restart some never take a message again."""

import contextlib
import queue
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from time import monotonic

from celery import current_app

from operations.launcher.commands import worker_name

LOOK_S = 5.0
SILENT_S = 60.0
# The matching worker plans inside its own loop and answers nobody meanwhile.
SILENT_FOR_S: Mapping[str, float] = {"matching": 900.0}


@dataclass(frozen=True)
class Sight:
    """What was seen of one queue: did its worker answer, does it hold a job, how many messages wait."""

    answered: bool
    busy: bool
    waiting: int


@dataclass
class Verdicts:
    """Remembers since when each worker has been silent or idle before waiting messages. Pure: times come in."""

    silent_since: dict[str, float] = field(default_factory=dict)
    idle_since: dict[str, float] = field(default_factory=dict)

    def note(self, sights: Mapping[str, Sight], at: float) -> list[tuple[str, str]]:
        """(queue, why) of each worker to be started again."""
        found: list[tuple[str, str]] = []
        for name, sight in sights.items():
            for since, holds, why in (
                (self.silent_since, not sight.answered, "has not answered for {:.0f} s"),
                (
                    self.idle_since,
                    sight.answered and not sight.busy and sight.waiting > 0,
                    "takes no message for {:.0f} s",
                ),
            ):
                if not holds:
                    since.pop(name, None)
                    continue
                lasted = at - since.setdefault(name, at)
                if lasted >= SILENT_FOR_S.get(name, SILENT_S):
                    found.append((name, why.format(lasted)))
                    self.forget(name)
        return found

    def forget(self, *names: str) -> None:
        """Begin anew: for one worker that was started again, or for all when the broker itself was away."""
        for since in (self.silent_since, self.idle_since):
            for name in names or tuple(since):
                since.pop(name, None)


def look(queues: Collection[str], *, seconds: float = 2.0) -> dict[str, Sight]:
    """See every queue's worker once, waiting `seconds` for the slowest. Raises what the broker's client raises where the broker is away."""
    names = {worker_name(name): name for name in queues}
    with current_app.connection_for_read() as connection:
        connection.ensure_connection(max_retries=1, timeout=2)
        replies = current_app.control.broadcast(
            "active",
            destination=list(names),
            reply=True,
            timeout=seconds,
            limit=len(names),
            connection=connection,
        )
        active = {worker: jobs for reply in replies or [] for worker, jobs in reply.items()}
        channel = connection.default_channel
        return {
            name: Sight(
                answered=worker in active,
                busy=bool(active.get(worker)),
                # Asking a queue that no worker has declared yet would make it, with other properties.
                waiting=channel.client.llen(name),  # type: ignore[attr-defined]
            )
            for worker, name in names.items()
        }


def answering(queues: Collection[str], *, seconds: float = 0.3) -> set[str]:
    """The queues whose worker answers now; none where the broker does not."""
    # Whatever the broker's client raises means the same here: nobody answers yet.
    with contextlib.suppress(Exception):
        return {name for name, sight in look(queues, seconds=seconds).items() if sight.answered}
    return set()


def present(*, seconds: float = 2.0) -> set[str]:
    """The queues that a worker of any host serves, as their names tell. Raises what the broker's client raises."""
    replies = current_app.control.broadcast("ping", reply=True, timeout=seconds)
    return {worker.split("@")[0] for reply in replies or [] for worker in reply}


class Watchdog:
    """Looks every few seconds in a thread of its own; `found` yields what the main thread should restart."""

    def __init__(
        self, queues: Collection[str], *, look: Callable[[Collection[str]], dict[str, Sight]] = look
    ) -> None:
        self.queues = tuple(queues)
        self._look = look
        self._verdicts = Verdicts()
        self._found: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()

    def found(self) -> list[tuple[str, str]]:
        items: list[tuple[str, str]] = []
        while not self._found.empty():
            items.append(self._found.get())
        return items

    def _watch(self) -> None:
        while not self._over.wait(LOOK_S):
            try:
                sights = self._look(self.queues)
            except Exception:  # noqa: BLE001  the broker is away, in whichever way: no worker is to blame
                self._verdicts.forget()
                continue
            for item in self._verdicts.note(sights, monotonic()):
                self._found.put(item)
