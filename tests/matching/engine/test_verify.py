"""The judge of files: what it finds, what it computes, and how it ends."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.engine import checking, solve, verify
from matching.engine.province import invent
from tests.matching.engine import checker
from tests.matching.engine.problems import drawn, hours, problem, shift, small_problems, volunteer

small = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
WORDS = {
    "traits": "trait",
    "availability": "hour ",
    "reach": "distance",
    "rest": "too little rest",
    "hours": "too many hours",
    "seats": "more people than seats",
}


@small
@given(small_problems(), st.data())
def test_it_finds_what_the_checker_finds_in_any_pairs(made, data):
    pairs = [(v, s) for v in range(made.volunteers) for s in range(made.shifts)]
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    v, s = (np.array(column, np.int64) for column in (zip(*chosen, strict=True) if chosen else ([], [])))

    broken = checking.broken_rules(made, v, s)
    plan = SimpleNamespace(volunteer=v, shift=s)

    words = checker.violations(made, plan)
    assert {one.rule for one in broken} == {
        rule for rule, word in WORDS.items() if any(word in said for said in words)
    }
    assert checking.objective(made, v, s) == checker.objective(made, plan)


@small
@given(small_problems(), st.data())
def test_its_bound_is_that_of_trying_every_week_at_any_prices(made, data):
    prices = st.lists(st.integers(0, 4096 * 64), min_size=made.shifts, max_size=made.shifts)
    price = np.array(data.draw(prices), float) / 64

    assert checking.upper_bound(made, price) == checker.bound(made, price)


@pytest.mark.parametrize("oversupplied", [False, True])
def test_its_bound_is_that_of_the_certificate(monkeypatch, oversupplied):
    made = invent(4000, 200, 7, oversupplied=oversupplied)
    plan = solve(made, certify=True)
    # Many tables and many heaps, none of them whole.
    monkeypatch.setattr(checking, "CELLS", 5000)
    monkeypatch.setattr(checking, "PAIRS", 700)
    monkeypatch.setattr(checking, "TABLE", 20_000)

    assert checking.upper_bound(made, plan.shift_price) == plan.upper_bound
    assert checking.objective(made, plan.volunteer, plan.shift) == plan.objective


def test_every_pair_below_the_price_is_among_those_it_looks_at():
    made = drawn(60, 25, seed=4)
    price = np.full(25, 2000.0)

    found = [
        (v, s)
        for heap in checking.profitable_pairs(made, price)
        for v, s in zip(heap.volunteer.tolist(), heap.shift.tolist(), strict=True)
    ]

    assert sorted(found) == [
        (v, s) for v, s in checker.eligible_pairs(made) if checker.cost(made, v, s) < 2000
    ]


@pytest.fixture
def files(tmp_path):
    """Writes a problem and a plan, runs the command on them, and returns (exit code, what it printed)."""

    def run(made, capsys, *options, **arrays):
        made.save(tmp_path / "problem.npz")
        np.savez(tmp_path / "plan.npz", **arrays)
        code = verify.main([str(tmp_path / "problem.npz"), str(tmp_path / "plan.npz"), *options])
        return code, capsys.readouterr()

    return run


def as_arrays(pairs, prices):
    v, s = zip(*pairs, strict=True) if pairs else ((), ())
    return {
        "volunteer": np.array(v, np.int32),
        "shift": np.array(s, np.int32),
        "shift_price": np.array(prices, np.float64),
    }


def test_a_plan_of_the_engine_is_found_valid_with_the_same_figures(files, capsys):
    made = drawn(80, 40, seed=6)
    plan = solve(made, certify=True)

    code, said = files(
        made, capsys, "--json", volunteer=plan.volunteer, shift=plan.shift, shift_price=plan.shift_price
    )

    found = json.loads(said.out)
    assert (code, said.err, found["is_valid"], found["violations"]) == (0, "", True, [])
    assert found["objective"] == plan.objective
    assert found["upper_bound"] == plan.upper_bound
    assert found["gap_percent"] == plan.gap_percent
    assert (found["volunteers"], found["shifts"], found["filled"]) == (80, 40, len(plan.volunteer))


BROKEN = {
    "traits": ([volunteer(traits=1)], [shift(8, 12, traits=3)], [(0, 0)]),
    "availability": ([volunteer(hours=hours((8, 11)))], [shift(8, 12)], [(0, 0)]),
    "reach": ([volunteer(x=3, y=4.001, reach=5)], [shift(8, 12)], [(0, 0)]),
    "rest": ([volunteer()], [shift(8, 12), shift(19, 23)], [(0, 1), (0, 0)]),
    "hours": ([volunteer(max_hours=7)], [shift(8, 12), shift(32, 36)], [(0, 0), (0, 1)]),
    "seats": ([volunteer(), volunteer()], [shift(8, 12)], [(0, 0), (1, 0)]),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_named_with_the_volunteer_and_the_shift(files, capsys, rule):
    people, work, pairs = BROKEN[rule]
    made = problem(people, work)

    code, said = files(made, capsys, **as_arrays(pairs, [0.0] * len(work)))
    in_json, told = files(made, capsys, "--json", **as_arrays(pairs, [0.0] * len(work)))

    assert (code, in_json) == (1, 1)
    assert said.err.startswith(f"{rule}: ") and "volunteer" in said.err and "shift" in said.err
    (one,) = json.loads(told.out)["violations"]
    assert one["rule"] == rule and (one["volunteer"], one["shift"]) in pairs


def test_of_many_broken_rules_the_first_are_named_and_the_rest_counted(files, capsys):
    made = problem([volunteer(traits=0)] * 30, [shift(8, 12, traits=1, most=30)])

    code, said = files(made, capsys, **as_arrays([(v, 0) for v in range(30)], [0.0]))

    assert code == 1
    assert said.err.splitlines()[-1] == "10 more rules are broken."
    assert len(said.err.splitlines()) == 21


def test_higher_prices_than_needed_still_bound_the_plan(files, capsys):
    made = problem([volunteer()], [shift(8, 12)])

    code, said = files(made, capsys, "--json", **as_arrays([(0, 0)], [9000.0]))

    found = json.loads(said.out)
    assert (code, found["objective"], found["upper_bound"]) == (0, 2000, 9000)


def spoiled(**changes):
    good = as_arrays([(0, 0), (1, 1)], [1.0, 2.0])
    return {name: array for name, array in {**good, **changes}.items() if array is not None}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"shift_price": None}, "The array shift_price is missing in the plan."),
        ({"shift": np.array([0, 1])}, "The array shift is of type int64; int32 is needed."),
        ({"volunteer": np.array([[0, 1]], np.int32)}, "The array volunteer must have one dimension."),
        (
            {"volunteer": np.array([0], np.int32)},
            "There are 1 volunteers and 2 shifts in the plan's pairs.",
        ),
        ({"shift_price": np.zeros(3)}, "There are 3 prices for 2 shifts."),
        ({"volunteer": np.array([0, 2], np.int32)}, "volunteer[1] is 2; the problem has 2."),
        ({"shift": np.array([-1, 0], np.int32)}, "shift[0] is -1; the problem has 2."),
        (
            {"shift_price": np.array([np.nan, 1])},
            "shift_price[0] is nan; a price is finite and not negative.",
        ),
        (
            {"shift_price": np.array([1, -0.5])},
            "shift_price[1] is -0.5; a price is finite and not negative.",
        ),
        (
            {"volunteer": np.array([1, 1], np.int32), "shift": np.array([0, 0], np.int32)},
            "Pairs 0 and 1 both put volunteer 1 on shift 0.",
        ),
    ],
    ids=lambda value: None if isinstance(value, str) else "-".join(value),
)
def test_a_file_that_is_no_plan_of_the_problem_is_refused_in_one_sentence(files, capsys, changes, sentence):
    made = problem([volunteer()] * 2, [shift(8, 12)] * 2)

    code, said = files(made, capsys, **spoiled(**changes))

    assert (code, said.out, said.err) == (2, "", sentence + "\n")


def test_objects_in_a_plan_are_never_loaded(files, capsys):
    made = problem([volunteer()] * 2, [shift(8, 12)] * 2)

    code, said = files(made, capsys, **spoiled(shift=np.array([{}, {}], dtype=object)))

    assert code == 2
    assert said.err.endswith("cannot be read as an .npz file of plain arrays.\n")
