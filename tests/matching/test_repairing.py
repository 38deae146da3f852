"""The plan that stands is repaired after events: against the checker's rules, and against a plan made anew."""

import random
from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from core import clock, doorbell, faults
from core.doorbell import Job
from matching import actions, jobs
from matching.actions import repair_plan, running
from matching.models import MatchRun, Proposal, Repair
from matching.policies.weights import Weights
from matching.queries.checker import violations
from matching.queries.neighbourhood import STATEMENTS, around, place_of
from tasks.actions.offers import decline_offer
from tasks.actions.seats import release
from tasks.actions.shifts import edit_shift, post_shift
from tasks.models import Assignment, Offer, Shift, ShiftRole
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, role_of, tomorrow_at
from tests.factories.volunteers import give_capability, make_capability
from tests.matching.province import make_open_offer, make_open_shift, make_province, make_willing

NOON = "2026-11-24T04:05:00+00:00"


@pytest.fixture(autouse=True)
def by_day(time_machine):
    time_machine.move_to(NOON, tick=True)


@pytest.fixture
def rung(monkeypatch):
    """What is rung for, in place of the broker."""
    rings: list[tuple[Job, dict]] = []
    monkeypatch.setattr(doorbell, "ring", lambda job, **kwargs: rings.append((job, kwargs)))
    return rings


def carry_out() -> MatchRun:
    at = clock.now()
    (run,) = actions.plan(at=at)
    done = actions.run_match(run_id=run.pk, at=at)
    assert done is not None and done.status == "done", done and done.failure_reason
    return done


def answer(rings) -> None:
    """Do what was rung for, as the worker would."""
    while rings:
        job, kwargs = rings.pop(0)
        if job == Job.OFFER_NEXT:
            jobs.offer_next(**kwargs)
        elif job == Job.REPAIR_PLAN:
            jobs.repair_plan(**kwargs)


def suggested(role: ShiftRole) -> list[int]:
    return list(Proposal.objects.filter(role=role).order_by("rank").values_list("volunteer", flat=True))


def refuse(role: ShiftRole, volunteer, status: str = "declined") -> None:
    answered = "no-time" if status == "declined" else ""
    make_open_offer(role, volunteer, status=status, answer=answered, ended_at=clock.now())


def test_after_a_no_somebody_moves_up_and_a_free_person_takes_their_place(db):
    tree, skill = small_tree(), make_capability()
    skilled = role_of(make_open_shift(tree, seats=1, seats_min=1, requirements=[skill]))
    plain = role_of(make_open_shift(tree, seats=1, seats_min=1))
    two = {make_willing(tree).pk for _ in range(2)}
    for volunteer in Proposal.volunteer.field.related_model.objects.filter(pk__in=two):
        give_capability(volunteer, skill)
    free = make_willing(tree, longitude=119.575)
    run = carry_out()
    (gone,), (other,) = suggested(skilled), suggested(plain)
    refuse(skilled, Proposal.objects.get(role=skilled).volunteer)

    repair = repair_plan(role_id=skilled.pk, at=clock.now())

    assert {gone, other} == two
    assert (suggested(skilled), suggested(plain)) == ([other], [free.pk])
    assert (repair.run, repair.kind, repair.filled_count, repair.moved_count) == (run, "declined", 1, 1)
    assert {"price", "cost", "elsewhere", "likelihood"} <= Proposal.objects.get(role=plain).factors.keys()
    assert violations(clock.now()) == []
    # A second time there is nothing to do.
    assert repair_plan(role_id=skilled.pk, at=clock.now()) is None
    assert Repair.objects.count() == 1


@pytest.mark.parametrize("status", ["declined", "expired", "released", "removed"])
def test_whoever_said_no_or_left_is_not_suggested_again(db, status):
    tree = small_tree()
    role = role_of(make_open_shift(tree, seats=1, seats_min=1))
    first, second = make_willing(tree), make_willing(tree, longitude=119.58)
    carry_out()
    assert suggested(role) == [first.pk]
    if status in ("declined", "expired"):
        refuse(role, first, status)
    else:
        make_assignment(role=role, volunteer=first, status=status, ended_at=clock.now())

    repair = repair_plan(role_id=role.pk, at=clock.now())

    assert suggested(role) == [second.pk]
    assert repair.kind == ("declined" if status in ("declined", "expired") else "dropped")
    assert violations(clock.now()) == []


