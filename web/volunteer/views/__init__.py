"""Pages of a volunteer: today, finding work, one's seats, presence, hours."""

from web.volunteer.views.find import find, sign_up
from web.volunteer.views.hours import history, hours
from web.volunteer.views.presence import check_in
from web.volunteer.views.seat import calendar, done, incident, message, seat, step_back
from web.volunteer.views.today import on_duty, today

__all__ = [
    "calendar",
    "check_in",
    "done",
    "find",
    "history",
    "hours",
    "incident",
    "message",
    "on_duty",
    "seat",
    "sign_up",
    "step_back",
    "today",
]
