"""What people are told when a seat is passed on: whoever is asked, both who change, and those who run the shift."""

from typing import Any

from accounts.models import User
from notifications.notices import Kind, Notice
from tasks.models import Assignment, Handover, Shift
from tasks.notices.shifts import SEAT_SAMPLE, SHIFT_SAMPLE, about_seat, about_shift
from volunteers.models import Volunteer

_HANDOVER = {
    **SHIFT_SAMPLE,
    "name": "桂芳",
    "by": "林跃",
    "is_swap": False,
    "seats": 1,
    "words": "家里老人住院了。",
    "expires_at": "2020-02-06T10:00:00Z",
    "url": "/me/handovers/8KQ34MWX7204/",
}
_LEADERS = {**_HANDOVER, "number": "40231123", "url": "/org/7KQ3MWXA/handovers/"}
_FILL = "/org/7KQ3MWXA/shifts/8KQ34MWX/fill/?order=cover"
_GAVE = {
    "gave": {"zh": "物资分装", "en": "Sorting supplies"},
    "gave_starts_at": "2020-02-07T01:00:00Z",
    "gave_ends_at": "2020-02-07T04:00:00Z",
}
KINDS = (
    Kind("handover_asked", _HANDOVER, needs_consent=True),
    Kind("handover_agreed", _HANDOVER),
    Kind("handover_passed", {**_HANDOVER, "url": "/me/history/"}),
    Kind("handover_taken", {**SEAT_SAMPLE, "by": "林跃", **_GAVE}),
    Kind(
        "handover_over", {**_HANDOVER, "what": "refused", "is_holder": True, "reason": "这一班要有证的人。"}
    ),
    Kind("handover_waiting", _LEADERS),
    Kind("handover_told", {**_LEADERS, "to": "桂芳", "to_number": "40231777"}),
    Kind(
        "handover_sought",
        {**_LEADERS, "is_short": True, "url": _FILL},
    ),
    Kind(
        "stepped_back",
        {
            **SHIFT_SAMPLE,
            "name": "林跃",
            "by": "桂芳",
            "number": "40231123",
            "missing": 2,
            "reason": "发烧了。",
            "url": _FILL,
        },
    ),
)


def fill_url(shift: Shift) -> str:
    """The page on which an organizer finds people for a shift, those first who can come soon."""
    return f"/org/{shift.organization.code}/shifts/{shift.code}/fill/?order=cover"


def _about(handover: Handover, user: User, by: Volunteer) -> dict[str, Any]:
    return {
        **about_shift(handover.assignment.shift),
        "name": user.name,
        "by": by.user.name,
        "is_swap": handover.kind == Handover.Kind.SWAP,
        "seats": handover.assignment.seats,
        "words": handover.words,
        "expires_at": handover.expires_at,
        "url": f"/me/handovers/{handover.code}/",
    }


def _notice(
    handover: Handover, kind: str, event: str, user: User, context: dict[str, Any], **more: Any
) -> Notice:
    return Notice(
        kind=kind,
        event=f"handover:{handover.code}:{event}",
        recipient=user,
        context=context,
        useful_until=handover.expires_at,
        **more,
    )


def asked(handover: Handover, user: User, *, outside: bool = True) -> Notice:
    """Somebody asks this person. Nothing private of the shift: that comes with the seat."""
    context = _about(handover, user, handover.assignment.volunteer)
    return _notice(handover, "handover_asked", "asked", user, context, outside=outside)


def agreed(handover: Handover, user: User) -> Notice:
    """The holder: somebody would come, an organizer decides."""
    assert handover.taker is not None, "whoever agreed is known"
    event = f"agreed:{handover.taker.number}"
    return _notice(handover, "handover_agreed", event, user, _about(handover, user, handover.taker))


def passed(old: Assignment, user: User, taker: Volunteer) -> Notice:
    """The holder: somebody comes instead."""
    context = {
        **about_shift(old.shift),
        "name": user.name,
        "by": taker.user.name,
        "is_swap": False,
        "seats": old.seats,
        "words": "",
        "expires_at": old.shift.starts_at,
        "url": "/me/history/",
    }
    return Notice(
        kind="handover_passed",
        event=f"seat:{old.code}:handed-on",
        recipient=user,
        context=context,
        useful_until=old.shift.ends_at,
    )


