"""Rules about residents' requests. Values in, values out: no database, no clock, no settings."""

from residents.policies.promises import ANSWER_MINUTES, DONE_MINUTES

__all__ = ["ANSWER_MINUTES", "DONE_MINUTES"]
