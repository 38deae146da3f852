"""What a plan is made from: who is in it, what is read of them, and what never is."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.utils.timezone import localdate

from accounts.models import User
from core import clock
from matching.actions import plan
from matching.actions.running import solve_parts
from matching.models import MatchRun
from matching.policies.weights import Weights
from matching.queries import mapping, packed, snapshot
from matching.queries.mapping import Planned
from tasks.models import Task
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_role, role_of, tomorrow_at
from tests.factories.volunteers import give_capability, make_capability
from tests.matching.province import make_open_offer, make_open_shift, make_willing
from volunteers.models import Proxy, Volunteer


def taken() -> snapshot.Snapshot:
    at = clock.now()
    plan(at=at)
    return snapshot.take(MatchRun.objects.order_by("pk").last(), at=at)


def placed(found: snapshot.Snapshot) -> set[tuple[int, int]]:
    """(role, volunteer) of the plan."""
    parts, _ = solve_parts(MatchRun.objects.order_by("pk").last(), found, Weights())
    return {(role, volunteer) for part in parts for role, volunteer, _ in part.pairs}


def test_numbers_come_straight_from_the_wire(db):
    columns = {"a": "int2", "b": "int4", "c": "int8", "d": "float8"}
    sql = "SELECT n AS a, -n AS b, n * %(big)s AS c, n / 2.0 AS d FROM generate_series(1, 3) AS n"

    found = packed.fetch(sql, {"big": 2**40}, columns)

    assert found["a"].tolist() == [1, 2, 3] and found["b"].tolist() == [-1, -2, -3]
    assert found["c"].tolist() == [2**40, 2**41, 3 * 2**40] and found["d"].tolist() == [0.5, 1.0, 1.5]
    assert all(values.dtype.isnative for values in found.values())


def test_no_rows_are_empty_arrays(db):
    assert packed.fetch("SELECT 1 AS a WHERE false", {}, {"a": "int2"})["a"].tolist() == []


def test_a_null_is_refused(db):
    with pytest.raises(packed.NotPacked):
        packed.fetch("SELECT NULL::int AS a, 1 AS b", {}, {"a": "int4", "b": "int4"})


@pytest.mark.parametrize("rows", [1, 3])
def test_a_snapshot_takes_as_many_statements_for_one_as_for_three(db, django_assert_num_queries, rows):
    tree = small_tree()
    skill = make_capability()
    for _ in range(rows):
        make_open_shift(tree, requirements=[skill])
        volunteer = make_willing(tree, capabilities=[skill])
        make_assignment(make_open_shift(tree, starts_at=tomorrow_at(9, days=20)), volunteer)
    at = clock.now()
    plan(at=at)
    run = MatchRun.objects.get()

    with django_assert_num_queries(snapshot.STATEMENTS):
        found = snapshot.take(run, at=at)

    assert (len(found.roles), found.size) == (rows, rows)


@pytest.mark.parametrize(
    "fields",
    [
        {"consents": ("terms",)},
        {"consents": ("messages",)},
        {"offers_a_day": 0},
        {"area": None, "county": None},
        {"birth_on": date(2020, 1, 1)},
    ],
    ids=["no messages", "no terms", "no offers", "no place", "no guardian"],
)
def test_whoever_may_not_be_asked_is_not_read(db, fields):
    tree = small_tree()
    make_open_shift(tree)
    make_willing(tree, **fields)

    assert taken().size == 0


def test_whoever_closed_their_account_is_not_read(db):
    tree = small_tree()
    make_open_shift(tree)
    make_willing(tree, user=make_user(consents=("terms", "messages"), is_active=False))

    assert taken().size == 0


def test_a_child_with_a_guardian_is_read(db):
    tree = small_tree()
    make_open_shift(tree)
    guardian = {"guardian_name": "Li", "guardian_phone": "1", "guardian_consent_at": clock.now()}
    make_willing(tree, birth_on=date(2020, 1, 1), **guardian)

    assert taken().size == 1


def test_neither_sex_nor_age_nor_studies_nor_channel_change_a_single_number(db):
    """Beside a role's least age nothing of it reaches the engine."""
    tree = small_tree()
    make_open_shift(tree)
    make_willing(tree)

    def numbers() -> list[bytes]:
        found = taken()
        parts, _ = mapping.parts(found, Weights())
        arrays = mapping.problem_arrays(found, parts[0], Planned(), Weights())
        return [arrays[name].tobytes() for name in sorted(arrays)]

    before = numbers()
    for fields in (
        {"sex": Volunteer.Sex.FEMALE},
        {"sex": Volunteer.Sex.MALE},
        {"is_student": True},
        {"is_student": False},
        {"birth_on": date(1940, 1, 1)},
        {"birth_on": None},
    ):
        Volunteer.objects.update(**fields)
        assert numbers() == before, fields
    volunteer = Volunteer.objects.get()
    for account in (
        {"phone": "", "email": "only@example.org"},
        {"phone": "", "email": ""},
        {"phone": "13800000000", "contact_by": "email", "language": "en"},
    ):
        User.objects.filter(pk=volunteer.user_id).update(**account)
        assert numbers() == before, account
    Proxy.objects.create(volunteer=volunteer, user=volunteer.user, consent="said so", granted_at=clock.now())
    assert numbers() == before