def taken(new: Assignment, user: User, giver: Volunteer, *, gave: Assignment | None) -> Notice:
    """Whoever has the seat now, with all that they must know; `gave` is the seat that they gave for it."""
    context = {
        **about_seat(new, new.shift, user),
        "by": giver.user.name,
        "gave": gave.shift.task.titles if gave else None,
        "gave_starts_at": gave.shift.starts_at if gave else None,
        "gave_ends_at": gave.shift.ends_at if gave else None,
    }
    return Notice(
        kind="handover_taken",
        event=f"seat:{new.code}:taken",
        recipient=user,
        context=context,
        useful_until=new.shift.ends_at,
    )


def over(
    handover: Handover, user: User, what: str, *, other: Volunteer | None = None, at: Any = None
) -> Notice:
    """It came to nothing: `what` is refused, declined, expired, withdrawn, gone or moved.

    `at` tells one no from another, where several may come. Where the shift was moved it is still to be had.
    """
    holder = handover.assignment.volunteer
    is_holder = user.pk == holder.user_id
    other = other or (handover.taker if is_holder else holder)
    context = {
        **_about(handover, user, other or holder),
        "what": what,
        "is_holder": is_holder,
        "reason": handover.reason,
        "url": f"/me/seats/{handover.assignment.code}/" if is_holder else "/me/find/",
    }
    if what == "moved":
        context["url"] = f"/me/handovers/{handover.code}/"
    event = what if at is None else f"{what}:{at:%Y%m%d%H%M%S%f}"
    # What nobody waits for any more is a line in the inbox: the shift has begun, or the person knows.
    outside = what != "expired" or not is_holder
    return Notice(
        kind="handover_over",
        event=f"handover:{handover.code}:{event}",
        recipient=user,
        context=context,
        outside=outside,
        useful_until=handover.assignment.shift.ends_at,
    )


def _for_leaders(handover: Handover, user: User) -> dict[str, Any]:
    holder = handover.assignment.volunteer
    code = handover.assignment.shift.organization.code
    return {
        **_about(handover, user, holder),
        "number": holder.number,
        "url": f"/org/{code}/handovers/",
    }


def waiting(handover: Handover, user: User) -> Notice:
    """Those who run the shift: two have agreed, they decide."""
    assert handover.taker is not None, "whoever agreed is known"
    event = f"waiting:{handover.taker.number}"
    return _notice(handover, "handover_waiting", event, user, _for_leaders(handover, user))


def told(passed: Any, user: User, *, is_swap: bool) -> Notice:
    """Those who run the shift: who comes now. A line in the inbox; the seat was never empty."""
    shift = passed.new.shift
    context = {
        **about_shift(shift),
        "name": user.name,
        "by": passed.giver.user.name,
        "number": passed.giver.number,
        "to": passed.taker.user.name,
        "to_number": passed.taker.number,
        "is_swap": is_swap,
        "seats": passed.new.seats,
        "words": "",
        "expires_at": shift.starts_at,
        "url": f"/org/{shift.organization.code}/?shift={shift.code}",
    }
    return Notice(
        kind="handover_told",
        event=f"seat:{passed.new.code}:told",
        recipient=user,
        context=context,
        outside=False,
        useful_until=shift.ends_at,
    )


def sought(handover: Handover, user: User, *, is_short: bool) -> Notice:
    """Those who run the shift: somebody cannot come, it is late, and they look for a stand-in themselves."""
    context = _for_leaders(handover, user) | {
        "is_short": is_short,
        "url": fill_url(handover.assignment.shift),
    }
    return _notice(handover, "handover_sought", "sought", user, context)


def stepped_back(assignment: Assignment, user: User, *, missing: int) -> Notice:
    """Those who run the shift: somebody gave the seat back so late that too few are left."""
    shift, volunteer = assignment.shift, assignment.volunteer
    context = {
        **about_shift(shift),
        "name": user.name,
        "by": volunteer.user.name,
        "number": volunteer.number,
        "missing": missing,
        "reason": assignment.end_reason,
        "url": fill_url(shift),
    }
    return Notice(
        kind="stepped_back",
        event=f"seat:{assignment.code}:gap",
        recipient=user,
        context=context,
        useful_until=shift.starts_at,
    )
