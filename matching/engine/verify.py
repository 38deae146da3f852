"""`python -m matching.engine.verify PROBLEM.npz PLAN.npz [--json]`: judges a plan from the two files alone.

Recomputes whether every rule is kept, the objective, the upper bound of the plan's own prices over all eligible pairs,
and the gap (`checking`, which shares no code with what made the plan). Ends with 0 where the plan keeps every rule, with
1 where it breaks one, which is named with the volunteer and the shift, and with 2 and one sentence for bad input.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from matching.engine.checking import Broken, Floats, Ints, broken_rules, objective, upper_bound
from matching.engine.files import Unreadable, read_arrays
from matching.engine.problem import BadProblem, Problem

VALID, BROKEN, BAD_INPUT = 0, 1, 2
PLAN_ARRAYS = {"volunteer": "i4", "shift": "i4", "shift_price": "f8"}
SHOWN = 20


class BadPlan(ValueError):
    """The file is no plan of this problem. The text is one sentence for whoever wrote it."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m matching.engine.verify", description=__doc__)
    parser.add_argument("problem", metavar="PROBLEM.npz")
    parser.add_argument("plan", metavar="PLAN.npz")
    parser.add_argument("--json", action="store_true", help="print one JSON object in place of sentences")
    given = parser.parse_args(arguments)
    began = time.perf_counter()
    try:
        problem = Problem.load(given.problem)
        volunteer, shift, price = read_plan(given.plan, problem)
    except (BadProblem, BadPlan) as fault:
        print(fault, file=sys.stderr)
        return BAD_INPUT
    broken = broken_rules(problem, volunteer, shift)
    figures = judged(problem, volunteer, shift, price)
    seconds = round(time.perf_counter() - began, 3)
    if given.json:
        named = [vars(one) for one in broken[:SHOWN]]
        print(
            json.dumps(
                {
                    "is_valid": not broken,
                    **figures,
                    "violation_count": len(broken),
                    "violations": named,
                    "seconds": seconds,
                }
            )
        )
    else:
        _say(broken, figures)
    return BROKEN if broken else VALID


def read_plan(path: str | Path, problem: Problem) -> tuple[Ints, Ints, Floats]:
    """Volunteers, shifts and prices of a plan of this problem; raises BadPlan."""
    try:
        found = read_arrays(path, PLAN_ARRAYS)
    except Unreadable as fault:
        raise BadPlan(str(fault)) from fault
    for name, kind in PLAN_ARRAYS.items():
        if name not in found:
            raise BadPlan(f"The array {name} is missing in the plan.")
        array = found[name]
        if array.dtype != np.dtype(kind):
            raise BadPlan(f"The array {name} is of type {array.dtype}; {np.dtype(kind)} is needed.")
        if array.ndim != 1:
            raise BadPlan(f"The array {name} must have one dimension.")
    volunteer, shift, price = (found[name] for name in PLAN_ARRAYS)
    if len(volunteer) != len(shift):
        raise BadPlan(f"There are {len(volunteer)} volunteers and {len(shift)} shifts in the plan's pairs.")
    if len(price) != problem.shifts:
        raise BadPlan(f"There are {len(price)} prices for {problem.shifts} shifts.")
    for name, numbers, count in (
        ("volunteer", volunteer, problem.volunteers),
        ("shift", shift, problem.shifts),
    ):
        strange = (numbers < 0) | (numbers >= count)
        if strange.any():
            n = int(np.argmax(strange))
            raise BadPlan(f"{name}[{n}] is {numbers[n]}; the problem has {count}.")
    wrong = ~(np.isfinite(price) & (price >= 0))
    if wrong.any():
        n = int(np.argmax(wrong))
        raise BadPlan(f"shift_price[{n}] is {price[n]}; a price is finite and not negative.")
    key = volunteer.astype(np.int64) * problem.shifts + shift
    order = np.argsort(key, kind="stable")
    again = np.flatnonzero(np.diff(key[order]) == 0)
    if len(again):
        one, other = order[again[0]], order[again[0] + 1]
        raise BadPlan(f"Pairs {one} and {other} both put volunteer {volunteer[one]} on shift {shift[one]}.")
    return volunteer.astype(np.int64), shift.astype(np.int64), price


def judged(problem: Problem, volunteer: Ints, shift: Ints, price: Floats) -> dict[str, object]:
    """The figures of a plan, recomputed; with the names that the engine's own last line has for them."""
    worth, bound = objective(problem, volunteer, shift), upper_bound(problem, price)
    return {
        "volunteers": problem.volunteers,
        "shifts": problem.shifts,
        "filled": len(volunteer),
        "seats": problem.seats,
        "objective": worth,
        "upper_bound": bound,
        "gap_percent": 100.0 * (bound - worth) / bound if bound > 0 else 0.0,
    }


def _say(broken: list[Broken], figures: dict[str, object]) -> None:
    for one in broken[:SHOWN]:
        print(f"{one.rule}: {one.text}.", file=sys.stderr)
    if len(broken) > SHOWN:
        print(f"{len(broken) - SHOWN} more rules are broken.", file=sys.stderr)
    if not broken:
        print("Every rule is kept.")
    for name, value in figures.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    sys.exit(main())
