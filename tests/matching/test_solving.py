"""The engine here and in a process of its own."""

import os
import subprocess
import sys

import numpy as np
import pytest

from matching.actions import solving
from matching.actions.progress import CalledOff
from matching.actions.solving import ProblemRefused, SolverFailed, solve_problem
from matching.engine.problem import SHIFT_ARRAYS, VOLUNTEER_ARRAYS
from matching.engine.warming import tiny


def arrays():
    problem = tiny()
    return {name: getattr(problem, name) for name in (*VOLUNTEER_ARRAYS, *SHIFT_ARRAYS)}


@pytest.fixture
def apart(monkeypatch):
    monkeypatch.setattr(solving, "OWN_PROCESS_FROM", 1)


def test_a_process_of_its_own_makes_the_same_plan(monkeypatch):
    here = solve_problem(arrays(), seed=1)
    monkeypatch.setattr(solving, "OWN_PROCESS_FROM", 1)

    there = solve_problem(arrays(), seed=1)

    assert np.array_equal(here.volunteer, there.volunteer) and np.array_equal(here.shift, there.shift)
    assert (here.objective, here.upper_bound) == (there.objective, there.upper_bound)


def test_the_same_seed_makes_the_same_plan_again():
    one, two = solve_problem(arrays(), seed=3), solve_problem(arrays(), seed=3)

    assert np.array_equal(one.volunteer, two.volunteer) and np.array_equal(one.shift, two.shift)


def test_a_wrong_problem_is_refused_with_the_engines_sentence():
    wrong = arrays()
    wrong["shift_max"] = -wrong["shift_max"]

    with pytest.raises(ProblemRefused, match="negative"):
        solve_problem(wrong, seed=1)


def answering(monkeypatch, code: str) -> None:
    """In the engine's place another program runs."""
    monkeypatch.setattr(solving, "COMMAND", (sys.executable, "-c", code))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("sys.exit(2)", ProblemRefused),
        ("sys.exit(1)", SolverFailed),
        ("os.kill(os.getpid(), 9)", SolverFailed),
    ],
    ids=["bad", "crash", "killed"],
)
def test_how_a_process_ends_decides_whether_it_is_tried_again(apart, monkeypatch, code, error):
    answering(monkeypatch, f"import os, sys; print('One sentence.', file=sys.stderr, flush=True); {code}")

    with pytest.raises(error, match="One sentence"):
        solve_problem(arrays(), seed=1)


def test_a_process_that_takes_too_long_is_ended_and_tried_again(apart, monkeypatch):
    monkeypatch.setattr(solving, "LONGEST_S", 0.3)
    answering(monkeypatch, "import signal; signal.pause()")

    with pytest.raises(SolverFailed, match="took over"):
        solve_problem(arrays(), seed=1)


def test_a_process_whose_plan_nobody_wants_any_more_is_ended(apart, monkeypatch, tmp_path):
    """It says its number first; afterwards no process has it."""
    said = tmp_path / "number"
    monkeypatch.setattr(solving, "LOOK_S", 0.05)
    answering(
        monkeypatch,
        f"import os, pathlib, signal; pathlib.Path({str(said)!r}).write_text(str(os.getpid())); signal.pause()",
    )

    def look_up() -> None:
        if said.exists() and said.read_text():
            raise CalledOff

    with pytest.raises(CalledOff):
        solve_problem(arrays(), seed=1, look_up=look_up)

    with pytest.raises(ProcessLookupError):
        os.kill(int(said.read_text()), 0)


def test_no_other_process_carries_the_compiler():
    code = "import sys, django; django.setup(); import matching.jobs; sys.exit('numba' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=False,
    )

    assert done.returncode == 0
