"""Says what a load is doing: a bar on a terminal, a line a step elsewhere."""

import contextlib
import time
from collections.abc import Callable, Iterator

from django.core.management.base import OutputWrapper

WIDTH = 24
EVERY_S = 0.2


class Progress:
    """Steps with their seconds. Where a step knows how much it has to do, the bar says how far it is."""

    def __init__(self, stream: OutputWrapper) -> None:
        self.stream = stream
        self.shows_bar = stream.isatty()
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def step(self, name: str, total: int = 0) -> Iterator[Callable[[int], None]]:
        """One step; call what comes out of it with what was done since the last call."""
        began = shown = time.monotonic()
        done = 0

        def tick(more: int) -> None:
            nonlocal done, shown
            done += more
            if self.shows_bar and total and time.monotonic() - shown >= EVERY_S:
                shown = time.monotonic()
                self._write(f"\r  {bar(done / total)} {name}\033[K")

        self._write(f"\r  {bar(0)} {name}\033[K" if self.shows_bar else f"  … {name}")
        yield tick
        took = self.seconds[name] = time.monotonic() - began
        self._write(f"\r  {bar(1)} {name}, {took:.1f} s\033[K\n" if self.shows_bar else f", {took:.1f} s\n")

    def _write(self, text: str) -> None:
        self.stream.write(text, ending="")
        self.stream.flush()


def bar(share: float) -> str:
    """`share` of a bar, 0 to 1."""
    filled = round(WIDTH * min(max(share, 0.0), 1.0))
    return f"[{'#' * filled}{'.' * (WIDTH - filled)}] {min(share, 1.0):4.0%}"
