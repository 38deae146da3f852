"""Compiles the kernels before they are needed, or reads them from their folder."""

import time

import numpy as np

from matching.engine.coverage import who_could_serve
from matching.engine.events import Event, Kind, Standing, repair
from matching.engine.problem import Problem
from matching.engine.solving import solve
from matching.engine.survey import survey


def warm_up() -> float:
    """Runs every kernel once on a tiny problem; returns the seconds that it took. A worker calls it at start."""
    began = time.perf_counter()
    problem = tiny()
    plan = solve(problem, certify=True)
    survey(problem, plan)
    who_could_serve(problem)
    solve(problem, start_price=plan.shift_price, kept=(plan.volunteer, plan.shift))
    standing = Standing(problem, plan.volunteer, plan.shift, plan.shift_price)
    repair(standing, Event(Kind.DROPPED, int(plan.shift[0]), int(plan.volunteer[0])))
    return time.perf_counter() - began


def tiny() -> Problem:
    """Two volunteers, three shifts; for the first the hours bind."""
    return Problem(
        volunteer_x_km=np.zeros(2, np.float32),
        volunteer_y_km=np.zeros(2, np.float32),
        volunteer_traits=np.zeros(2, np.uint64),
        volunteer_hours=np.full((2, 3), 2**64 - 1, np.uint64),
        volunteer_max_hours=np.array([6, 40], np.int16),
        volunteer_reach_km=np.full(2, 5, np.float32),
        volunteer_causes=np.zeros(2, np.uint64),
        volunteer_recent_load=np.zeros(2, np.int16),
        shift_x_km=np.zeros(3, np.float32),
        shift_y_km=np.zeros(3, np.float32),
        shift_traits=np.zeros(3, np.uint64),
        shift_start_h=np.array([8, 32, 56], np.int32),
        shift_end_h=np.array([12, 36, 60], np.int32),
        shift_min=np.ones(3, np.int32),
        shift_max=np.full(3, 2, np.int32),
        shift_value_min=np.full(3, 2000, np.int64),
        shift_value_extra=np.full(3, 1000, np.int64),
        shift_cause=np.zeros(3, np.int8),
        shift_remote=np.zeros(3, np.uint8),
    )
