"""What stands at the door of a shift: from when and until when, who has to agree, and how many may come at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from tasks import policies
from tasks.actions.refusals import words_for
from tasks.models import Shift, ShiftRole
from tasks.policies import Ground, PersonFacts, Reason
from tasks.queries.approvals import own_request
from tasks.queries.seats import seat_facts
from volunteers.models import Volunteer
from web.public.need_view import NeedView

# They close the door for now, whoever stands there; nothing about the person speaks against the seat.
CLOSED = (Ground.NOT_YET_OPEN, Ground.SIGN_UP_CLOSED)
OF_THE_DOOR = (*CLOSED, Ground.NEEDS_APPROVAL)
# Somebody of whom nothing is known.
STRANGER = PersonFacts(has_consent=True, busy=[], max_hours_week=168, reach_km=0)


def door_context(
    shift: Shift,
    view: NeedView,
    roles: list[ShiftRole],
    volunteer: Volunteer | None,
    reasons: Iterable[Reason],
    at: datetime,
) -> dict[str, Any]:
    """`door`, a sentence where it is closed for this reader; `asks`, whether an organizer looks first; `asked`, what
    they asked for already; `party_most`, how many may come with one sign-up; `has_line`, whether a yes may mean waiting."""
    if not view.is_open:
        return {"door": "", "asks": False, "asked": None, "party_most": 1, "has_line": False}
    if volunteer is None:
        seat = seat_facts(roles[0], is_stopped=view.is_stopped)
        reasons = policies.weigh(seat, STRANGER, at=localtime(at))
    closed = next((reason for reason in reasons if not reason.good and reason.ground in CLOSED), None)
    return {
        "door": words_for(closed, shift) if closed else "",
        "asks": shift.needs_approval,
        "asked": own_request(shift, volunteer) if shift.needs_approval and volunteer else None,
        "has_line": shift.has_waiting_list,
        "party_most": max(min(shift.party_most, max(role.seats_free for role in roles)), 1),
    }
