"""What the matching does: asks for plans, makes them, and passes their seats on."""

from matching.actions.cancelling import cancel_run
from matching.actions.counting import count_replies, count_replies_if_due
from matching.actions.offering import offer_next
from matching.actions.passing_on import pass_on_again
from matching.actions.repairing import repair_plan
from matching.actions.requests import plan, request_run
from matching.actions.running import run_match

__all__ = [
    "cancel_run",
    "count_replies",
    "count_replies_if_due",
    "offer_next",
    "pass_on_again",
    "plan",
    "repair_plan",
    "request_run",
    "run_match",
]
