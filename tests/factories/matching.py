"""Runs of the matching for tests."""

from datetime import timedelta
from typing import Any

from areas.models import Area
from core import clock
from core.models import new_long_code
from matching.models import MatchRun


def make_match_run(scope: Area, **fields: Any) -> MatchRun:
    """A plan that was made a minute ago, with its figures; of another state it has none, and what that state needs."""
    at = fields.pop("requested_at", None) or clock.now() - timedelta(minutes=1)
    status = fields.get("status", MatchRun.Status.DONE)
    values: dict[str, Any] = {
        "demand_version": f"0.{new_long_code()}.{new_long_code()}",
        "plans_from": at.replace(minute=0, second=0, microsecond=0),
        "requested_at": at,
        "status": status,
    }
    if status != MatchRun.Status.QUEUED:
        values |= {"started_at": at, "attempt_count": 1}
    if status == MatchRun.Status.RUNNING:
        values |= {
            "leased_until": at + timedelta(minutes=10),
            "progress": {"step": "solving", "done": 1, "all": 4},
        }
    elif status != MatchRun.Status.QUEUED:
        values["finished_at"] = at + timedelta(seconds=4)
    if status == MatchRun.Status.FAILED:
        values["failure_reason"] = "the engine refused the problem: shift_max[0] is negative."
    if status == MatchRun.Status.DONE:
        values |= {
            "offered_at": at + timedelta(seconds=6),
            "weights": {"version": 2},
            "engine_version": "1",
            "volunteer_count": 1200,
            "role_count": 40,
            "seat_count": 310,
            "proposal_count": 288,
            "offer_count": 61,
            "objective": 599_100,
            "upper_bound": 599_120.0,
            "gap_percent": 0.0033,
            "unfilled": {"few-qualify": 15, "worth-more-elsewhere": 7},
            "moved_count": 3,
            "seconds": {"snapshot": 0.8, "solve": 1.9, "store": 0.4, "offer": 2.1},
            "plan_digest": "ab" * 32,
        }
    return MatchRun.objects.create(scope=scope, **{**values, **fields})
