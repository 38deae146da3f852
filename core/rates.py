"""Fixed-window rate limits in the database: exact under concurrency, and they hold with Redis gone."""

import hashlib

from django.db import connection

from core import clock

COUNT = """
INSERT INTO core_ratecount (digest, window_start, count) VALUES (%s, %s, 1)
ON CONFLICT (digest, window_start) DO UPDATE SET count = core_ratecount.count + 1 RETURNING count
"""


def hit(key: str, *, limit: int, seconds: int) -> bool:
    """Count one attempt; True while at most `limit` fell into this window of `seconds`."""
    window_start = int(clock.now().timestamp()) // seconds * seconds
    # The key may hold a telephone number: only its digest is stored.
    digest = hashlib.sha256(f"{key}:{seconds}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [digest, window_start])
        (count,) = cursor.fetchone()
    return count <= limit
