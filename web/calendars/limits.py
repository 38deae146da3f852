"""How often one network address reads: counted in this process alone and for a minute, so that nothing is written."""

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


def forget_all() -> None:
    """Begin anew."""
    with _lock:
        _counts.clear()
