"""What a drill shows in its terminal: its own lines, and of its processes only what went wrong; the rest is kept."""

import re
from collections import Counter
from pathlib import Path
from typing import IO, TextIO

from operations.launcher.console import Console

# As `LOGGING` writes a line, and what Python says of a thread that broke. A process that breaks ends, which is seen.
LEVEL = re.compile(r"^(?:\[[^\]]*\] )?(WARNING|ERROR|CRITICAL) |^(Exception) (?:in thread|ignored) ")
SHOWN_OF_EACH = 20


class Reporting(Console):
    """Writes what each process prints into a file of its name in `folder`, counts errors, and shows the first ones."""

    def __init__(self, folder: Path, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self.folder = folder
        # Where errors are planned: they are counted alone.
        self.is_quiet = False
        self.errors: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self._files: dict[str, IO[str]] = {}

    def of(self, name: str, text: str) -> None:
        if name not in self._files:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._files[name] = (self.folder / f"{name}.log").open("w", buffering=1)
        self._files[name].write(text + "\n")
        found = LEVEL.match(text)
        if found is None:
            return
        if found[1] == "WARNING":
            self.warnings[name] += 1
            return
        self.errors[name] += 1
        if self.errors[name] <= SHOWN_OF_EACH and not self.is_quiet:
            super().of(name, text)

    def close(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()
