"""Why somebody is not asked, in words of both languages."""

import pytest
from django.utils.translation import override

from core import clock
from matching.actions import plan, run_match
from matching.models import Proposal
from matching.queries.plan import planned_for, why_not
from matching.rendering.reasons import factors_in_words, outcome_in_words, why_not_in_words
from tasks.models import ShiftRole, Task
from tests.factories.areas import small_tree
from tests.factories.tasks import role_of
from tests.matching.province import make_open_shift, make_willing


def words(role, volunteer, language="en") -> list[str]:
    with override(language):
        return why_not_in_words(why_not(role, volunteer, clock.now()), role.shift)


def carry_out():
    at = clock.now()
    (run,) = plan(at=at)
    return run_match(run_id=run.pk, at=at)


def test_the_rule_that_forbids_it_comes_first(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree))

    assert "km" in words(role, make_willing(tree, longitude=120.9))[0]


def test_without_a_yes_to_messages_nobody_asks(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree))

    said = words(role, make_willing(tree, consents=("terms",)))

    assert said == ["You did not agree to messages about needs, so nobody asks you"]


def test_whoever_is_needed_more_elsewhere_reads_where(db):
    tree = small_tree()
    one, other = (role_of(make_open_shift(tree, seats=1, seats_min=1)) for _ in range(2))
    volunteer = make_willing(tree)
    carry_out()
    planned, free = (one, other) if planned_for(one) else (other, one)

    assert words(free, volunteer)[0].startswith("You are needed more elsewhere: " + planned.shift.task.title)
    assert words(free, volunteer, "zh-hans")[0].startswith("别处更需要你：")
    # The organizer decides whom to ask; nothing is promised for them.
    assert words(planned, volunteer)[0].startswith("You are suggested to the organizer")
    Task.objects.update(filling="offer")
    assert words(ShiftRole.objects.get(pk=planned.pk), volunteer)[0].startswith("You are next")


def test_whoever_comes_after_others_reads_that(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree, seats=1, seats_min=1))
    make_willing(tree)
    farther = make_willing(tree, longitude=119.58)
    assert words(role, farther)[0].startswith("No plan has been made")

    carry_out()

    assert words(role, farther)[0].startswith("Others who are nearer")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_answer_takes_four_statements(db, django_assert_num_queries, rows):
    tree = small_tree()
    roles = [role_of(make_open_shift(tree)) for _ in range(rows)]
    volunteer = make_willing(tree)
    carry_out()

    with django_assert_num_queries(4):
        why_not(roles[0], volunteer, clock.now())


def test_what_weighed_is_said_in_both_languages(db):
    tree = small_tree()
    role_of(make_open_shift(tree))
    make_willing(tree)
    run = carry_out()
    factors = {**Proposal.objects.get().factors, "load": 2, "load_points": 60}

    with override("en"):
        english = factors_in_words(factors), outcome_in_words(run)
    with override("zh-hans"):
        chinese = factors_in_words(factors), outcome_in_words(run)

    assert any("points" in line for line in english[0]) and "below the best plan" in english[1]
    assert any("分" in line for line in chinese[0]) and "最佳安排" in chinese[1]
