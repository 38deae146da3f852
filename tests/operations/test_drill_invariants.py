"""What must hold of a database: holds of one that the product wrote, and each of it is found broken where it is."""

from datetime import timedelta

import pytest
from django.db import connection

from core import clock
from insights.actions import refresh
from operations.drill.checks.closing import lost
from operations.drill.checks.invariants import INVARIANTS, SINCE_IT_BEGAN, breaches
from operations.drill.checks.leftovers import leftovers
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.jobs import make_run
from tests.factories.matching import make_match_run
from tests.factories.notifications import make_message
from tests.factories.tasks import (
    make_assignment,
    make_check,
    make_offer,
    make_record,
    make_shift,
    role_of,
    tomorrow_at,
)
from tests.factories.volunteers import make_capability, make_volunteer
from tests.factories.waiting import make_waiting

pytestmark = pytest.mark.django_db

SINCE = clock.now() - timedelta(hours=1)
# What keeps the fault out is taken away first, as somebody who has the database in hand may do.
UNGUARDED = {
    "seats-held": ["ALTER TABLE tasks_shiftrole DROP CONSTRAINT seats_never_over"],
    "seats-bound": ["ALTER TABLE tasks_shiftrole DROP CONSTRAINT seats_never_over"],
    "overlap": ["ALTER TABLE tasks_assignment DROP CONSTRAINT no_two_shifts_at_once"],
    "seat-twice": [
        "DROP INDEX one_live_seat_a_role",
        "ALTER TABLE tasks_assignment DROP CONSTRAINT no_two_shifts_at_once",
    ],
    "check-in-twice": ["DROP INDEX one_valid_check_in_a_kind"],
    "ration": ["ALTER TABLE tasks_offer DROP CONSTRAINT no_more_alerts_than_the_ration"],
    "message-twice": [
        "ALTER TABLE notifications_message DROP CONSTRAINT one_message_an_event_person_channel"
    ],
    "hours-counted": ["ALTER TABLE tasks_servicerecord DISABLE TRIGGER USER"],
    "hours-of-the-seat": ["ALTER TABLE tasks_servicerecord DISABLE TRIGGER USER"],
    "hours-from-check-ins": ["ALTER TABLE tasks_servicerecord DISABLE TRIGGER USER"],
    "decided-by-somebody": ["ALTER TABLE tasks_servicerecord DISABLE TRIGGER USER"],
}
FAULTS = {
    "seats-taken": "UPDATE tasks_shiftrole SET seats_taken = seats_taken + 1",
    "seats-held": "UPDATE tasks_shiftrole SET seats_held = seats_held + 1",
    "seats-bound": "UPDATE tasks_shiftrole SET seats_taken = seats + 1",
    "seat-of-its-shift": "UPDATE tasks_assignment SET shift_id = (SELECT max(id) FROM tasks_shift)",
    "cancelled-empty": "UPDATE tasks_shift SET status = 'cancelled', cancelled_at = now(), cancel_reason = 'x'",
    "overlap": "UPDATE tasks_assignment SET volunteer_id = (SELECT min(volunteer_id) FROM tasks_assignment),"
    " period = tstzrange('2030-01-01', '2030-01-02')",
    "period-of-shift": "UPDATE tasks_shift SET ends_at = ends_at + interval '1 hour'",
    "seat-twice": "UPDATE tasks_assignment SET volunteer_id = (SELECT min(volunteer_id) FROM tasks_assignment),"
    " role_id = (SELECT min(role_id) FROM tasks_assignment)",
    "check-in-twice": "UPDATE tasks_checkin SET kind = 'in'",
    "offer-with-seat": "UPDATE tasks_offer SET volunteer_id = (SELECT max(id) FROM volunteers_volunteer)",
    "ration": "UPDATE tasks_offer SET offered_on = '2030-01-01'",
    "message-twice": "UPDATE notifications_message SET event = 'one', address = '+8613900000001'",
    "message-outcome": "UPDATE notifications_message SET next_try_at = NULL, leased_until = NULL",
    "message-one-send": "UPDATE notifications_message SET provider_reference = 'local-1'",
    "hours-counted": "UPDATE tasks_servicerecord SET minutes = minutes + 1",
    "hours-of-the-seat": "UPDATE tasks_servicerecord SET volunteer_id = (SELECT max(id) FROM volunteers_volunteer)",
    "hours-in-figures": "UPDATE insights_areaday SET minutes = minutes + 1",
    "decided-by-somebody": "UPDATE tasks_servicerecord record SET confirmed_by_id = person.user_id"
    " FROM volunteers_volunteer person WHERE person.id = record.volunteer_id",
    "hours-from-check-ins": "UPDATE tasks_servicerecord SET ends_at = ends_at - interval '1 hour'",
    "rest": "UPDATE tasks_assignment SET period = tstzrange(lower(period) - interval '20 hours',"
    " upper(period) - interval '20 hours') WHERE id = (SELECT max(id) FROM tasks_assignment)",
    "grown-up": "UPDATE tasks_shiftrole SET min_age = 60",
    "capable": "DELETE FROM volunteers_volunteercapability",
}


