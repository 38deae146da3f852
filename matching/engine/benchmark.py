"""The `match` benchmark: the engine on an invented province, certified, against nearest first with full lists."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from matching.engine.nearest import nearest_first
from matching.engine.province import invent

ROOT = Path(__file__).parents[2]


def match(
    *,
    volunteers: int = 3000,
    shifts: int = 300,
    seed: int = 1,
    workers: int = 2,
    lp: bool = False,
    oversupplied: bool = False,
) -> dict[str, Any]:
    """The engine's figures with `nearest_first`, `share_closed_percent` and, when asked for, `lp`. `oversupplied`: on a
    province with far more people than seats.

    The engine and HiGHS run each in a process of its own: their memory and threads are theirs alone."""
    problem = invent(volunteers, shifts, seed, oversupplied=oversupplied)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "problem.npz")
        problem.save(path)
        options = ["--seed", str(seed), "--workers", str(workers), "--certify"]
        figures = _last_line("matching.engine", path, str(Path(folder) / "plan.npz"), *options)
        relaxation = _last_line("matching.engine.linear", path) if lp else None
    bound, objective = figures["upper_bound"], figures["objective"]
    # Once to compile, once to measure.
    nearest_first(problem)
    began = time.perf_counter()
    nearest = nearest_first(problem)
    seconds = time.perf_counter() - began
    by_value = nearest_first(problem, by_value=True)
    result = {
        "seed": seed,
        "workers": workers,
        **figures,
        "nearest_first": {
            "objective": nearest,
            "gap_percent": _gap(bound, nearest),
            "seconds": seconds,
            "by_value": {"objective": by_value, "gap_percent": _gap(bound, by_value)},
        },
        "share_closed_percent": 100.0 * (objective - nearest) / (bound - nearest)
        if bound > nearest
        else 100.0,
    }
    return result if relaxation is None else {**result, "lp": relaxation}


def _gap(bound: float, objective: float) -> float:
    return 100.0 * (bound - objective) / bound if bound > 0 else 0.0


def _last_line(module: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