def test_an_urgent_shift_gets_its_people_before_the_next_plan(db, rung):
    tree = small_tree()
    first = make_open_shift(tree, filling="offer", seats=1, seats_min=1, starts_at=tomorrow_at(9, days=3))
    people = {make_willing(tree).pk for _ in range(3)}
    carry_out()

    shift = post_shift(
        task=first.task, organization=first.organization, by=make_user(), at=clock.now(), area=first.area,
        starts_at=clock.now() + timedelta(hours=4), ends_at=clock.now() + timedelta(hours=6), seats=2, seats_min=2,
        longitude=first.longitude, latitude=first.latitude,
    )  # fmt: skip
    assert (Job.REPAIR_PLAN, {"role_id": role_of(shift).pk, "kind": "urgent"}) in rung
    answer(rung)

    assert set(suggested(role_of(shift))) < people and len(suggested(role_of(shift))) == 2
    assert Offer.objects.filter(shift=shift).count() == 2
    assert Repair.objects.get().kind == "urgent"
    assert violations(clock.now()) == []


def test_people_whom_another_time_does_not_suit_make_room(db, rung):
    tree = small_tree()
    shift = make_open_shift(tree, seats=1, seats_min=1)
    near, other = make_willing(tree), make_willing(tree, longitude=119.575)
    carry_out()
    assert suggested(role_of(shift)) == [near.pk]
    make_assignment(make_open_shift(tree, starts_at=tomorrow_at(9, days=3)), near)

    edit_shift(
        shift=shift, by=make_user(), at=clock.now(),
        changes={"starts_at": tomorrow_at(10, days=3), "ends_at": tomorrow_at(13, days=3)},
    )  # fmt: skip
    answer(rung)

    assert suggested(role_of(shift)) == [other.pk]
    assert Repair.objects.get().kind == "moved"
    assert violations(clock.now()) == []


def test_seats_come_and_go(db, rung):
    tree = small_tree()
    shift = make_open_shift(tree, seats=2, seats_min=1)
    people = [make_willing(tree, longitude=119.555 + 0.01 * n).pk for n in range(3)]
    carry_out()
    role = role_of(shift)

    found = []
    for seats in (3, 1):
        edit_shift(shift=shift, by=make_user(), at=clock.now(), changes={"seats": seats})
        answer(rung)
        found.append(suggested(role))

    assert found == [people, people[:1]]
    assert set(Repair.objects.values_list("kind", flat=True)) == {"seats"}
    # A role that wants nobody any more has nobody.
    ShiftRole.objects.filter(pk=role.pk).update(seats_taken=1)
    assert repair_plan(role_id=role.pk, at=clock.now()) is not None
    assert suggested(role) == []


def test_given_seats_and_sent_offers_stay_as_they_are(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree, filling="offer", seats=2, seats_min=2))
    for _ in range(4):
        make_willing(tree)
    carry_out()
    one, two = Offer.objects.order_by("pk")
    before = list(Offer.objects.order_by("pk").values_list("pk", "status", "ended_at"))
    decline_offer(offer=two, by=two.volunteer.user, at=clock.now(), answer="no-time")

    repair_plan(role_id=role.pk, at=clock.now())

    assert Offer.objects.order_by("pk").values_list("pk", "status", "ended_at")[0] == before[0]
    assert one.volunteer_id in suggested(role) and two.volunteer_id not in suggested(role)
    assert not Assignment.objects.exists()
    assert len(suggested(role)) == 2


def test_nobody_is_suggested_who_took_their_yes_back(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree, seats=2, seats_min=1))
    one, two, three = (make_willing(tree, longitude=119.555 + 0.01 * n) for n in range(3))
    carry_out()
    one.user.is_active = False
    one.user.save()
    refuse(role, two)

    repair_plan(role_id=role.pk, at=clock.now())

    assert suggested(role) == [three.pk]


def test_without_a_plan_or_a_role_nothing_is_repaired(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree))

    assert repair_plan(role_id=role.pk, at=clock.now()) is None
    assert repair_plan(role_id=999_999, at=clock.now()) is None
    assert not Repair.objects.exists()


