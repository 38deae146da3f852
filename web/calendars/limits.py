"""How often one network address reads or guesses: counted in this process alone and for a minute; nothing is written."""

import threading
import time
from collections import OrderedDict

# A whole office may sit behind one address, each phone asking once an hour.
MOST_A_MINUTE = 120
MINUTE_S = 60.0
REMEMBERED = 10_000

_lock = threading.Lock()
_counts: OrderedDict[str, tuple[float, int]] = OrderedDict()


def within_limit(address: str) -> bool:
    """Count one reading; False above the limit. Forgets the longest known address when there are too many."""
    now = time.monotonic()
    with _lock:
        since, count = _counts.pop(address, (now, 0))
        if now - since >= MINUTE_S:
            since, count = now, 0
        _counts[address] = since, count + 1
        while len(_counts) > REMEMBERED:
            _counts.popitem(last=False)
        return count < MOST_A_MINUTE


def is_used_up(address: str) -> bool:
    """Whether the next one is above the limit; counts nothing."""
    with _lock:
        since, count = _counts.get(address, (0.0, 0))
    return count >= MOST_A_MINUTE and time.monotonic() - since < MINUTE_S


def forget_all() -> None:
    """Begin anew."""
    with _lock:
        _counts.clear()
