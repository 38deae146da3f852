"""Lets the engine solve a problem: small ones here, large ones in a process of their own, which gives its memory back."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.engine import BadProblem, Problem, solve

# From so many pairs of a volunteer and a shift on a plan is made in a process of its own.
OWN_PROCESS_FROM = 5_000_000
LONGEST_S = 240
BAD_INPUT = 2
# Raised when what a plan looks like for the same input may change.
ENGINE_VERSION = "1"


class SolverFailed(RuntimeError):
    """The engine's process ended without a plan, or took too long. It may go better another time."""


@dataclass(frozen=True)
class Solved:
    """Pairs by place in the problem, what each seat is worth, and how good the whole is."""

    volunteer: NDArray[np.int32]
    shift: NDArray[np.int32]
    shift_price: NDArray[np.float64]
    objective: int
    upper_bound: float | None


def solve_problem(problem: Problem, *, seed: int) -> Solved:
    """The plan with its bound. Raises BadProblem where the problem is wrong, SolverFailed where the process was."""
    problem.validate()
    if problem.volunteers * problem.shifts >= OWN_PROCESS_FROM:
        return _in_own_process(problem, seed=seed)
    plan = solve(problem, seed=seed, certify=True)
    return Solved(plan.volunteer, plan.shift, plan.shift_price, plan.objective, plan.upper_bound)


def _in_own_process(problem: Problem, *, seed: int) -> Solved:
    with tempfile.TemporaryDirectory(prefix="manyhands-match-") as name:
        given, answer = Path(name) / "problem.npz", Path(name) / "plan.npz"
        problem.save(given)
        argv = [
            sys.executable,
            "-m",
            "matching.engine",
            str(given),
            str(answer),
            "--seed",
            str(seed),
            "--certify",
        ]
        try:
            done = subprocess.run(
                argv,
                cwd=Path(__file__).parents[2],
                capture_output=True,
                text=True,
                timeout=LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SolverFailed(f"the engine took over {LONGEST_S} s") from error
        if done.returncode == BAD_INPUT:
            raise BadProblem(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "refused")
        if done.returncode:
            raise SolverFailed(f"the engine ended with code {done.returncode}: {done.stderr.strip()[-200:]}")
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        with np.load(answer, allow_pickle=False) as plan:
            return Solved(
                plan["volunteer"],
                plan["shift"],
                plan["shift_price"],
                figures["objective"],
                figures["upper_bound"],
            )
