"""What a plan keeps of its reasons, and how it says why seats stay empty."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime
from django.utils.translation import override

from core import clock
from matching.actions import plan, run_match
from matching.models import Proposal, RolePrice
from matching.policies.counting import rounded
from matching.queries.plan import seats_of, why_not
from matching.rendering.empty_seats import what_helps_in_words, why_empty_in_words
from matching.rendering.reasons import weighed_in_words, why_not_in_words
from tests.factories.areas import small_tree
from tests.factories.tasks import role_of
from tests.factories.volunteers import make_capability
from tests.matching.province import make_open_shift, make_willing
from volunteers.models import WeeklyAvailability

SATURDAY = 5


def carry_out():
    at = clock.now()
    (run,) = plan(at=at)
    return run_match(run_id=run.pk, at=at)


def told(role: RolePrice, language: str = "en") -> tuple[str, list[str]]:
    with override(language):
        return why_empty_in_words(role), what_helps_in_words(role)


def test_numbers_of_people_are_never_about_one_and_end_at_a_thousand():
    assert [rounded(n) for n in (0, 1, 2, 3, 20, 21, 99, 129, 1000, 70_000)] == [
        0, 2, 2, 3, 20, 21, 99, 120, 1000, 1000,
    ]  # fmt: skip


def test_a_proposal_keeps_the_opportunity_price_and_what_the_next_one_would_cost(db):
    tree = small_tree()
    make_open_shift(tree, seats=1, seats_min=1)
    make_willing(tree)
    make_willing(tree, longitude=119.60)

    carry_out()

    factors = Proposal.objects.get().factors
    assert factors["elsewhere"] == 0
    # The other one lives some four kilometres farther away.
    assert 30 <= factors["runner_up"] <= 60
    with override("en"):
        words = weighed_in_words(factors)
    assert "no other shift misses them then" in words and "points more" in words


def test_whoever_could_do_something_else_then_has_a_price_and_nobody_else_no_runner_up(db):
    tree = small_tree()
    for _ in range(2):
        make_open_shift(tree, seats=1, seats_min=1)
    make_willing(tree)

    carry_out()

    factors = Proposal.objects.get().factors
    assert factors["elsewhere"] > 1000 and "runner_up" not in factors
    with override("zh-hans"):
        assert "换到别处" in weighed_in_words(factors) and "没有别人能来" in weighed_in_words(factors)


def test_a_seat_that_nobody_has_the_skill_for_says_so_and_what_would_help(db):
    tree = small_tree()
    shift = make_open_shift(tree, requirements=[make_capability()], seats=2, seats_min=1)
    for _ in range(4):
        make_willing(tree)

    run = carry_out()

    role = seats_of(role_of(shift))
    assert (role.verdict, role.empty_count, role.people["lacking"]) == ("few-qualify", 2, 4)
    assert run.unfilled == {"few-qualify": 2}
    assert told(role) == (
        "Nobody within reach who is free at that hour has what it asks for",
        ["Ask for less: 4 people near by are free at that hour, but lack something it asks for"],
    )
    assert told(role, "zh-hans")[1] == ["要求放宽一些：4 人住得近、这个时间有空，只是不完全符合要求"]


def test_where_people_are_not_free_or_live_far_away_that_is_what_would_help(db):
    tree = small_tree()
    at = clock.now().replace(minute=5)
    shift = make_open_shift(tree, starts_at=at + timedelta(days=1), hours=2)
    for _ in range(3):
        busy = make_willing(tree)
        elsewhen = (shift.starts_at.weekday() + 3) % 7
        WeeklyAvailability.objects.create(volunteer=busy, weekday=elsewhen, starts_hour=8, ends_hour=20)
    make_willing(tree, longitude=120.9)

    carry_out()

    why, helps = told(seats_of(role_of(shift)))
    assert why == "Nobody within reach who has what it asks for is free at that hour"
    assert [each.split(":")[0] for each in helps] == ["Choose another hour", "Ask wider, or offer a ride"]
    # One person is not told apart from two.
    assert "one or two people" in helps[1]


def test_where_all_who_qualify_are_needed_more_elsewhere_nobody_is_called_free(db):
    tree = small_tree()
    roles = [role_of(make_open_shift(tree, seats=3, seats_min=3)) for _ in range(2)]
    for _ in range(3):
        make_willing(tree)

    carry_out()

    empty = [seats_of(role) for role in roles]
    assert sum(role.empty_count for role in empty) == 3
    fewest = max(empty, key=lambda role: role.empty_count)
    assert fewest.verdict == "worth-more-elsewhere"
    why, helps = told(fewest)
    assert "are needed more elsewhere" in why
    assert helps == ["Ask them all the same: then somebody is missing there instead"]


def test_a_full_role_says_nothing_and_a_role_without_a_plan_neither(db):
    tree = small_tree()
    shift = make_open_shift(tree, seats=1, seats_min=1)
    assert told(seats_of(role_of(shift))) == ("", [])
    make_willing(tree)

    carry_out()

    assert told(seats_of(role_of(shift))) == ("", [])


def test_whoever_has_no_hours_left_after_the_plan_reads_which_day_takes_them(db):
    tree = small_tree()
    today = localtime().replace(hour=10, minute=5)
    # Two days of one calendar week, both among the next seven.
    away = (1, 2) if today.weekday() < SATURDAY - 1 else (7 - today.weekday(), 9 - today.weekday())
    shifts = [
        make_open_shift(tree, starts_at=today + timedelta(days=day), hours=4, seats=1, seats_min=1)
        for day in away
    ]
    volunteer = make_willing(tree, max_hours_week=6)

    with override("en"):
        carry_out()
        planned = Proposal.objects.get().role
        other = next(role_of(shift) for shift in shifts if role_of(shift).pk != planned.pk)
        words = why_not_in_words(why_not(other, volunteer, clock.now()), other.shift)

    assert words[0].startswith(
        f"Your hours of that week are needed more elsewhere: {planned.shift.task.title}"
    )


@pytest.mark.parametrize("verdict", ["", "full"])
def test_an_empty_seat_without_a_verdict_is_not_explained_by_a_guess(verdict):
    assert told(RolePrice(verdict=verdict, empty_count=2)) == ("", [])
