"""What is said where an organizer looks at each sign-up first: that somebody asks, and what the answer is."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from accounts.models import User
from notifications.notices import Kind, Notice
from tasks.models import Assignment, Shift, Waiting
from tasks.notices.shifts import SEAT_SAMPLE, SHIFT_SAMPLE, about_seat, about_shift

_SAMPLE = {**SHIFT_SAMPLE, "name": "桂芳", "seats": 1}
KINDS = (
    Kind(
        "approval_wanted",
        {**_SAMPLE, "words": "我在药房工作过三年。", "url": "/org/7KQ3MWXA/requests/"},
    ),
    Kind("approval_given", SEAT_SAMPLE),
    Kind("approval_for_line", {**_SAMPLE, "url": "/me/waiting/8KQ34MWX7204/"}),
    Kind("approval_refused", {**_SAMPLE, "reason": "这一班要有护士证的人。"}),
    Kind("approval_closed", {**_SAMPLE, "reason": ""}),
)


def approval_wanted(waiting: Waiting, people: Iterable[User], *, at: datetime) -> Iterator[Notice]:
    """Once a shift and day, however many ask: the page of requests shows the others."""
    shift = waiting.shift
    code = shift.organization.code
    context = {**_of(waiting), "words": waiting.words, "url": f"/org/{code}/requests/"}
    event = f"approvals:{shift.code}:{localtime(at):%Y%m%d}"
    for person in people:
        yield Notice("approval_wanted", event, person, context=context, useful_until=shift.starts_at)


def approval_given(assignment: Assignment, shift: Shift, user: User) -> Notice:
    """The organizer agreed: the seat is theirs, with everything that a seat comes with."""
    return Notice(
        "approval_given",
        f"seat:{assignment.code}:taken",
        user,
        context=about_seat(assignment, shift, user),
        useful_until=shift.ends_at,
    )


def approval_for_line(waiting: Waiting) -> Notice:
    """The organizer agreed, but every seat is taken: they wait in line."""
    context = {**_of(waiting), "url": f"/me/waiting/{waiting.code}/"}
    return _answer("approval_for_line", waiting, context)


def approval_refused(waiting: Waiting, reason: str) -> Notice:
    return _answer("approval_refused", waiting, {**_of(waiting), "reason": reason})


def approval_closed(waiting: Waiting, reason: str | dict[str, str]) -> Notice:
    """Nobody answered before the shift began, or it was cancelled for a reason: a line in the inbox is enough."""
    return Notice(
        "approval_closed",
        f"approval:{waiting.code}:closed",
        waiting.volunteer.user,
        context={**_of(waiting), "reason": reason},
        useful_until=waiting.shift.ends_at,
        outside=False,
    )


def _of(waiting: Waiting) -> dict[str, Any]:
    return {
        **about_shift(waiting.shift),
        "name": waiting.volunteer.user.name,
        "seats": waiting.seats,
    }


def _answer(kind: str, waiting: Waiting, context: dict[str, Any]) -> Notice:
    return Notice(
        kind,
        f"approval:{waiting.code}:{kind}",
        waiting.volunteer.user,
        context=context,
        useful_until=waiting.shift.ends_at,
    )
