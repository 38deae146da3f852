"""Watching a shift from its page: for whoever has signed in and has no seat there."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from tasks.models import Shift
from tasks.queries.seats import LIVE_TASKS
from tasks.queries.watching import is_watched


def watch_context(request: HttpRequest, shift: Any, at: datetime) -> dict[str, str]:
    """`watching` is "on" or "off", empty where there is nothing to watch. One query for those who signed in."""
    ends = shift.ends_at or shift.due_at
    over = shift.status != Shift.Status.OPEN or shift.task.status not in LIVE_TASKS or (ends and ends <= at)
    if over or shift.own_seat or not request.user.is_authenticated:
        return {"watching": ""}
    return {"watching": "on" if is_watched(shift, request.user) else "off"}
