"""What people are told who are asked for a seat, or given one because they wanted that."""

from collections.abc import Mapping
from typing import Any

from notifications.notices import Kind, Notice
from tasks.models import Assignment, Offer, Shift
from tasks.notices.shifts import SEAT_SAMPLE, SHIFT_SAMPLE, about_seat, about_shift

# Where people say how often they may be asked, and whether they may be given a seat at once.
SETTINGS_URL = "/me/profile/"
_WHY = {
    "zh": "相距 600 米；1 月 30 日和 2 月 2 日做过这活",
    "en": "600 m away; you did this work on 30 Jan and 2 Feb",
}
KINDS = (
    Kind(
        "shift_offered",
        {
            **SHIFT_SAMPLE,
            "name": "桂芳",
            "is_remote": False,
            "bring": "手机、保暖衣物",
            "why": _WHY,
            "expires_at": "2020-02-06T06:45:00Z",
            "url": "/me/offers/8KQ34MWX7204/",
            "settings_url": SETTINGS_URL,
        },
        needs_consent=True,
    ),
    Kind("assigned_by_plan", {**SEAT_SAMPLE, "why": _WHY, "settings_url": SETTINGS_URL}),
)


def shift_offered(offer: Offer, shift: Shift, why: Mapping[str, str]) -> Notice:
    """Somebody is asked: for what, why they, until when, and how to say yes, no or less often.

    `why` by language. Nothing private: the address and whom to call come with the seat.
    """
    user = offer.volunteer.user
    context: dict[str, Any] = {
        **about_shift(shift),
        "name": user.name,
        "is_remote": shift.task.is_remote,
        "bring": shift.bring,
        "why": dict(why),
        "expires_at": offer.expires_at,
        "url": f"/me/offers/{offer.code}/",
        "settings_url": SETTINGS_URL,
    }
    return Notice(
        kind="shift_offered",
        event=f"offer:{offer.code}",
        recipient=user,
        context=context,
        useful_until=offer.expires_at,
    )


def assigned_by_plan(assignment: Assignment, shift: Shift, why: Mapping[str, str]) -> Notice:
    """Somebody who wanted to be given seats has one; they can step back."""
    user = assignment.volunteer.user
    context = {**about_seat(assignment, shift, user), "why": dict(why), "settings_url": SETTINGS_URL}
    return Notice(
        kind="assigned_by_plan",
        event=f"seat:{assignment.code}:assigned",
        recipient=user,
        context=context,
        useful_until=shift.ends_at,
    )