def test_no_statement_names_a_protected_trait():
    statements = [value for name, value in vars(snapshot).items() if name.isupper() or name.startswith("_")]
    text = " ".join(value for value in statements if isinstance(value, str))

    assert "volunteer.birth_on" in text
    assert not any(
        word in text
        for word in ("sex", "is_student", "person.phone", "email", "contact_by", "language", "proxy")
    )


def test_the_idle_come_before_those_who_served_lately(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree, seats=1, seats_min=1))
    busy, idle = make_willing(tree), make_willing(tree)
    before = make_open_shift(tree, starts_at=clock.now() - timedelta(days=3))
    make_assignment(before, busy)

    assert placed(taken()) == {(role.pk, idle.pk)}


def test_those_who_were_asked_lately_come_later(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree, seats=1, seats_min=1))
    asked, fresh = make_willing(tree), make_willing(tree)
    other = make_open_shift(tree, starts_at=tomorrow_at(9, days=30))
    at = clock.now() - timedelta(days=2)
    ended = {
        "status": "expired",
        "made_at": at,
        "expires_at": at + timedelta(hours=1),
        "ended_at": clock.now(),
    }
    make_open_offer(role_of(other), asked, offered_on=localdate(at), **ended)

    assert placed(taken()) == {(role.pk, fresh.pk)}


def test_a_paper_counts_until_the_day_of_the_shift(db):
    tree = small_tree()
    paper = make_capability(kind="qualification")
    early = role_of(make_open_shift(tree, seats=4, starts_at=tomorrow_at(9), requirements=[paper]))
    late = role_of(make_open_shift(tree, seats=4, starts_at=tomorrow_at(9, days=2), requirements=[paper]))
    soon_over, lasting, unseen = (make_willing(tree, max_hours_week=40) for _ in range(3))
    give_capability(soon_over, paper, expires_on=tomorrow_at(9).date())
    give_capability(lasting, paper, expires_on=None)
    give_capability(unseen, paper, confirmed=False, claimed_at=clock.now())

    assert placed(taken()) == {(early.pk, soon_over.pk), (early.pk, lasting.pk), (late.pk, lasting.pk)}


def test_whoever_comes_of_age_in_time_may_come(db):
    tree = small_tree()
    today = localdate(clock.now())
    role = role_of(make_open_shift(tree, seats=4, starts_at=tomorrow_at(9, days=2), min_age=18))
    birthday = snapshot.last_birthday(today + timedelta(days=2), 18)
    ready = make_willing(tree, birth_on=birthday)
    make_willing(tree, birth_on=birthday + timedelta(days=1))
    make_willing(tree, birth_on=None)

    assert placed(taken()) == {(role.pk, ready.pk)}


def test_more_things_than_a_word_holds_are_planned_all_the_same(db):
    tree = small_tree()
    shifts = [
        make_open_shift(tree, seats=1, seats_min=1, starts_at=tomorrow_at(9, days=day)) for day in (1, 2)
    ]
    skills = [make_capability() for _ in range(80)]
    role_of(shifts[0]).requirements.set(skills[:40])
    role_of(shifts[1]).requirements.set(skills[40:])
    able = make_willing(tree, capabilities=skills)
    make_willing(tree, capabilities=skills[1:])

    found = taken()
    _, left_out = mapping.parts(found, Weights())

    assert left_out == []
    assert len(placed(found)) == 2
    assert {volunteer for _, volunteer in placed(found)} >= {able.pk}


def test_two_groups_never_put_somebody_in_two_places_at_once(db):
    tree = small_tree()
    skills = [make_capability() for _ in range(80)]
    one, two = (make_open_shift(tree, seats=1, seats_min=1) for _ in range(2))
    role_of(one).requirements.set(skills[:40])
    role_of(two).requirements.set(skills[40:])
    make_willing(tree, capabilities=skills)

    assert len(placed(taken())) == 1


def test_the_next_week_sees_the_plan_of_this_week(db, time_machine):
    # A Saturday: a shift that ends on Monday at one leaves too little rest for one at eight.
    time_machine.move_to("2026-03-07T02:05:00Z", tick=True)
    tree = small_tree()
    night = make_open_shift(tree, seats=1, seats_min=1, starts_at=tomorrow_at(20), hours=5)
    Task.objects.filter(pk=night.task_id).update(priority=3)
    morning = make_open_shift(tree, seats=1, seats_min=1, starts_at=tomorrow_at(8, days=2))
    make_willing(tree)

    found = taken()

    assert len(mapping.parts(found, Weights())[0]) == 2
    assert {role for role, _ in placed(found)} == {role_of(night).pk}
    assert morning.pk != night.pk


