"""What a stage changes in plans and offers: what seats weigh, and how far people are alerted."""

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.db import transaction

from core import clock
from matching.actions import plan, run_match
from matching.models import MatchRun, Proposal
from matching.policies.vocabulary import place_codes
from matching.policies.weights import Weights
from matching.queries import demand, snapshot
from matching.queries.checker import violations, worth
from tasks.actions.offers import Pick, make_offers
from tasks.models import Offer, Playbook, PlaybookPriority, PlaybookStage, Shift, StageChange, Task
from tasks.policies import Turndown
from tasks.queries.offers import suggestions
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.governing import make_transfer
from tests.factories.tasks import make_crisis, role_of
from tests.matching.province import CENTRE, make_open_shift, make_province, make_willing
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


def govern(area, *, stage: int = 1, reach: str = "county", weight: str = "1.50", urgent=None) -> StageChange:
    """A crisis over an area, in a stage of a playbook of its own."""
    at = clock.now() - timedelta(days=2)
    playbook = Playbook.objects.create(code=f"book-{area.code}", name_zh="册", name_en="Book", changed_at=at)
    row = PlaybookStage.objects.create(
        playbook=playbook,
        stage=stage,
        name_zh="一",
        name_en="One",
        alert_reach=reach,
        seat_weight=Decimal(weight),
    )
    for kind, priority in (urgent or {}).items():
        PlaybookPriority.objects.create(stage=row, type=kind, priority=priority)
    return StageChange.objects.create(
        crisis=make_crisis(area, started_at=at, playbook=playbook),
        area=area,
        stage=stage,
        effective_at=at,
        decided_at=at,
        decided_by=make_user(),
        reason="Cases.",
    )


def carry_out() -> MatchRun:
    at = clock.now()
    (run,) = plan(at=at)
    done = run_match(run_id=run.pk, at=at)
    assert done is not None and done.status == "done", done and done.failure_reason
    return done


def make_governed_province(seed: int) -> None:
    """A city narrowed to its counties or to itself, with one call to which neighbours lend hands. All of its people are
    near all of the work, wherever they live; plans only suggest."""
    made = make_province(seed)
    Volunteer.objects.exclude(longitude=None).update(longitude=CENTRE[0], latitude=CENTRE[1])
    Shift.objects.exclude(longitude=None).update(longitude=CENTRE[0], latitude=CENTRE[1])
    Task.objects.update(filling="propose")
    kinds = {task.type: number % 4 for number, task in enumerate(Task.objects.select_related("type")[:3])}
    govern(made.tree.cities[0], reach=("county", "city")[seed % 2], urgent=kinds)
    task = Task.objects.filter(area=made.tree.counties[0]).first()
    make_transfer(task, made.tree.counties[1], status="agreed")


def forget_reach(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        snapshot, "ROLES", snapshot.ROLES.replace("THEN coalesce(area.county_id", "THEN nullif(area.id")
    )


def one_code_for_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("matching.queries.mapping.place_codes", lambda areas: dict.fromkeys(areas, (0,)))


def forget_weights(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("matching.actions.running.weights_for", lambda at: Weights())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plan_keeps_to_the_reach_and_is_worth_what_the_playbook_says(seed: int) -> None:
    make_governed_province(seed)

    run = carry_out()

    assert violations(clock.now()) == []
    assert run.proposal_count > 0 and set(run.weights["stages"].values()) == {1.5}
    assert run.objective == worth(run, clock.now())


@pytest.mark.parametrize("fault", [forget_reach, one_code_for_all])
def test_a_plan_beyond_the_reach_is_found(monkeypatch: pytest.MonkeyPatch, fault) -> None:
    fault(monkeypatch)
    for seed in (2, 4, 6, 8):
        with transaction.atomic():
            make_governed_province(seed)
            carry_out()
            found = {one.rule for one in violations(clock.now())}
            transaction.set_rollback(True)
        if "reach" in found:
            return

    pytest.fail("the checker did not see people beyond the reach")


def test_a_plan_that_forgets_the_stage_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_weights(monkeypatch)
    make_governed_province(1)

    run = carry_out()

    assert run.objective != worth(run, clock.now())


def test_whoever_lives_beyond_the_reach_is_not_alerted_unless_their_area_lends_hands() -> None:
    tree: SmallTree = small_tree()
    change = govern(tree.province, reach="county")
    role = role_of(make_open_shift(tree, filling="propose"))
    here = make_willing(tree)
    there = make_willing(tree, area=next(t for t in tree.townships if t.county_id == tree.counties[1].pk))
    nowhere = make_willing(tree, area=None)
    at = clock.now()

    before = suggestions(role, at=at)
    refused = make_offers(
        role=role,
        picks=[Pick(one.pk) for one in (there, nowhere)],
        source=Offer.Source.ORGANIZER,
        by=make_user(),
        at=at,
    )
    make_transfer(role.shift.task, tree.counties[1], status="agreed")
    lent = suggestions(role, at=at)
    PlaybookStage.objects.update(alert_reach="province")
    after = suggestions(role, at=at)

    assert change.stage == 1
    assert [row.volunteer for row in before.rows] == [here]
    assert dict(before.turned_down) == {Turndown.BEYOND_REACH: 1}
    assert [reason for _, reason in refused.refused] == [Turndown.BEYOND_REACH] * 2
    assert {row.volunteer for row in lent.rows} == {here, there}
    assert {row.volunteer for row in after.rows} == {here, there}


def test_work_from_home_has_no_reach() -> None:
    tree = small_tree()
    govern(tree.province, reach="county")
    role = role_of(make_open_shift(tree, of_task={"is_remote": True}))
    there = make_willing(tree, area=tree.counties[1])

    carry_out()
    found = suggestions(role, at=clock.now())

    assert [row.volunteer for row in found.rows] == [there]
    assert list(Proposal.objects.values_list("volunteer", flat=True)) == [there.pk]


def test_a_change_of_stage_asks_for_a_new_plan() -> None:
    tree = small_tree()
    change = govern(tree.province)
    make_open_shift(tree)
    make_willing(tree)
    run = carry_out()
    at = clock.now()
    (same,) = demand.demands(at)
    PlaybookStage.objects.create(playbook=change.crisis.playbook, stage=2, name_zh="二", name_en="Two")

    StageChange.objects.create(
        crisis=change.crisis, area=tree.counties[0], stage=2, effective_at=at, decided_at=at,
        decided_by=change.decided_by, reason="Numbers fall.",
    )  # fmt: skip

    (now,) = demand.demands(at)
    assert not same.contradicts(run) and now.contradicts(run)


@pytest.mark.parametrize("count", [0, 1, 2, 11, 90, 500])
def test_nobody_of_one_place_has_all_the_bits_of_another(count: int) -> None:
    codes = place_codes(range(count))

    words = np.array([sum(1 << bit for bit in bits) for bits in codes.values()], np.int64)
    assert len(codes) == count and all(words)
    holds = (words[:, None] & words[None, :]) == words[None, :]
    assert (holds == np.eye(count, dtype=bool)).all()
    assert count != 90 or words.max() < 2**9
