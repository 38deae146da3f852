"""What people on the waiting list are told: that a seat is held, that it went on, and why a place ended."""

from datetime import datetime
from typing import Any

from notifications.notices import Kind, Notice
from tasks.models import Waiting
from tasks.notices.shifts import SHIFT_SAMPLE, about_shift

_SAMPLE = {
    **SHIFT_SAMPLE,
    "name": "桂芳",
    "is_remote": False,
    "seats": 1,
    "url": "/me/waiting/8KQ34MWX7204/",
}
_REASON = "消防只让 8 个人进场。"
KINDS = (
    Kind(
        "seat_held",
        {
            **_SAMPLE,
            "bring": "手机、保暖衣物",
            "code": "8KQ34MWX7204",
            "expires_at": "2020-02-06T06:45:00Z",
        },
    ),
    Kind("seat_went_on", {**_SAMPLE, "expired_at": "2020-02-06T06:45:00Z"}),
    Kind("party_passed_over", {**_SAMPLE, "seats": 4, "free": 2}),
    Kind(
        "seat_to_line",
        {**_SAMPLE, "was_held": False, "reason": _REASON, "rebook_url": "/me/rebook/8KQ34MWX7204/"},
    ),
    Kind("line_removed", {**_SAMPLE, "reason": _REASON}),
    Kind("line_closed", {**_SAMPLE, "reason": _REASON}),
)


def seat_held(waiting: Waiting, *, at: datetime, expires_at: datetime) -> Notice:
    """A seat is held: until when, and how to take it. `at` tells this time from an earlier one."""
    context = {
        **_of(waiting),
        "bring": waiting.shift.bring,
        "code": waiting.code,
        "expires_at": expires_at,
    }
    event = f"waiting:{waiting.code}:held:{at:%Y%m%d%H%M%S%f}"
    return Notice("seat_held", event, waiting.volunteer.user, context=context, useful_until=expires_at)


def seat_went_on(waiting: Waiting) -> Notice:
    """Nobody answered in time."""
    context = {**_of(waiting), "expired_at": waiting.expires_at}
    return _notice("seat_went_on", waiting, "went-on", context)


def party_passed_over(waiting: Waiting, *, free: int) -> Notice:
    """Seats came free, but too few for all of them: told once, since a smaller party would have had them."""
    return _notice("party_passed_over", waiting, "passed-over", {**_of(waiting), "free": free})


def seat_to_line(waiting: Waiting, reason: str, *, at: datetime, was_held: bool) -> Notice:
    """Somebody lost the seat, or the one that was held, because the shift has fewer now: they are first in line."""
    context = {**_of(waiting), "was_held": was_held, "reason": reason}
    context["rebook_url"] = f"/me/rebook/{waiting.code}/"
    return _notice("seat_to_line", waiting, f"to-line:{at:%Y%m%d%H%M%S%f}", context)


def line_removed(waiting: Waiting, reason: str) -> Notice:
    """An organizer took them off the list."""
    return _notice("line_removed", waiting, "removed", {**_of(waiting), "reason": reason})


def line_closed(waiting: Waiting, reason: str | dict[str, str]) -> Notice:
    """Nobody gets a seat any more."""
    user = waiting.volunteer.user
    context = {**_of(waiting), "reason": reason}
    # Whoever waits has promised nothing: a line in the inbox is enough.
    return Notice(
        "line_closed",
        f"waiting:{waiting.code}:closed",
        user,
        context=context,
        useful_until=waiting.shift.ends_at,
        outside=False,
    )


def _of(waiting: Waiting) -> dict[str, Any]:
    shift = waiting.shift
    return {
        **about_shift(shift),
        "name": waiting.volunteer.user.name,
        "is_remote": shift.task.is_remote,
        "seats": waiting.seats,
        "url": f"/me/waiting/{waiting.code}/",
    }


def _notice(kind: str, waiting: Waiting, what: str, context: dict[str, Any]) -> Notice:
    return Notice(
        kind,
        f"waiting:{waiting.code}:{what}",
        waiting.volunteer.user,
        context=context,
        useful_until=waiting.shift.ends_at,
    )
