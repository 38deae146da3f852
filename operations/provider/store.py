"""What the provider has taken, one JSON object a line."""

import json
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# So many of the newest are shown, and known when they come again; the file holds all of them.
KEPT = 5_000


@dataclass(frozen=True)
class Taken:
    """A message as its recipient would see it. `key` is how a repetition is known."""

    key: str
    channel: str
    to: str
    subject: str
    text: str
    at: str


class Store:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = path
        self._taken: deque[Taken] = deque()
        self._keys: set[tuple[str, str]] = set()
        kept = path.read_text() if path.exists() else ""
        for line in kept.split("\n"):
            self._remember(line)
        # What is in it are sign-in codes: for this user's eyes alone.
        self._path.touch(mode=0o600)
        self._file = self._path.open("a")
        if kept and not kept.endswith("\n"):
            self._file.write("\n")

    def _remember(self, line: str) -> None:
        try:
            taken = Taken(**json.loads(line))
        except (ValueError, TypeError):
            # The half line of a provider that was killed.
            return
        self._keep(taken)

    def _keep(self, taken: Taken) -> None:
        self._taken.append(taken)
        self._keys.add((taken.channel, taken.key))
        if len(self._taken) > KEPT:
            oldest = self._taken.popleft()
            self._keys.discard((oldest.channel, oldest.key))

    def take(self, taken: Taken) -> bool:
        """Keep a message; False where its key is known."""
        if (taken.channel, taken.key) in self._keys:
            return False
        self._file.write(json.dumps(asdict(taken), ensure_ascii=False) + "\n")
        self._file.flush()
        self._keep(taken)
        return True

    def page(self, *, number: int, size: int, to: str = "") -> dict[str, Any]:
        """One page of the messages whose address contains `to`, newest first."""
        found = [taken for taken in reversed(self._taken) if to.casefold() in taken.to.casefold()]
        start = (number - 1) * size
        return {"count": len(found), "messages": [asdict(taken) for taken in found[start : start + size]]}

    def close(self) -> None:
        self._file.close()
