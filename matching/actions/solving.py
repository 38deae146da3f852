"""Lets the engine solve a problem: small ones here, large ones in a process of their own, which gives its memory back."""

import importlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.queries.mapping import Arrays

# From so many pairs of a volunteer and a shift on a plan is made in a process of its own.
OWN_PROCESS_FROM = 5_000_000
LONGEST_S = 240.0
# So often somebody looks whether the plan is wanted still.
LOOK_S = 2.0
BAD_INPUT = 2
COMMAND = (sys.executable, "-m", "matching.engine")
# Raised when what a plan looks like for the same input may change.
ENGINE_VERSION = "3"
# The arrays that tell of the plan before (`matching.queries.standing`).
BEFORE = ("start_price", "kept_volunteer", "kept_shift", "kept_bonus")


class ProblemRefused(ValueError):
    """The engine refused the problem, with its sentence: it will refuse it another time as well."""


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


def engine() -> ModuleType:
    """`matching.engine`, loaded when it is first needed.

    It brings a compiler of half a second and 60 MB, which no process but the matching worker should carry.
    """
    return importlib.import_module("matching.engine")


def solve_problem(arrays: Arrays, *, seed: int, look_up: Callable[[], None] | None = None) -> Solved:
    """The plan with its bound; `arrays` may name the plan before it as well (`BEFORE`).

    Raises ProblemRefused where the problem is wrong, SolverFailed where the process was.
    `look_up` is called every few seconds while a process of its own computes; what it raises ends the process.
    """
    volunteers, shifts = len(arrays["volunteer_x_km"]), len(arrays["shift_x_km"])
    here = engine()
    before = {name: arrays[name] for name in BEFORE if name in arrays}
    problem = here.Problem(**{name: values for name, values in arrays.items() if name not in BEFORE})
    try:
        problem.validate()
    except here.BadProblem as error:
        raise ProblemRefused(str(error)) from error
    if volunteers * shifts >= OWN_PROCESS_FROM:
        return _in_own_process(problem.save, before, seed=seed, look_up=look_up)
    plan = here.solve(problem, seed=seed, certify=True, **_kept(before))
    return Solved(plan.volunteer, plan.shift, plan.shift_price, plan.objective, plan.upper_bound)


def _kept(before: Arrays) -> dict[str, Any]:
    """What the engine is told of the plan before."""
    if not before:
        return {}
    return {
        "start_price": before["start_price"],
        "kept": (before["kept_volunteer"], before["kept_shift"]),
        "bonus": int(before["kept_bonus"][0]),
    }


def _in_own_process(
    save: Callable[[Path], None], before: Arrays, *, seed: int, look_up: Callable[[], None] | None
) -> Solved:
    with tempfile.TemporaryDirectory(prefix="manyhands-match-") as name:
        given, answer = Path(name) / "problem.npz", Path(name) / "plan.npz"
        save(given)
        options = ["--seed", str(seed), "--certify"]
        if before:
            kept = Path(name) / "kept.npz"
            with kept.open("wb") as file:
                np.savez(
                    file,
                    volunteer=before["kept_volunteer"],
                    shift=before["kept_shift"],
                    shift_price=before["start_price"],
                )
            options += ["--keep", str(kept), "--bonus", str(int(before["kept_bonus"][0]))]
        done = _run([*COMMAND, str(given), str(answer), *options], look_up)
        said = done.stderr.strip()
        if done.returncode == BAD_INPUT:
            raise ProblemRefused(said.splitlines()[-1] if said else "no reason was given")
        if done.returncode:
            raise SolverFailed(f"the engine ended with code {done.returncode}: {said[-200:]}")
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        with np.load(answer, allow_pickle=False) as plan:
            return Solved(
                plan["volunteer"],
                plan["shift"],
                plan["shift_price"],
                figures["objective"],
                figures["upper_bound"],
            )


def _run(argv: list[str], look_up: Callable[[], None] | None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. However this ends, the process does not outlive it."""
    began = time.monotonic()
    with subprocess.Popen(
        argv,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            while True:
                left = LONGEST_S - (time.monotonic() - began)
                try:
                    said, failed = process.communicate(timeout=max(min(LOOK_S, left), 0.0))
                except subprocess.TimeoutExpired as error:
                    if left <= LOOK_S:
                        raise SolverFailed(f"the engine took over {LONGEST_S:.0f} s") from error
                    if look_up is not None:
                        look_up()
                else:
                    return subprocess.CompletedProcess(argv, process.returncode, said, failed)
        finally:
            # Without effect where it has ended.
            process.kill()
