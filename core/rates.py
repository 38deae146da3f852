"""Fixed-window rate limits in the database: exact under concurrency, and they hold with Redis gone."""

import hashlib
from collections.abc import Mapping

from django.db import connection

from core import clock

COUNT = """
INSERT INTO core_ratecount (digest, window_start, count) VALUES (%s, %s, %s)
ON CONFLICT (digest, window_start) DO UPDATE SET count = core_ratecount.count + EXCLUDED.count RETURNING count
"""

COUNT_EACH = """
INSERT INTO core_ratecount (digest, window_start, count) SELECT unnest(%s), %s, 1
ON CONFLICT (digest, window_start) DO UPDATE SET count = core_ratecount.count + 1 RETURNING digest, count
"""


def hit(key: str, *, limit: int, seconds: int, count: int = 1, by_machine: bool = False) -> bool:
    """Count one attempt, or several at once; True while at most `limit` fell into this window of `seconds`.

    `by_machine`: seconds of a machine, for what somebody at a keyboard or a program tries (`core.clock`).
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [_digest(key, seconds), _window(seconds, by_machine), count])
        (total,) = cursor.fetchone()
    return int(total) <= limit


def hit_each(keys: Mapping[str, str], *, limit: int, seconds: int) -> set[str]:
    """Count one attempt for each of several, by name and key, in one statement; the names that stay within `limit`."""
    digests = {_digest(key, seconds): name for name, key in keys.items()}
    with connection.cursor() as cursor:
        # In one order, so that two at once wait for each other and never both.
        cursor.execute(COUNT_EACH, [sorted(digests), _window(seconds, by_machine=False)])
        return {digests[digest] for digest, count in cursor.fetchall() if count <= limit}


def _window(seconds: int, by_machine: bool) -> int:
    at = clock.machine_now() if by_machine else clock.now()
    return int(at.timestamp()) // seconds * seconds


def _digest(key: str, seconds: int) -> str:
    """The key may hold a telephone number: only its digest is stored."""
    return hashlib.sha256(f"{key}:{seconds}".encode()).hexdigest()
