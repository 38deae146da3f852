"""Repairs after events and re-solves that keep what stands, against a plan made anew and the rules written once more."""

from types import SimpleNamespace

import numpy as np
import pytest

from matching.engine import solve
from matching.engine.__main__ import main
from matching.engine.events import Event, Kind, Standing, after, repair
from matching.engine.nearby import Whole
from matching.engine.province import invent
from tests.matching.engine.checker import objective, violations

ONE_PERSON = (Kind.DROPPED, Kind.DECLINED, Kind.NO_SHOW)


def pairs_of(plan) -> set[tuple[int, int]]:
    return set(zip(plan.volunteer.tolist(), plan.shift.tolist(), strict=True))


def an_event(dice, kind, problem, holders) -> Event | None:
    s = int(dice.integers(problem.shifts))
    if kind in ONE_PERSON:
        return Event(kind, s, int(dice.choice(holders[s]))) if holders.get(s) else None
    start, end = int(problem.shift_start_h[s]), int(problem.shift_end_h[s])
    if kind == Kind.MOVED:
        by = int(dice.integers(max(-6, -start), min(6, 168 - end) + 1))
        return Event(kind, s, start_h=start + by, end_h=end + by)
    least, most = int(problem.shift_min[s]), int(problem.shift_max[s])
    least = max(least + int(dice.integers(-2, 3)), 0)
    return Event(kind, s, least=least, most=max(most + int(dice.integers(-2, 3)), least))


@pytest.mark.parametrize("kind", Kind)
def test_a_repair_keeps_the_rules_and_gains_over_an_empty_seat(kind) -> None:
    problem = invent(300, 40, 5)
    plan = solve(problem)
    holders: dict[int, list[int]] = {}
    for v, s in pairs_of(plan):
        holders.setdefault(s, []).append(v)
    standing = Standing(problem, plan.volunteer, plan.shift, plan.shift_price)
    dice = np.random.default_rng(7)
    filled = lost = 0
    for _ in range(20):
        event = an_event(dice, kind, problem, holders)
        if event is None:
            continue

        found, again = repair(standing, event), repair(standing, event)

        left = pairs_of(plan) - pairs(found.lost)
        now = left - pairs(found.moved) | pairs(found.added)
        changed = after(problem, event)
        as_plan = SimpleNamespace(
            volunteer=np.array([v for v, _ in now]), shift=np.array([s for _, s in now])
        )
        assert violations(changed, as_plan) == []
        assert objective(changed, as_plan) == found.objective >= found.empty
        assert pairs(found.moved) <= left and not pairs(found.added) & (left - pairs(found.moved))
        assert [pairs(one) for one in (again.lost, again.moved, again.added)] == [
            pairs(one) for one in (found.lost, found.moved, found.added)
        ]
        full = solve(changed).objective
        assert found.objective <= full or full == pytest.approx(found.objective, rel=1e-3)
        filled += found.objective - found.empty
        lost += full - found.empty
    # Most of what a plan made anew would regain, by far fewer changes.
    assert filled >= 0.6 * lost


def pairs(part) -> set[tuple[int, int]]:
    return set(zip(part[0].tolist(), part[1].tolist(), strict=True))


def test_a_chain_fills_the_seat_and_a_drop_leaves_the_person_alone() -> None:
    problem = invent(300, 40, 5)
    plan = solve(problem)
    standing = Standing(problem, plan.volunteer, plan.shift, plan.shift_price)

    for v, s in sorted(pairs_of(plan)):
        found = repair(standing, Event(Kind.DROPPED, s, v))
        assert pairs(found.lost) == {(v, s)}
        assert (v, s) not in pairs(found.added)


def test_a_series_of_events_leaves_a_plan_near_a_new_one() -> None:
    problem = invent(1200, 120, 3)
    whole = Whole(problem, solve(problem))
    dice = np.random.default_rng(1)
    for step in range(60):
        event = an_event(dice, list(Kind)[step % 6], whole.problem, whole.holders)
        if event is None:
            continue
        standing, people, shifts = whole.cut(event.shift)
        local = {name: getattr(event, name) for name in ("start_h", "end_h", "least", "most")}
        person = None if event.volunteer is None else int(np.searchsorted(people, event.volunteer))
        here = Event(event.kind, int(np.searchsorted(shifts, event.shift)), person, **local)
        whole.carry_out(repair(standing, here), people, shifts, here)

    volunteer, shift = whole.plan()
    now = SimpleNamespace(volunteer=volunteer, shift=shift)
    assert violations(whole.problem, now) == []
    assert objective(whole.problem, now) > 0.98 * solve(whole.problem).objective


def test_a_re_solve_from_stored_prices_changes_little_and_loses_little(tmp_path) -> None:
    problem = invent(3000, 300, 2)
    plan = solve(problem)
    gone = np.random.default_rng(3).choice(problem.volunteers, 30, replace=False)
    problem.volunteer_hours[gone] = 0
    stay = {(v, s) for v, s in pairs_of(plan) if v not in set(gone.tolist())}
    anew = solve(problem, certify=True)

    kept = solve(
        problem, certify=True, start_price=plan.shift_price, kept=(plan.volunteer, plan.shift), bonus=10
    )

    assert violations(problem, kept) == []
    assert objective(problem, kept) == kept.objective <= kept.upper_bound
    assert kept.objective > 0.9995 * anew.objective
    changed = len(stay - pairs_of(kept)) / len(stay)
    assert changed < 0.012 and changed < len(stay - pairs_of(anew)) / len(stay)

    problem.save(tmp_path / "problem.npz")
    plan.save(tmp_path / "before.npz")
    said = main(
        [
            *(str(tmp_path / f"{name}.npz") for name in ("problem", "plan")),
            "--keep",
            str(tmp_path / "before.npz"),
        ]
    )
    assert said == 0
    with np.load(tmp_path / "plan.npz") as found:
        assert (found["volunteer"] == kept.volunteer).all() and (found["shift"] == kept.shift).all()


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("volunteer", np.array([99], np.int32), "nobody's number"),
        ("shift", np.array([0, 1], np.int32), "other lengths"),
        ("shift_price", np.array([1.0], np.float32), "float64"),
        ("shift_price", np.full(4, -1.0), "negative"),
        ("shift", None, "missing"),
    ],
)
def test_a_plan_to_keep_that_does_not_fit_is_refused_in_a_sentence(
    tmp_path, capsys, name, values, says
) -> None:
    invent(20, 4, 1).save(tmp_path / "problem.npz")
    arrays = {"volunteer": np.zeros(1, np.int32), "shift": np.zeros(1, np.int32), "shift_price": np.zeros(4)}
    arrays[name] = values
    np.savez(tmp_path / "before.npz", **{key: value for key, value in arrays.items() if value is not None})

    code = main(
        [*(str(tmp_path / f"{n}.npz") for n in ("problem", "plan")), "--keep", str(tmp_path / "before.npz")]
    )

    assert (code, says in capsys.readouterr().err) == (2, True)
