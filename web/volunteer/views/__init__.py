"""Pages of a volunteer: today, finding work, one's seats, presence, hours."""

from web.volunteer.views.claims import begin
from web.volunteer.views.find import sign_up
from web.volunteer.views.finding import find
from web.volunteer.views.guests import keep_account
from web.volunteer.views.handovers import cannot_come, find_somebody, handover, swap
from web.volunteer.views.hours import history, hours
from web.volunteer.views.marks import marks, own_mark
from web.volunteer.views.offers import accept_offer_page, decline_offer_page, offer, offers
from web.volunteer.views.parties import give_back_place, keep_fewer, take_place
from web.volunteer.views.presence import check_in
from web.volunteer.views.ready import ready
from web.volunteer.views.rebook import rebook
from web.volunteer.views.requests import ask, own_request, take_back
from web.volunteer.views.seat import calendar, done, incident, message, seat, step_back
from web.volunteer.views.teams import (
    end_team,
    found_team,
    join_team,
    leave_team,
    sign_up_my_team,
    team,
    teams,
)
from web.volunteer.views.today import on_duty, today
from web.volunteer.views.waiting import (
    accept_held,
    come_with_fewer,
    decline_held,
    join_line,
    leave_line,
    waiting,
    waiting_place,
)
from web.volunteer.views.year import year

__all__ = [
    "accept_held",
    "accept_offer_page",
    "ask",
    "begin",
    "calendar",
    "cannot_come",
    "check_in",
    "come_with_fewer",
    "decline_held",
    "decline_offer_page",
    "done",
    "end_team",
    "find",
    "find_somebody",
    "found_team",
    "give_back_place",
    "handover",
    "history",
    "hours",
    "incident",
    "join_line",
    "join_team",
    "keep_account",
    "keep_fewer",
    "leave_line",
    "leave_team",
    "marks",
    "message",
    "offer",
    "offers",
    "on_duty",
    "own_mark",
    "own_request",
    "ready",
    "rebook",
    "seat",
    "sign_up",
    "sign_up_my_team",
    "step_back",
    "swap",
    "take_back",
    "take_place",
    "team",
    "teams",
    "today",
    "waiting",
    "waiting_place",
    "year",
]
