"""No plan breaks a rule: random provinces, an independent checker, and faults that it must find."""

import random
from contextlib import suppress
from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from core import clock
from matching.actions import plan, run_match
from matching.actions.repairing import repair_plan
from matching.models import MatchRun, Proposal, Repair
from matching.policies import hours, vocabulary
from matching.queries import mapping, snapshot
from matching.queries.checker import violations
from tasks.models import Assignment, Offer
from tests.factories.areas import small_tree
from tests.factories.tasks import role_of
from tests.matching.province import make_open_offer, make_open_shift, make_province, make_willing

SEEDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)


def carry_out() -> MatchRun:
    at = clock.now()
    (run,) = plan(at=at)
    done = run_match(run_id=run.pk, at=at)
    assert done is not None and done.status == "done", done and done.failure_reason
    return done


def rules() -> set[str]:
    return {found.rule for found in violations(clock.now())}


# By day, when people may be asked; and twice before clocks are set by an hour.
NOON = "2026-11-24T04:05:00+00:00"
PLACES = [
    ("Asia/Shanghai", NOON),
    ("Europe/Berlin", "2026-10-22T10:05:00+00:00"),
    ("Europe/Berlin", "2026-03-26T10:05:00+00:00"),
]


@pytest.fixture(autouse=True)
def by_day(time_machine) -> None:
    time_machine.move_to(NOON, tick=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_province_is_planned_without_a_violation(db, time_machine, settings, seed: int) -> None:
    settings.TIME_ZONE, moment = PLACES[seed % len(PLACES)]
    time_machine.move_to(moment, tick=True)
    make_province(seed)

    run = carry_out()

    assert violations(clock.now()) == []
    assert run.proposal_count == Proposal.objects.count() > 0


@pytest.mark.parametrize("seed", [22, 25, 26])
def test_a_plan_that_was_repaired_again_and_again_breaks_no_rule(db, seed: int) -> None:
    """Whoever is suggested says no, one after the other, and each time the plan is repaired around the role."""
    dice = random.Random(seed)
    make_province(seed)
    carry_out()
    repairs: list[Repair | None] = []

    for _ in range(12):
        at = clock.now()
        pair = {"role": OuterRef("role"), "volunteer": OuterRef("volunteer")}
        open_ones = Proposal.objects.exclude(
            Exists(Offer.objects.filter(**pair)) | Exists(Assignment.objects.filter(**pair))
        ).order_by("pk")
        if not open_ones:
            break
        gone = dice.choice(list(open_ones))
        made = {"made_at": at - timedelta(days=3), "offered_on": at.date() - timedelta(days=3)}
        ended = {"status": "declined", "answer": "other", "ended_at": at, "ration_slot": dice.choice([1, 2])}
        with suppress(IntegrityError), transaction.atomic():
            make_open_offer(gone.role, gone.volunteer, **made, **ended)
        repairs.append(repair_plan(role_id=gone.role_id, at=clock.now()))
        assert violations(clock.now()) == []

    assert any(repairs)


def test_random_provinces_hold_what_can_go_wrong(db) -> None:
    """Else the test above would prove little."""
    make_province(1)

    carry_out()

    assert Offer.objects.filter(source="matching").exists()
    assert Offer.objects.filter(source="organizer").exists()
    assert Assignment.objects.filter(created_by=None).exists()


def drop_rest(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mapping.policies, "REST", timedelta(0))


def end_an_hour_early(patch: pytest.MonkeyPatch) -> None:
    window = mapping._window

    def early(role, horizon):
        first, last = window(role, horizon)
        return first, max(first + 1, last - 1)

    patch.setattr(mapping, "_window", early)


def shift_the_bits(patch: pytest.MonkeyPatch) -> None:
    def give(self, words, trait, who):
        words[who] |= np.uint64(1 << (self.bits[trait] + 1) % 64)

    patch.setattr(vocabulary.Word, "give", give)


def forget_hours_spent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hours, "hours_spent", lambda number, *rest: np.zeros(number, np.int64))


def stretch_reach(patch: pytest.MonkeyPatch) -> None:
    reach = mapping.reach_of
    patch.setattr(mapping, "reach_of", lambda snapshot: reach(snapshot) * 2)


def forget_open_offers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(snapshot, "ROLES", snapshot.ROLES.replace("- offers.open,", ",", 1))


def forget_messages(patch: pytest.MonkeyPatch) -> None:
    agreed = snapshot.AGREED.replace("count(*) = 2", "count(*) >= 1")
    patch.setattr(snapshot, "AGREED", agreed)


def imply_backwards(patch: pytest.MonkeyPatch) -> None:
    sql, columns = snapshot.ROWS["capabilities"]
    turned = sql.replace(
        "rule.implied_id, rule.capability_id FROM", "rule.capability_id, rule.implied_id FROM"
    )
    turned = turned.replace("WHERE rule.implied_id = ANY", "WHERE rule.capability_id = ANY")
    patch.setitem(snapshot.ROWS, "capabilities", (turned, columns))


FAULTS = {
    imply_backwards: "capability",
    drop_rest: "rest",
    end_an_hour_early: "availability",
    shift_the_bits: "capability",
    forget_hours_spent: "hours",
    stretch_reach: "distance",
    forget_open_offers: "seats",
    forget_messages: "consent",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(db, monkeypatch: pytest.MonkeyPatch, fault) -> None:
    fault(monkeypatch)

    for seed in range(1, 13):
        with transaction.atomic():
            make_province(seed, people=50)
            carry_out()
            found = rules()
            transaction.set_rollback(True)
        if FAULTS[fault] in found:
            return

    pytest.fail(f"the checker did not see that {FAULTS[fault]} was broken")


def test_asking_again_after_a_no_is_found(db, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = small_tree()
    role = role_of(make_open_shift(tree))
    make_open_offer(role, make_willing(tree), status="declined", answer="other", ended_at=clock.now())
    sql, columns = snapshot.ROWS["left_alone"]
    monkeypatch.setitem(snapshot.ROWS, "left_alone", (sql.replace("'declined'", "'nobody'"), columns))

    carry_out()

    assert rules() == {"asked-before"}
