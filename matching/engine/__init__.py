"""Matches volunteers with shifts: plain Python and numpy, arrays in, a plan out."""

from matching.engine.coverage import who_could_serve
from matching.engine.explain import Explanation, Seats, Verdict, Why, explain, explain_seats
from matching.engine.plan import Plan
from matching.engine.problem import BadProblem, Problem
from matching.engine.solving import solve
from matching.engine.survey import Survey, survey
from matching.engine.warming import warm_up

__all__ = [
    "BadProblem",
    "Explanation",
    "Plan",
    "Problem",
    "Seats",
    "Survey",
    "Verdict",
    "Why",
    "explain",
    "explain_seats",
    "solve",
    "survey",
    "warm_up",
    "who_could_serve",
]
