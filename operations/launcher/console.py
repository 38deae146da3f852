"""What the launcher says: its own steps with their seconds, and its children's lines with their names before them."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TextIO

COLOURS = (36, 35, 33, 34, 32, 31)
NAME_WIDTH = 13


class Console:
    """Writes whole lines to a stream, in colour where that is a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.colourful = self.stream.isatty()
        self._colour_of: dict[str, int] = {}

    def line(self, text: str = "") -> None:
        # A reader that went away, such as a closed terminal or `| head`, must not stop the orderly end.
        with contextlib.suppress(BrokenPipeError):
            self.stream.write(text + "\n")
            self.stream.flush()

    def of(self, name: str, text: str) -> None:
        """A line that the child `name` printed; empty ones are left out."""
        if text.strip():
            self.line(f"{self._painted(name)} {text}")

    def bold(self, text: str) -> None:
        self.line(f"\033[1m{text}\033[0m" if self.colourful else text)

    @contextlib.contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Say what begins, and how long it took where that was over a second."""
        self.line(f"{text} …")
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        if took >= 1:
            self.line(f"  done in {took:.1f} s")

    def _painted(self, name: str) -> str:
        label = f"{name:<{NAME_WIDTH}}|"
        if not self.colourful:
            return label
        colour = self._colour_of.setdefault(name, COLOURS[len(self._colour_of) % len(COLOURS)])
        return f"\033[{colour}m{label}\033[0m"
