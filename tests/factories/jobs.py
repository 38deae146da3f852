"""Runs of jobs for tests."""

from datetime import timedelta
from typing import Any

from core import clock
from core.models import JobRun


def make_run(**fields: Any) -> JobRun:
    """A run of the sweep of messages that began a minute ago and is done; `state="running"` has no end."""
    started_at = fields.pop("started_at", None) or clock.now() - timedelta(minutes=1)
    running = fields.get("state") == JobRun.State.RUNNING
    values = {
        "name": "notifications.sweep",
        "queue": "notifications",
        "worker": "notifications@here",
        "state": JobRun.State.DONE,
        "started_at": started_at,
        "ended_at": None if running else started_at + timedelta(seconds=2),
        **fields,
    }
    return JobRun.objects.create(**values)
