"""The linear relaxation of a problem, solved by HiGHS: `python -m matching.engine.linear PROBLEM.npz [--whole] [--lists K]`.

For the benchmark and for the tests, in a process of its own; the engine does not import it. One variable a pair, two a
shift for the seats up to the least and above it; for each volunteer one row for the hours, and one for each shift s
whose window and rest before it other shifts of the row reach: of the shifts that are under way or at rest when s starts,
one at most. `--whole` asks for whole numbers and so for the optimum.
"""

import argparse
import json
import sys
import time
from typing import NamedTuple

import highspy
import numpy as np

from matching.engine.candidates import Candidates, find_candidates
from matching.engine.columns import columns_of, sort_each
from matching.engine.eligibility import prepare
from matching.engine.grid import make_grid
from matching.engine.layers import LOW
from matching.engine.problem import Problem


class Solved(NamedTuple):
    objective: float
    """The greatest found."""
    optimal: bool
    """Whether HiGHS says so."""
    seconds: float
    """Of HiGHS alone, without the building of the rows."""


def cheapest(candidates: Candidates, shifts: int, longest: int) -> Candidates:
    """Of each shift's pairs the `longest` that cost least."""
    every = np.ones(candidates.pairs, np.bool_)
    columns = columns_of(candidates.shift, candidates.cost, every, shifts)
    sort_each(columns, 1)
    rank = np.arange(candidates.pairs) - np.repeat(columns.begin[:-1], np.diff(columns.begin))
    kept = np.sort(columns.keys[rank < longest] & LOW)
    begin = np.searchsorted(kept, candidates.begin)
    return Candidates(begin, candidates.shift[kept], candidates.cost[kept])


def solved(
    problem: Problem, *, whole: bool = False, seconds: float = 3600.0, longest: int | None = None
) -> Solved:
    """`longest`: over lists of each shift's so many cheapest people, in place of all pairs."""
    a = prepare(problem)
    rows = find_candidates(a, make_grid(a), None, 1)
    if longest is not None:
        rows = cheapest(rows, len(a.shifts), longest)
    pairs, shifts = len(rows.shift), len(a.shifts)
    start, end = a.shifts["start"].astype(np.int64), a.shifts["end"].astype(np.int64)
    least, spare = a.shifts["least"], a.shifts["most"] - a.shifts["least"]
    lists: list[tuple[list[int], list[float], float]] = []
    for v in range(len(a.people)):
        row = np.arange(rows.begin[v], rows.begin[v + 1], dtype=np.int64)
        if len(row) < 2:
            continue
        s = rows.shift[row]
        lists.append(
            (row.tolist(), (end[s] - start[s]).astype(np.float64).tolist(), float(a.people["hours"][v]))
        )
        seen: set[tuple[int, ...]] = set()
        for hour in np.unique(start[s]):
            together = row[(start[s] <= hour) & (end[s] + a.rest > hour)]
            if len(together) > 1 and tuple(together) not in seen:
                seen.add(tuple(together))
                lists.append((together.tolist(), [1.0] * len(together), 1.0))
    of_shift: list[list[int]] = [[] for _ in range(shifts)]
    for k, of in enumerate(rows.shift.tolist()):
        of_shift[of].append(k)
    for number, those in enumerate(of_shift):
        seats = [pairs + number, pairs + shifts + number]
        lists.append(([*those, *seats], [1.0] * len(those) + [-1.0, -1.0], 0.0))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = pairs + 2 * shifts, len(lists)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.concatenate([-rows.cost.astype(float), a.shifts["value"], a.shifts["extra"]])
    lp.col_lower_ = np.zeros(lp.num_col_)
    lp.col_upper_ = np.concatenate([np.ones(pairs), least, spare]).astype(float)
    # Nobody sits on a seat that is not counted, and no seat counts without somebody on it.
    lp.row_lower_ = np.where(np.arange(len(lists)) < len(lists) - shifts, -highspy.kHighsInf, 0.0)
    lp.row_upper_ = np.array([limit for _, _, limit in lists])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(columns) for columns, _, _ in lists])])
    lp.a_matrix_.index_ = np.concatenate([columns for columns, _, _ in lists] or [[]]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([weights for _, weights, _ in lists] or [[]])
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * lp.num_col_
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", seconds)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(lp)
    began = time.perf_counter()
    solver.run()
    took = time.perf_counter() - began
    optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return Solved(float(solver.getInfo().objective_function_value), optimal, took)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m matching.engine.linear")
    parser.add_argument("problem")
    parser.add_argument("--whole", action="store_true", help="in whole numbers: the optimum itself")
    parser.add_argument("--lists", type=int, metavar="K", help="only the K cheapest people of each shift")
    given = parser.parse_args()
    problem = Problem.load(given.problem)
    print(json.dumps(solved(problem, whole=given.whole, longest=given.lists)._asdict()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