@pytest.mark.parametrize("people", [2, 6])
def test_a_neighbourhood_is_read_in_as_many_statements_for_two_as_for_six(
    db, django_assert_num_queries, people
):
    tree = small_tree()
    role = role_of(make_open_shift(tree, seats=4, seats_min=1))
    for _ in range(people):
        make_willing(tree)
    carry_out()

    with django_assert_num_queries(STATEMENTS):
        found = around(role.pk, place_of(role.pk), at=clock.now())

    assert found is not None and found.snapshot.size == people


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(("point", "stored"), [("plan-repairing", False), ("plan-repaired", True)])
def test_a_job_that_is_killed_leaves_all_or_nothing_and_does_nothing_twice(db, monkeypatch, point, stored):
    tree = small_tree()
    role = role_of(make_open_shift(tree, filling="offer", seats=1, seats_min=1))
    first, second = make_willing(tree), make_willing(tree, longitude=119.58)
    carry_out()
    offer = Offer.objects.get()
    decline_offer(offer=offer, by=first.user, at=clock.now(), answer="no-time")

    def kill(name: str) -> None:
        if name == point:
            raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(faults, "point", kill)
        jobs.offer_next(role_id=role.pk)

    assert (suggested(role) == [second.pk], Repair.objects.count()) == (stored, int(stored))
    jobs.offer_next(role_id=role.pk)
    jobs.offer_next(role_id=role.pk)
    assert suggested(role) == [second.pk]
    assert Repair.objects.count() == 1
    assert list(Offer.objects.order_by("pk").values_list("volunteer", flat=True)) == [first.pk, second.pk]


@pytest.mark.parametrize("kept", [10, 0])
def test_the_next_plan_moves_nobody_for_next_to_nothing(db, time_machine, monkeypatch, kept):
    tree = small_tree()
    role = role_of(make_open_shift(tree, seats=1, seats_min=1))
    first = make_willing(tree, longitude=119.562)
    carry_out()
    nearer = make_willing(tree, longitude=119.557)
    monkeypatch.setattr(running, "weights_for", lambda at: Weights(kept=kept))
    time_machine.shift(timedelta(hours=1))

    run = carry_out()

    assert suggested(role) == [first.pk if kept else nearer.pk]
    assert run.moved_count == (0 if kept else 1)
    assert violations(clock.now()) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_series_of_events_breaks_no_rule(db, rung, seed):
    dice = random.Random(seed)
    made = make_province(seed, people=50)
    carry_out()
    rung.clear()
    worked = 0
    for step in range(16):
        before = Repair.objects.count()
        _happen(dice, made, step % 4)
        answer(rung)
        worked += Repair.objects.count() - before
        assert violations(clock.now()) == [], step
    assert worked >= 3
    assert Repair.objects.filter(moved_count__gt=3).count() <= worked / 4


def _happen(dice, made, what: int) -> None:
    at = clock.now()
    by = make_user()
    if what == 0:
        offer = Offer.objects.open(at=at).order_by("pk").first()
        if offer is not None:
            decline_offer(offer=offer, by=offer.volunteer.user, at=at, answer="no-time")
    elif what == 1:
        seat = (
            Assignment.objects.live()
            .filter(shift__starts_at__gt=at + timedelta(days=1))
            .order_by("pk")
            .first()
        )
        if seat is not None:
            release(assignment=seat, by=seat.volunteer.user, at=at)
    else:
        shifts = Shift.objects.filter(starts_at__gt=at + timedelta(days=1), status="open")
        shift = shifts.order_by("pk")[dice.randrange(shifts.count())]
        if what == 2:
            later = timedelta(hours=dice.choice([-1, 1, 3]))
            edit_shift(
                shift=shift,
                by=by,
                at=at,
                changes={"starts_at": shift.starts_at + later, "ends_at": shift.ends_at + later},
            )
        else:
            role = role_of(shift)
            wanted = max(
                role.seats + dice.choice([-1, 1, 2]), role.seats_taken + role.seats_held, role.seats_min
            )
            edit_shift(shift=shift, by=by, at=at, role=role, changes={"seats": wanted})
    assert localtime(at).hour == 12