@pytest.fixture
def sound() -> None:
    """A place where everything holds, with something in it of all that could be broken."""
    county = small_tree().counties[0]
    skill = make_capability()
    anna = make_volunteer(birth_on=clock.today() - timedelta(days=365 * 30))
    anna.capabilities.create(capability=skill)
    served = make_shift(area=county, requirements=[skill])
    seat = make_assignment(served, anna)
    make_check(seat)
    make_check(seat, "out")
    make_record(seat)
    offer = make_offer(
        role_of(make_shift(area=county, starts_at=tomorrow_at(9, days=2))), anna, status="accepted"
    )
    assert offer.assignment is not None
    for days in (3, 4):
        make_offer(
            role_of(make_shift(area=county)),
            anna,
            status="declined",
            offered_on=clock.today() - timedelta(days=days),
        )
        make_message()
    make_volunteer()
    refresh(at=clock.now())


def test_all_of_it_holds_of_a_sound_place(sound: None) -> None:
    assert breaches(since=SINCE) == []


@pytest.mark.parametrize("name", [one.name for one in (*INVARIANTS, *SINCE_IT_BEGAN)])
def test_each_fault_is_found(sound: None, name: str) -> None:
    with connection.cursor() as cursor:
        # What waits for the end of the transaction keeps a table from being changed.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in (*UNGUARDED.get(name, ()), FAULTS[name]):
            cursor.execute(statement)

    found = {breach.name: breach for breach in breaches(since=SINCE)}

    assert name in found
    assert found[name].number >= 1
    assert found[name].examples


def test_what_waits_for_nobody_is_named(db: None) -> None:
    at = clock.now()
    county = small_tree().counties[0]
    shift = make_shift(area=county)
    assert set(leftovers(at=at)) <= {"changes not counted in figures"}
    refresh(at=at)
    past = {"made_at": at - timedelta(hours=3), "expires_at": at - timedelta(hours=1)}
    make_offer(role_of(shift), **past)
    make_waiting(
        role_of(shift),
        status="offered",
        offered_at=at - timedelta(hours=3),
        expires_at=at - timedelta(hours=1),
    )
    make_message(next_try_at=None, leased_until=at + timedelta(minutes=1))
    make_message(next_try_at=at + timedelta(minutes=5))
    make_match_run(county, status="queued")

    left = leftovers(at=clock.now())

    assert left.pop("changes not counted in figures", 0) >= 0
    assert left == {
        "messages queued": 1,
        "match runs queued": 1,
        "offers past their deadline": 1,
        "seats held past their deadline": 1,
    }


def test_rows_that_were_acknowledged_and_are_gone_are_counted(db: None) -> None:
    user, run = make_user(), make_run()
    assert lost({"User": {user.pk}, "JobRun": {run.pk, run.pk + 1}, "LoginCode": {1}}) == {"JobRun": 1}
