"""Rules about residents' requests. Values in, values out: no database, no clock, no settings."""

from residents.policies.likeness import ALIKE_FROM, DAYS_APART, Asked, Likeness, Why, likeness, share_of_pairs
from residents.policies.moves import ALLOWED, KEEPS_OTHERS, WAITED_FOR, Verb
from residents.policies.promises import ANSWER_MINUTES, DONE_MINUTES, REOPEN_DAYS, UNCONFIRMED_DAYS

__all__ = [
    "ALIKE_FROM",
    "ALLOWED",
    "ANSWER_MINUTES",
    "DAYS_APART",
    "DONE_MINUTES",
    "KEEPS_OTHERS",
    "REOPEN_DAYS",
    "UNCONFIRMED_DAYS",
    "WAITED_FOR",
    "Asked",
    "Likeness",
    "Verb",
    "Why",
    "likeness",
    "share_of_pairs",
]
