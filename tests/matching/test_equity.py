"""How many of which group could have served, were planned and were asked: counted in rows, and weighed by nothing."""

from datetime import date

import numpy as np
import pytest

from core import clock
from matching.actions import plan, run_match
from matching.engine.coverage import who_could_serve
from matching.engine.eligibility import window_words
from matching.engine.problem import Problem
from matching.engine.province import invent
from matching.models import MatchRun
from matching.queries.equity import counts_of
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.volunteers import make_capability
from tests.matching.province import make_open_shift, make_willing
from volunteers.models import Proxy

NOON = "2026-11-24T04:05:00+00:00"
CONSENTS = ("terms", "messages")


@pytest.fixture(autouse=True)
def by_day(time_machine) -> None:
    time_machine.move_to(NOON, tick=True)


def by_hand(problem: Problem) -> list[bool]:
    """Every rule of a single pair, written anew over all pairs."""
    words = window_words(problem.shift_start_h.astype(np.int64), problem.shift_end_h.astype(np.int64))
    found = []
    for v in range(problem.volunteers):
        x, y = float(problem.volunteer_x_km[v]), float(problem.volunteer_y_km[v])
        near = np.hypot(problem.shift_x_km.astype(float) - x, problem.shift_y_km.astype(float) - y)
        fits = (near <= problem.volunteer_reach_km[v]) | (problem.shift_remote == 1)
        fits &= (problem.shift_traits & ~problem.volunteer_traits[v]) == 0
        fits &= ((words & ~problem.volunteer_hours[v]) == 0).all(axis=1)
        fits &= problem.shift_end_h - problem.shift_start_h <= problem.volunteer_max_hours[v]
        found.append(bool((fits & (problem.shift_max > 0)).any()))
    return found


@pytest.mark.parametrize("workers", [1, 2])
def test_whoever_could_serve_is_found_among_all_pairs(workers: int) -> None:
    problem = invent(600, 40, seed=5)
    problem.shift_max[:6] = 0
    problem.shift_min[:6] = 0

    found = who_could_serve(problem, workers=workers).tolist()

    assert found == by_hand(problem)
    assert 0 < sum(found) < 600


def make_groups(tree):
    """Five who could serve a shift that asks for a skill, each of another kind, and one who could not."""
    skill = make_capability()
    people = [
        make_willing(tree, capabilities=[skill], user=make_user(consents=CONSENTS, **account), **fields)
        for account, fields in (
            ({"phone": "", "email": "a@example.org"}, {"sex": "female", "birth_on": date(1950, 1, 1)}),
            ({"email": "b@example.org", "phone": "13800000001", "contact_by": "email"}, {"sex": "male"}),
            ({"email": "c@example.org", "phone": "13800000002"}, {"birth_on": None}),
            ({"phone": "", "email": ""}, {"sex": "female", "birth_on": date(2005, 1, 1)}),
            ({"phone": "13800000003"}, {"birth_on": date(2010, 11, 24), "guardian_name": "L"}),
        )
    ]
    Proxy.objects.create(
        volunteer=people[4], user=make_user(), consent="by word of mouth", granted_at=clock.now()
    )
    make_willing(tree, sex="male")
    return skill, people


def test_people_are_counted_once_in_each_dimension(db) -> None:
    tree = small_tree()
    skill, people = make_groups(tree)
    make_open_shift(tree, filling="offer", seats=2, seats_min=1, requirements=[skill])
    at = clock.now()
    (run,) = plan(at=at)

    run_match(run_id=run.pk, at=at)

    run = MatchRun.objects.get()
    county = tree.counties[0]
    assert run.status == "done" and run.equity["level"] == {"all": 3}
    assert run.equity["eligible"] == {
        "all": 5,
        f"area:{county.code}": 5,
        "age:0": 1, "age:18": 1, "age:30": 1, "age:60": 1, "age:unsaid": 1,
        "sex:female": 2, "sex:male": 1, "sex:unsaid": 2,
        "channel:email": 2, "channel:here": 1, "channel:helped": 1, "channel:sms": 1,
    }  # fmt: skip
    proposed, offered = run.equity["proposed"], run.equity["offered"]
    assert proposed["all"] == 2 and offered["all"] == run.offer_count > 0
    for counts in (proposed, offered):
        for dimension in ("area", "age", "sex", "channel"):
            of_it = [count for code, count in counts.items() if code.startswith(f"{dimension}:")]
            assert sum(of_it) == counts["all"]
    # Numbers of people and nothing of a person.
    assert str(people[0].pk) not in run.equity and run.seconds["count"] >= 0


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_counting_takes_one_statement(db, django_assert_num_queries, rows: int) -> None:
    tree = small_tree()
    ids = [make_willing(tree).pk for _ in range(rows)]

    with django_assert_num_queries(1):
        found = counts_of(ids, level=2, at=clock.now())

    assert found["all"] == rows
    assert sum(count for code, count in found.items() if code.startswith("area:")) == rows


def test_cities_are_compared_where_people_of_several_could_serve(db) -> None:
    tree = small_tree()
    make_open_shift(tree, of_task={"is_remote": True}, seats=3)
    for county in (tree.counties[0], tree.counties[-1]):
        make_willing(tree, area=county, county=county)
    at = clock.now()
    (run,) = plan(at=at)

    run_match(run_id=run.pk, at=at)

    run = MatchRun.objects.get()
    codes = {county.path_codes[1] for county in (tree.counties[0], tree.counties[-1])}
    assert len(codes) == 2 and run.equity["level"] == {"all": 2}
    assert {code for code in run.equity["eligible"] if code.startswith("area:")} == {
        f"area:{c}" for c in codes
    }
    assert run.equity["offered"] == {"all": 0}
