"""When a plan is made, and what becomes of it."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils.timezone import localtime

from core import clock, doorbell
from core.doorbell import Job
from core.models import AuditRecord
from matching.actions import plan, request_run, run_match, running
from matching.actions.requests import HOLDS, MOST_ATTEMPTS, NothingAsked
from matching.actions.solving import SolverFailed
from matching.models import MatchRun, Proposal, RolePrice
from matching.queries.plan import last_run, planned_elsewhere, planned_for
from tasks.models import Offer, Shift, ShiftRole
from tests.factories.accounts import make_user
from tests.factories.areas import make_area, small_tree
from tests.factories.tasks import make_stop, role_of
from tests.matching.province import make_open_offer, make_open_shift, make_willing


@pytest.fixture
def rings(monkeypatch) -> list[tuple[Job, dict]]:
    rung: list[tuple[Job, dict]] = []
    monkeypatch.setattr(doorbell, "ring", lambda job, **kwargs: rung.append((job, kwargs)))
    return rung


def planned(at=None) -> MatchRun:
    at = at or clock.now()
    (run,) = plan(at=at)
    return run_match(run_id=run.pk, at=at)


def test_open_seats_make_a_run_and_ring_for_it(db, rings):
    shift = make_open_shift()

    (run,) = plan(at=clock.now())

    assert run.scope.code == shift.area.path_codes[0]
    assert run.status == "queued"
    assert rings == [(Job.RUN_MATCH, {"run_id": run.pk})]


def test_nothing_asked_makes_no_run(db):
    assert plan(at=clock.now()) == []


def test_a_full_shift_makes_no_run(db):
    make_open_shift()
    ShiftRole.objects.update(seats_taken=F("seats"))

    assert plan(at=clock.now()) == []


def test_a_shift_makes_no_run_before_it_opens_to_everybody(db):
    at = clock.now()
    shift = make_open_shift()
    Shift.objects.filter(pk=shift.pk).update(opens_at=at + timedelta(hours=5))
    assert plan(at=at) == []

    Shift.objects.filter(pk=shift.pk).update(opens_at=at - timedelta(hours=2))
    assert len(plan(at=at)) == 1


def test_a_stopped_area_makes_no_run(db):
    make_stop(make_open_shift().area)

    assert plan(at=clock.now()) == []


def test_the_same_demand_makes_one_run(db):
    at = clock.now().replace(minute=5)
    make_open_shift(starts_at=at + timedelta(days=1))
    plan(at=at)

    assert plan(at=at + timedelta(minutes=1)) == []


def test_another_demand_overtakes_a_run_that_waits(db):
    at = clock.now()
    tree = small_tree()
    make_open_shift(tree)
    (first,) = plan(at=at)
    make_open_shift(tree)

    (second,) = plan(at=at)

    first.refresh_from_db()
    assert (first.status, second.status) == ("superseded", "queued")


def test_a_plan_holds_a_while_where_only_free_seats_changed(db):
    at = clock.now().replace(minute=5)
    role = role_of(make_open_shift(starts_at=at + timedelta(days=1)))
    planned(at)
    ShiftRole.objects.filter(pk=role.pk).update(seats_taken=1)

    assert plan(at=at + HOLDS - timedelta(seconds=1)) == []
    assert len(plan(at=at + HOLDS)) == 1


def test_a_seat_that_is_given_back_is_demand_again(db):
    at = clock.now().replace(minute=5)
    role = role_of(make_open_shift(starts_at=at + timedelta(days=1)))
    make_willing_one(role)
    planned(at)
    ShiftRole.objects.filter(pk=role.pk).update(seats_taken=1)
    second = planned(at + HOLDS)
    ShiftRole.objects.filter(pk=role.pk).update(seats_taken=0)

    third = planned(at + 2 * HOLDS)

    assert [second.status, third.status] == ["done", "done"]
    assert MatchRun.objects.count() == 3


def make_willing_one(role: ShiftRole):
    tree_area = role.shift.area
    return make_willing_in(tree_area)


def make_willing_in(area):
    class Tree:
        townships = (area,)

    return make_willing(Tree)


def test_a_plan_is_stored_with_its_figures(db):
    tree = small_tree()
    shift = make_open_shift(tree, seats=2, seats_min=1)
    near, far = make_willing(tree), make_willing(tree, longitude=119.58)

    run = planned()

    role = role_of(shift)
    assert [(one.volunteer, one.rank) for one in planned_for(role)] == [(near, 1), (far, 2)]
    assert run.status == "done" and run.offered_at is not None and run.leased_until is None
    assert (run.volunteer_count, run.role_count, run.seat_count, run.proposal_count) == (2, 1, 2, 2)
    assert run.weights["version"] == 3 and run.engine_version and run.seed == 1
    assert run.upper_bound >= run.objective > 0
    assert 0 <= run.gap_percent < 1
    assert set(run.seconds) == {"snapshot", "solve", "count", "store", "offer"}
    assert RolePrice.objects.get(role=role).price >= 0
    assert last_run(shift.area) == last_run(None) == run


def test_a_proposal_says_what_weighed(db):
    tree = small_tree()
    shift = make_open_shift(tree, seats=1, seats_min=1)
    volunteer = make_willing(tree)
    volunteer.causes.add(shift.task.type.cause)

    planned()

    (proposal,) = planned_for(role_of(shift))
    factors = proposal.factors
    assert 600 < factors["metres"] < 800
    assert factors["cause"] is True and factors["load"] == 0 and factors["cost"] == 7
    assert 0 < factors["likelihood"] < 1


def test_a_new_plan_takes_the_place_of_the_last(db):
    at = clock.now().replace(minute=5)
    tree = small_tree()
    make_open_shift(tree, starts_at=at + timedelta(days=1))
    make_willing(tree)
    first = planned(at)
    make_open_shift(tree, starts_at=at + timedelta(days=3))

    second = planned(at)

    assert set(Proposal.objects.values_list("run", flat=True)) == {second.pk}
    assert first.pk != second.pk


def test_a_second_time_changes_nothing(db):
    tree = small_tree()
    make_open_shift(tree, filling="offer")
    make_willing(tree)
    run = planned()
    before = list(Proposal.objects.values()), list(Offer.objects.values())

    again = run_match(run_id=run.pk, at=clock.now())

    assert again is None
    assert (list(Proposal.objects.values()), list(Offer.objects.values())) == before


def test_a_run_that_somebody_holds_is_left_alone(db):
    make_open_shift()
    (run,) = plan(at=clock.now())
    running.claim(run.pk, at=clock.now())

    assert run_match(run_id=run.pk, at=clock.now()) is None


def test_a_run_whose_lease_is_over_is_rung_for_and_taken_over(db, rings):
    at = clock.now()
    tree = small_tree()
    make_open_shift(tree, starts_at=at + timedelta(days=2))
    make_willing(tree)
    (run,) = plan(at=at)
    running.claim(run.pk, at=at)
    later = at + running.LEASE + timedelta(seconds=1)
    rings.clear()

    plan(at=later)

    assert (Job.RUN_MATCH, {"run_id": run.pk}) in rings
    done = run_match(run_id=run.pk, at=later)
    assert (done.status, done.attempt_count) == ("done", 2)


def test_a_shift_that_moves_meanwhile_supersedes_the_run(db, monkeypatch):
    tree = small_tree()
    shift = make_open_shift(tree, filling="offer")
    make_willing(tree)
    (run,) = plan(at=clock.now())
    solve_parts = running.solve_parts

    def and_move(*args):
        Shift.objects.filter(pk=shift.pk).update(version=F("version") + 1)
        return solve_parts(*args)

    monkeypatch.setattr(running, "solve_parts", and_move)
    done = run_match(run_id=run.pk, at=clock.now())

    assert done.status == "superseded"
    assert not Proposal.objects.exists() and not Offer.objects.exists()
    assert MatchRun.objects.filter(status="queued").count() == 1


def test_a_seat_taken_meanwhile_does_not_supersede_it(db, monkeypatch):
    """Sign-ups never cease; whoever makes an offer looks at the free seats again."""
    tree = small_tree()
    shift = make_open_shift(tree)
    make_willing(tree)
    (run,) = plan(at=clock.now())
    solve_parts = running.solve_parts

    def and_take(*args):
        ShiftRole.objects.filter(shift=shift).update(seats_taken=1)
        return solve_parts(*args)

    monkeypatch.setattr(running, "solve_parts", and_take)

    assert run_match(run_id=run.pk, at=clock.now()).status == "done"


def test_a_worker_that_lost_its_lease_stores_nothing(db, monkeypatch):
    tree = small_tree()
    make_open_shift(tree)
    make_willing(tree)
    (run,) = plan(at=clock.now())
    solve_parts = running.solve_parts

    def and_lose(*args):
        MatchRun.objects.update(leased_until=clock.now() + timedelta(hours=1))
        return solve_parts(*args)

    monkeypatch.setattr(running, "solve_parts", and_lose)

    assert run_match(run_id=run.pk, at=clock.now()) is None
    assert not Proposal.objects.exists()
    assert MatchRun.objects.get().status == "running"


def test_a_process_that_fails_is_tried_again_and_then_given_up(db, monkeypatch):
    make_willing(tree := small_tree())
    make_open_shift(tree)
    (run,) = plan(at=clock.now())

    def fail(*args, **kwargs):
        raise SolverFailed("the engine took over 240 s")

    monkeypatch.setattr(running, "solve_problem", fail)
    states = [
        run_match(run_id=run.pk, at=clock.now() + timedelta(seconds=n)).status for n in range(MOST_ATTEMPTS)
    ]

    assert states == ["running"] * (MOST_ATTEMPTS - 1) + ["failed"]
    assert "took over 240 s" in MatchRun.objects.get().failure_reason


def test_a_run_whose_workers_all_died_is_given_up(db):
    at = clock.now()
    make_open_shift(starts_at=at + timedelta(days=2))
    (run,) = plan(at=at)
    MatchRun.objects.update(status="running", leased_until=at, attempt_count=MOST_ATTEMPTS)

    plan(at=at + timedelta(seconds=1))

    run.refresh_from_db()
    assert run.status == "failed" and run.failure_reason


def test_somebody_asks_for_a_plan_by_hand(db):
    shift = make_open_shift()
    official = make_user()

    run = request_run(scope=shift.area, by=official, at=clock.now())

    assert run.status == "queued"
    assert AuditRecord.objects.get(verb="match.requested").actor_id == official.pk
    assert request_run(scope=shift.area, by=official, at=clock.now()) == run


def test_a_plan_by_hand_where_nothing_is_asked_is_refused(db):
    with pytest.raises(NothingAsked):
        request_run(scope=make_area(), by=make_user(), at=clock.now())


def test_two_shifts_at_once_are_planned_elsewhere_for_each_other(db):
    tree = small_tree()
    one, other = make_open_shift(tree, seats=1, seats_min=1), make_open_shift(tree, seats=1, seats_min=1)
    volunteer = make_willing(tree)
    planned()

    taken = [role_of(shift) for shift in (one, other) if planned_for(role_of(shift))]
    free = [role_of(shift) for shift in (one, other) if not planned_for(role_of(shift))]

    assert len(taken) == len(free) == 1
    assert planned_elsewhere([volunteer.pk], free[0]) == {volunteer.pk}
    assert planned_elsewhere([volunteer.pk], taken[0]) == set()


@pytest.mark.parametrize("rows", [1, 3])
def test_planning_reads_as_much_for_one_as_for_three(db, django_assert_num_queries, rows):
    tree = small_tree()
    for _ in range(rows):
        make_open_shift(tree)
        make_willing(tree)
    plan(at=clock.now())

    with django_assert_num_queries(8):
        plan(at=clock.now())


def test_seats_that_stay_empty_are_counted_by_reason(db, time_machine):
    # On a Sunday evening: next week's plan ends before the second shift does.
    today = localtime(clock.now())
    sunday = today + timedelta(days=6 - today.weekday())
    time_machine.move_to(sunday.replace(hour=22, minute=30), tick=True)
    at = clock.now()
    tree = small_tree()
    make_open_shift(tree, seats=3, seats_min=1, starts_at=at + timedelta(days=1))
    # It ends after the 168 hours of its week: a later run has it.
    make_open_shift(tree, seats=2, seats_min=1, starts_at=at + timedelta(days=7, hours=-1))
    make_willing(tree)

    run = planned(at)

    assert (run.seat_count, run.proposal_count) == (5, 1)
    assert run.unfilled == {"few-qualify": 2, "left-out": 2}


def test_where_nobody_can_be_asked_every_seat_lacks_people(db):
    make_open_shift(seats=3, seats_min=1)

    assert planned().unfilled == {"few-qualify": 3}


def test_the_first_plan_moves_nobody_and_the_same_again_neither(db):
    at = clock.now().replace(minute=5)
    tree = small_tree()
    shift = make_open_shift(tree, starts_at=at + timedelta(days=1))
    make_willing(tree)
    first = planned(at)
    ShiftRole.objects.filter(shift=shift).update(version=F("version") + 1)

    second = planned(at)

    assert first.moved_count is None
    assert (second.proposal_count, second.moved_count) == (first.proposal_count, 0)
    assert second.plan_digest == first.plan_digest


def test_pairs_that_a_plan_gives_up_are_counted_but_not_those_who_answered(db):
    at = clock.now().replace(minute=5)
    tree = small_tree()
    shift = make_open_shift(tree, seats=3, seats_min=3, starts_at=at + timedelta(days=1))
    asked, gone, stays = (make_willing(tree) for _ in range(3))
    assert planned(at).proposal_count == 3
    make_open_offer(role_of(shift), asked, status="declined", answer="no-time", ended_at=at)
    gone.user.is_active = False
    gone.user.save()
    ShiftRole.objects.filter(shift=shift).update(version=F("version") + 1)

    second = planned(at)

    assert [one.volunteer for one in planned_for(role_of(shift))] == [stays]
    assert second.moved_count == 1
