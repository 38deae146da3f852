"""How everybody in a drill does something: through an action of the product, with whatever it refuses."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection

from core import clock
from core.errors import DomainError

logger = logging.getLogger(__name__)

T = TypeVar("T")
# While the database is away, it is asked so often and for so long.
PAUSE_S = 0.5
PATIENCE_S = 120.0


class DatabaseGone(Exception):
    """The database did not come back."""


@dataclass
class Hands:
    """What was done, and what was refused by which code. `acknowledged`: rows that an action said it had written."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    keep_acknowledged: bool = False
    acknowledged: list[tuple[str, int]] = field(default_factory=list)

    def do(self, what: str, action: Callable[..., T], **given: Any) -> T | None:
        """Call the action with the clock's moment as `at`; None where it refused.

        Where the database goes away in the middle, whether the action was carried out is not known: it is done again,
        as a person would press again, and a refusal then may well mean that the first time held.
        """
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = action(at=clock.now(), **given)
            except DomainError as refusal:
                self.refused[f"{what}: {refusal.code}"] += 1
                return None
            except (OperationalError, InterfaceError) as error:
                self.repeated += 1
                self.wait_for_database(error, until)
                continue
            self.done[what] += 1
            if self.keep_acknowledged:
                rows = answer if isinstance(answer, list | tuple) else (answer,)
                keys = ((type(row).__name__, getattr(row, "pk", None)) for row in rows)
                self.acknowledged += [(name, key) for name, key in keys if key is not None]
            return answer

    def look(self, read: Callable[[], T]) -> T:
        """Read, again and again where the database is away."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return read()
            except (OperationalError, InterfaceError) as error:
                self.wait_for_database(error, until)

    def wait_for_database(self, error: Exception, until: float) -> None:
        if time.monotonic() > until:
            raise DatabaseGone(str(error)) from error
        logger.warning("the database is away: %s", type(error).__name__)
        connection.close()
        time.sleep(PAUSE_S)
