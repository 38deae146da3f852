"""What is told of shifts that run short, and of those that somebody keeps an eye on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from notifications.notices import Kind, Notice
from organizations.models import Organization
from tasks.models import Shift, Watch
from tasks.notices.shifts import SHIFT_SAMPLE, about_shift, organization_names

# As many lines as a letter holds.
SHIFTS_NAMED = 5
_LINE = {
    "title": SHIFT_SAMPLE["title"],
    "starts_at": SHIFT_SAMPLE["starts_at"],
    "place": "信河街 126 号",
    "missing": 3,
    "url": "/org/7KQ3MWXA/shifts/8KQ34MWX/fill/",
}
_WATCHED = {
    **SHIFT_SAMPLE,
    "what": "seat-free",
    "reason": "",
    "cancelled": False,
    "missing": 0,
    "url": "/needs/8KQ34MWX/",
    "end_url": "/me/watching/",
}
KINDS = (
    Kind(
        "shifts_short",
        {
            "organization": SHIFT_SAMPLE["organization"],
            "shifts": [_LINE, _LINE],
            "first": _LINE,
            "count": 7,
            "missing": 12,
            "more": 5,
            "url": "/org/7KQ3MWXA/",
        },
    ),
    Kind("watched_shift", _WATCHED),
)


def shifts_short(
    organization: Organization, shifts: Sequence[Any], people: Sequence[User], *, at: datetime
) -> list[Notice]:
    """One message for all shifts of an organization that a run finds short; they have `missing`, soonest first."""
    lines = [_line(shift, organization) for shift in shifts[:SHIFTS_NAMED]]
    context = {
        "organization": organization_names(organization),
        "shifts": lines,
        "first": lines[0],
        "count": len(shifts),
        "missing": sum(shift.missing for shift in shifts),
        "more": len(shifts) - len(lines),
        "url": lines[0]["url"] if len(shifts) == 1 else f"/org/{organization.code}/",
    }
    return [
        Notice(
            kind="shifts_short",
            event=f"short:{organization.code}:{shifts[0].pk}:{at.isoformat()}",
            recipient=person,
            context=context,
            useful_until=max(shift.starts_at for shift in shifts),
        )
        for person in people
    ]


def _line(shift: Any, organization: Organization) -> dict[str, Any]:
    return {
        "title": shift.task.titles,
        "starts_at": shift.starts_at,
        "place": shift.place,
        "missing": shift.missing,
        "url": f"/org/{organization.code}/shifts/{shift.code}/fill/",
    }


def watched_shift(watch: Watch, shift: Shift, what: str, *, missing: int, at: datetime) -> Notice:
    """What has turned at a shift that the person watches."""
    cancelled = shift.status == Shift.Status.CANCELLED
    return Notice(
        kind="watched_shift",
        event=f"watch:{watch.pk}:{what}:{at.isoformat()}",
        recipient=watch.user,
        context={
            **about_shift(shift),
            "what": what,
            "cancelled": cancelled,
            "reason": shift.cancel_reason if cancelled else "",
            "missing": missing,
            "url": f"/needs/{shift.code}/",
            "end_url": "/me/watching/",
        },
        useful_until=shift.ends_at,
    )
