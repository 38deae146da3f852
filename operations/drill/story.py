"""What is to happen when: a queue of happenings, and the loop that goes through them."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

Act = Callable[[datetime], None]


class Stage(Protocol):
    """How the time of a story passes: by the scaled clock beside real workers, or in jumps."""

    def reach(self, moment: datetime) -> datetime | None:
        """Let the clock come to `moment`; return what it shows then. None where somebody asked to stop."""


def _at_once(act: Act, at: datetime) -> None:
    act(at)


@dataclass(order=True)
class _Happening:
    moment: datetime
    order: int
    act: Act = field(compare=False)


@dataclass
class Story:
    """From `begins_at` to `ends_at`, by the clock of the database. `carry_out`: how a stage lets something happen."""

    begins_at: datetime
    ends_at: datetime
    carry_out: Callable[[Act, datetime], None] = _at_once
    _waiting: list[_Happening] = field(default_factory=list)
    _count: int = 0

    def plan(self, moment: datetime, act: Act) -> None:
        """Let `act` happen at `moment`, with what the clock shows then; nothing happens after the end."""
        self._count += 1
        heapq.heappush(self._waiting, _Happening(moment, self._count, act))

    def every(self, span: timedelta, act: Act, *, first: datetime) -> None:
        """Let it happen at `first` and again each `span`, as far as the clock has not gone past the next time."""

        def again(at: datetime) -> None:
            act(at)
            following = first + span * ((at - first) // span + 1)
            self.plan(following, again)

        self.plan(first, again)

    def run(self, stage: Stage) -> bool:
        """Go through what waits until the end; whether it was reached."""
        while self._waiting and self._waiting[0].moment < self.ends_at:
            at = stage.reach(self._waiting[0].moment)
            if at is None:
                return False
            self.carry_out(heapq.heappop(self._waiting).act, at)
        return stage.reach(self.ends_at) is not None
