"""Seats that somebody wants to pass on, for tests. The factory builds rows and checks no rule."""

from datetime import timedelta
from typing import Any

from core import clock
from tasks.models import Assignment, Handover
from tests.factories.tasks import make_assignment


def make_handover(assignment: Assignment | None = None, **fields: Any) -> Handover:
    """An open stand-in for whoever has the link, made now; an agreed or done one needs its `taker`."""
    assignment = assignment or make_assignment()
    at = fields.pop("made_at", None) or clock.now()
    status = fields.get("status", "open")
    values: dict[str, Any] = {
        "kind": "stand-in",
        "made_at": at,
        "made_by": assignment.volunteer.user,
        "expires_at": assignment.shift.starts_at or at + timedelta(days=14),
        "agreed_at": at if status in ("agreed", "done") else None,
        "ended_at": None if status in ("open", "agreed") else at,
        "reason": "A reason." if status == "refused" else "",
        **fields,
    }
    return Handover.objects.create(assignment=assignment, **values)
