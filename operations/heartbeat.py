"""The sign of life that beat and the default worker leave together, in the database's cache."""

from datetime import datetime, timedelta

from django.core.cache import cache

from core import clock

KEY = "beat:last"
# Beat rings every 20 seconds.
STALE = timedelta(seconds=90)


def leave() -> None:
    cache.set(KEY, clock.machine_now().isoformat(), timeout=None)


def last() -> datetime | None:
    """When the last sign was left, None where there never was one."""
    value = cache.get(KEY)
    return datetime.fromisoformat(value) if value else None


def is_alive() -> bool:
    found = last()
    return found is not None and clock.machine_now() - found <= STALE