def test_each_week_has_its_own_hours(db, time_machine):
    time_machine.move_to("2026-03-07T02:05:00Z", tick=True)
    tree = small_tree()
    sunday = make_open_shift(tree, seats=1, seats_min=1, starts_at=tomorrow_at(9))
    tuesday = make_open_shift(tree, seats=1, seats_min=1, starts_at=tomorrow_at(9, days=3))
    make_willing(tree, max_hours_week=3)

    assert {role for role, _ in placed(taken())} == {role_of(sunday).pk, role_of(tuesday).pk}


def test_hours_that_were_served_this_week_leave_less(db, time_machine):
    time_machine.move_to("2026-03-04T02:05:00Z", tick=True)
    tree = small_tree()
    make_open_shift(tree, seats=1, seats_min=1)
    volunteer = make_willing(tree, max_hours_week=5)
    make_assignment(make_open_shift(tree, starts_at=tomorrow_at(9, days=-1)), volunteer)

    assert placed(taken()) == set()


def test_a_shift_from_home_asks_whoever_lives_far_away(db):
    tree = small_tree()
    shift = make_open_shift(tree, of_task={"is_remote": True})
    far = make_willing(tree, longitude=120.9)

    assert placed(taken()) == {(role_of(shift).pk, far.pk)}


def test_whoever_gave_no_point_counts_as_living_at_the_centre_of_their_county(db):
    tree = small_tree()
    shift = make_open_shift(tree)
    volunteer = make_willing(tree, longitude=None, latitude=None)

    assert placed(taken()) == {(role_of(shift).pk, volunteer.pk)}


def test_whoever_said_too_far_is_not_asked_for_the_same_way_again(db):
    tree = small_tree()
    make_open_shift(tree)
    volunteer = make_willing(tree)
    other = role_of(make_open_shift(tree, starts_at=tomorrow_at(9, days=30)))
    declined = {
        "status": "declined",
        "answer": "too-far",
        "ended_at": clock.now(),
        "factors": {"metres": 700},
    }
    make_open_offer(other, volunteer, offered_on=localdate(clock.now()) - timedelta(days=1), **declined)

    assert placed(taken()) == set()


def test_whoever_refused_a_kind_of_work_is_not_asked_for_it(db):
    tree = small_tree()
    shift = make_open_shift(tree)
    volunteer, other = make_willing(tree), make_willing(tree)
    before = role_of(make_open_shift(tree, task=shift.task, starts_at=tomorrow_at(9, days=30)))
    declined = {"status": "declined", "answer": "not-this-work", "ended_at": clock.now()}
    make_open_offer(before, volunteer, **declined)

    assert placed(taken()) == {(role_of(shift).pk, other.pk)}


def test_whoever_had_all_their_alerts_today_can_come_from_the_day_after_on(db):
    tree = small_tree()
    tomorrow = role_of(make_open_shift(tree, starts_at=tomorrow_at(8)))
    later = role_of(make_open_shift(tree, starts_at=tomorrow_at(8, days=2)))
    volunteer = make_willing(tree, offers_a_day=1)
    far_ahead = role_of(make_open_shift(tree, starts_at=tomorrow_at(9, days=30)))
    ended = {"status": "expired", "ended_at": clock.now()}
    make_open_offer(far_ahead, volunteer, **ended)

    assert placed(taken()) == {(later.pk, volunteer.pk)}
    assert tomorrow.pk != later.pk


def test_several_roles_of_a_shift_are_planned_apart(db):
    tree = small_tree()
    shift = make_open_shift(tree, seats=1, seats_min=1)
    second = make_role(shift, seats=1, seats_min=1)
    make_willing(tree), make_willing(tree)

    pairs = placed(taken())

    assert {role for role, _ in pairs} == {role_of(shift).pk, second.pk}
    assert len({volunteer for _, volunteer in pairs}) == 2


def test_a_role_without_any_place_is_left_out_and_counted(db):
    tree = small_tree()
    type(tree.counties[0]).objects.update(longitude=None, latitude=None)
    make_open_shift(tree, longitude=None, latitude=None)
    make_willing(tree)

    found = taken()

    assert mapping.parts(found, Weights()) == ([], [0])


def test_arrays_have_the_types_of_the_contract(db):
    tree = small_tree()
    make_open_shift(tree)
    make_willing(tree)
    found = taken()
    parts, _ = mapping.parts(found, Weights())

    arrays = mapping.problem_arrays(found, parts[0], Planned(), Weights())

    kinds = {name: np.dtype(values.dtype).str[1:] for name, values in arrays.items()}
    assert kinds["volunteer_hours"] == "u8" and arrays["volunteer_hours"].shape == (1, 3)
    assert kinds["shift_value_min"] == "i8" and kinds["shift_cause"] == "i1"


def test_whoever_wanted_a_rest_today_has_no_alert_left_also_of_an_offer_of_yesterday(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree, starts_at=tomorrow_at(9, days=3)))
    at = clock.now()
    tired = make_willing(tree)
    make_open_offer(
        role,
        tired,
        status="declined",
        answer="need-rest",
        made_at=at - timedelta(days=1),
        offered_on=localdate(at) - timedelta(days=1),
        ended_at=at,
    )
    make_open_shift(tree)

    assert taken().people["ration_left"].tolist() == [0]
