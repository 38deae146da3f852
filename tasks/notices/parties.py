"""What is said in a party: that a place is kept, taken, or given back."""

from typing import Any

from accounts.models import User
from notifications.notices import Kind, Notice
from tasks.models import Assignment
from tasks.notices.shifts import SHIFT_SAMPLE, about_shift

_SAMPLE = {**SHIFT_SAMPLE, "name": "桂芳", "other": "林跃", "left": 2}
KINDS = (
    Kind("party_joined", {**_SAMPLE, "url": "/me/seats/8KQ34MWX7204/"}),
    Kind("party_left", {**_SAMPLE, "url": "/me/seats/8KQ34MWX7204/"}),
    Kind(
        "team_place",
        {**_SAMPLE, "team": "五马街夜班队", "join_code": "8KQ34MWX", "url": "/party/8KQ34MWX/"},
    ),
)


def party_joined(party: Assignment, user: User) -> Notice:
    """To the holder: somebody took their place; a line in the inbox is enough."""
    context = {**_of(party), "other": user.name, "left": party.seats - 2}
    return Notice(
        "party_joined",
        f"party:{party.code}:joined:{user.pk}",
        party.volunteer.user,
        context=context,
        useful_until=party.shift.ends_at,
        outside=False,
    )


def party_left(party: Assignment, place: Assignment) -> Notice:
    """To the holder: somebody gave their place back to the party."""
    context = {**_of(party), "other": place.volunteer.user.name, "left": party.seats - 1}
    return Notice(
        "party_left",
        f"seat:{place.code}:back-to-party",
        party.volunteer.user,
        context=context,
        useful_until=party.shift.ends_at,
    )


def team_place(party: Assignment, user: User, *, team: str) -> Notice:
    """To a member of a team: a place is kept, and the link to it."""
    context = {
        **_of(party),
        "name": user.name,
        "other": party.volunteer.user.name,
        "left": party.seats - 1,
        "team": team,
        "join_code": party.join_code,
        "url": f"/party/{party.join_code}/",
    }
    return Notice(
        "team_place",
        f"party:{party.code}:place:{user.pk}",
        user,
        context=context,
        useful_until=party.shift.starts_at,
    )


def _of(party: Assignment) -> dict[str, Any]:
    return {
        **about_shift(party.shift),
        "name": party.volunteer.user.name,
        "url": f"/me/seats/{party.code}/",
    }
