"""The steps that improve a plan: each raises the objective by what it says, and keeps every rule."""

from types import SimpleNamespace

import numpy as np
import pytest

from matching.engine import state as state_module
from matching.engine.candidates import find_candidates
from matching.engine.chains import fill_by_chains
from matching.engine.eligibility import prepare
from matching.engine.grid import make_grid
from matching.engine.listing import list_by_slack
from matching.engine.prices import ceiling_of, find_prices
from matching.engine.rounding import polish, round_off
from matching.engine.solving import pairs_of
from matching.engine.trades import trade_all
from matching.engine.weeks import wishes_at
from tests.matching.engine import checker
from tests.matching.engine.problems import drawn


@pytest.fixture(params=range(4))
def under_way(request):
    """A plan rounded off at coarse prices, so that every step finds something."""
    made = drawn(120, 60, request.param)
    a = prepare(made)
    candidates = find_candidates(a, make_grid(a), None, 1)
    price = find_prices(a, candidates, ceiling_of(a), 8, 0, 1)
    wishes = wishes_at(a, candidates, price, 1)
    plan, work = round_off(a, candidates, price, 1, wishes)
    lists = list_by_slack(a, candidates, price, 64, 4000.0, 1)
    return SimpleNamespace(
        made=made, a=a, candidates=candidates, price=price, state=plan, work=work, lists=lists, wishes=wishes
    )


def objective(at):
    """Of a plan that keeps every rule, by the checker."""
    volunteer, shift = pairs_of(at.a, at.state)
    plan = SimpleNamespace(volunteer=volunteer, shift=shift)
    assert checker.violations(at.made, plan) == []
    worth = checker.objective(at.made, plan)
    assert worth == state_module.objective_of_state(at.a, at.state)
    return worth


def test_chains_raise_the_objective_by_what_they_say(under_way):
    before = objective(under_way)

    raised = fill_by_chains(under_way.a, under_way.lists, under_way.price, under_way.state, under_way.work)

    assert objective(under_way) == before + raised


def test_trades_raise_the_objective_by_what_they_say_and_take_the_others_back(under_way):
    before = objective(under_way)

    raised = trade_all(
        under_way.a,
        under_way.candidates,
        under_way.lists,
        under_way.price,
        under_way.state,
        under_way.work,
        under_way.wishes,
    )

    assert raised > 0
    assert objective(under_way) == before + raised


def test_polishing_never_lowers_the_objective_and_ends(under_way):
    before = objective(under_way)

    polish(under_way.a, under_way.candidates, under_way.price, under_way.state, under_way.work)

    assert objective(under_way) >= before
    assert polish(under_way.a, under_way.candidates, under_way.price, under_way.state, under_way.work) == 0


def test_what_is_taken_back_was_never_there(under_way):
    at = under_way
    before = [np.sort(array, axis=-1) for array in at.state]
    at.work.logged[0] = 0
    v = int(np.argmax(at.state.size))
    state_module.note(at.state, at.work, v)
    while at.state.size[v]:
        state_module.remove(at.a, at.state, v, np.int64(at.state.held[v, 0]))

    state_module.take_back(at.a, at.state, at.work)

    assert at.state.size[v] > 0
    assert all(
        np.array_equal(old, np.sort(new, axis=-1)) for old, new in zip(before[2:], at.state[2:], strict=True)
    )
