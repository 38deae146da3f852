"""`python -m matching.engine PROBLEM.npz PLAN.npz`: solves a file, prints one JSON object last."""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable

from matching.engine.keeping import load_before
from matching.engine.plan import Plan
from matching.engine.problem import BadProblem, Problem
from matching.engine.solving import EFFORT, solve
from matching.engine.warming import warm_up

BAD_INPUT = 2


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m matching.engine", description=__doc__)
    parser.add_argument("problem", metavar="PROBLEM.npz")
    parser.add_argument("plan", metavar="PLAN.npz")
    parser.add_argument("--seed", type=_at_least(0), default=1)
    parser.add_argument("--workers", type=_at_least(1), default=1)
    parser.add_argument(
        "--certify", action="store_true", help="compute the upper bound over all eligible pairs"
    )
    parser.add_argument("--quality", choices=list(EFFORT), default="full")
    parser.add_argument("--keep", metavar="PLAN.npz", help="a plan that stands, of which little is to change")
    parser.add_argument("--bonus", type=_at_least(0), default=10, help="what keeping a pair of it is worth")
    given = parser.parse_args(arguments)
    began = time.perf_counter()
    try:
        problem = Problem.load(given.problem)
        before = {} if given.keep is None else load_before(given.keep, problem) | {"bonus": given.bonus}
    except BadProblem as fault:
        print(fault, file=sys.stderr)
        return BAD_INPUT
    load = time.perf_counter() - began
    compiling = warm_up()
    plan = solve(
        problem,
        seed=given.seed,
        workers=given.workers,
        quality=given.quality,
        certify=given.certify,
        **before,
    )
    try:
        plan.save(given.plan)
    except OSError as fault:
        print(f"The plan cannot be written to {given.plan}: {fault.strerror}.", file=sys.stderr)
        return BAD_INPUT
    print(json.dumps(figures(problem, plan, load=load, compile=compiling)))
    return 0


def figures(problem: Problem, plan: Plan, **seconds: float) -> dict[str, object]:
    """What the last line says. Seconds by phase; `plan` in the benchmarks means candidates and plan together."""
    return {
        "volunteers": problem.volunteers,
        "shifts": problem.shifts,
        "filled": len(plan.volunteer),
        "seats": problem.seats,
        "objective": plan.objective,
        "upper_bound": plan.upper_bound,
        "gap_percent": plan.gap_percent,
        "is_optimal": plan.is_optimal,
        "seconds": {name: round(value, 4) for name, value in {**seconds, **plan.seconds}.items()},
        "peak_rss_mb": round(peak_rss_mb(), 1),
    }


def peak_rss_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts in bytes, everything else in KiB.
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"{value} is less than {least}")
        return value

    return number


if __name__ == "__main__":
    sys.exit(main())
