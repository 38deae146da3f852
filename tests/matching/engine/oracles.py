"""Solvers that share nothing with the engine, on whole problems: HiGHS, and flows by pylmcf.

Their pairs are those of `matching.engine.checking`, which `test_verify` holds against the plainest checker.
"""

from itertools import pairwise

import highspy
import numpy as np
import pylmcf

from matching.engine import checking

REST = 8


def eligible(problem):
    """(volunteers, shifts, costs) of every eligible pair that is worth its cost at the first seat; by volunteer."""
    found = list(checking.profitable_pairs(problem, np.maximum(problem.shift_value_min, 0).astype(float)))
    v, s = (
        np.concatenate([getattr(one, name) for one in found] or [np.zeros(0, np.int64)])
        for name in ("volunteer", "shift")
    )
    order = np.lexsort((problem.shift_start_h[s], v))
    v, s = v[order], s[order]
    return v, s, checking.costs(problem, v, s)


def highs(problem, *, whole=True):
    """The optimum, or that of the linear relaxation: a column a pair, two a shift for the seats up to the least and
    above; a row for the hours of each volunteer, one for each clique of shifts that are under way or at rest together."""
    v, s, cost = eligible(problem)
    if not len(v):
        return 0
    pairs, shifts = len(v), problem.shifts
    start, end = (array.astype(np.int64) for array in (problem.shift_start_h, problem.shift_end_h))
    rows, weights, low, high = [], [], [], []

    def row(columns, weight, least, most):
        rows.append(np.asarray(columns))
        weights.append(np.broadcast_to(np.asarray(weight, float), len(columns)))
        low.append(least)
        high.append(most)

    for first, last in pairwise(np.searchsorted(v, np.arange(problem.volunteers + 1))):
        mine = np.arange(first, last)
        if not len(mine):
            continue
        begins, ends = start[s[mine]], end[s[mine]]
        row(mine, ends - begins, -highspy.kHighsInf, float(problem.volunteer_max_hours[v[first]]))
        for hour in np.unique(begins):
            together = mine[(begins <= hour) & (ends + REST > hour)]
            if len(together) > 1:
                row(together, 1.0, -highspy.kHighsInf, 1.0)
    of_shift = np.argsort(s, kind="stable")
    for number, (first, last) in enumerate(pairwise(np.searchsorted(s[of_shift], np.arange(shifts + 1)))):
        seats = [pairs + number, pairs + shifts + number]
        row([*of_shift[first:last], *seats], [1.0] * (last - first) + [-1.0, -1.0], 0.0, 0.0)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = pairs + 2 * shifts, len(rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.concatenate([-cost, problem.shift_value_min, problem.shift_value_extra]).astype(float)
    lp.col_lower_ = np.zeros(lp.num_col_)
    spare = problem.shift_max - problem.shift_min
    lp.col_upper_ = np.concatenate([np.ones(pairs), problem.shift_min, spare]).astype(float)
    lp.row_lower_, lp.row_upper_ = np.array(low), np.array(high)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(columns) for columns in rows])])
    lp.a_matrix_.index_ = np.concatenate(rows).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate(weights)
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * lp.num_col_
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(lp)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    found = solver.getInfo().objective_function_value
    return round(found) if whole else found


def flow(problem):
    """The optimum where nobody can hold two shifts: a cheapest flow of one unit a volunteer, through a seat or past all.

    A unit pays the cost of its pair and `top` less what the seat is worth, or `top` for staying at home; so every cost
    is at least 0, as the solver wants it."""
    v, s, cost = eligible(problem)
    if not len(v):
        return 0
    top = int(problem.shift_value_min.max())
    shifts = np.arange(problem.shifts)
    people = np.arange(problem.volunteers)
    # Nodes: the volunteers, the shifts, the seats above the least, and where all flows end.
    first, above, sink = (problem.volunteers + n * problem.shifts for n in range(3))
    spare = problem.shift_max - problem.shift_min
    arcs = np.concatenate(
        [
            np.stack([v, first + s, np.ones(len(v)), cost]),
            np.stack([people, np.full(len(people), sink), np.ones(len(people)), np.full(len(people), top)]),
            np.stack([first + shifts, above + shifts, spare, np.zeros(len(shifts))]),
            np.stack(
                [first + shifts, np.full(len(shifts), sink), problem.shift_min, top - problem.shift_value_min]
            ),
            np.stack([above + shifts, np.full(len(shifts), sink), spare, top - problem.shift_value_extra]),
        ],
        axis=1,
    ).astype(np.int64)
    arcs = np.ascontiguousarray(arcs[:, np.lexsort((arcs[1], arcs[0]))])
    graph = pylmcf.Graph(sink + 1, arcs[0], arcs[1])
    supply = np.zeros(sink + 1, np.int64)
    supply[people], supply[sink] = 1, -len(people)
    graph.set_node_supply(supply)
    graph.set_edge_capacities(arcs[2])
    graph.set_edge_costs(arcs[3])
    graph.solve()
    return top * len(people) - graph.total_cost()
