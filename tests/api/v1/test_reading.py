"""What can be read through the API."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.v1.paging import PAGE
from core import clock
from tasks.models import Shift
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.tasks import (
    make_assignment,
    make_offer,
    make_role,
    make_shift,
    tomorrow_at,
)
from tests.factories.tokens import Program
from tests.factories.volunteers import make_capability, make_volunteer

pytestmark = pytest.mark.django_db

SHIFTS = "/api/v1/shifts/"


@pytest.fixture
def program():
    return Program(make_volunteer().user)


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_shift_is_shown_with_its_seats_and_roles(program):
    nurse = make_capability("nurse")
    shift = make_shift(
        seats=6, seats_min=4, requirements=[nurse], address="1 East Road", contact_phone="+8657112"
    )
    make_role(shift, seats=2, seats_min=1, name="Driver", min_age=18)
    make_assignment(shift)

    (row,) = program.get(SHIFTS).json()["results"]

    assert row == program.get(f"{SHIFTS}{shift.code}/").json()
    assert (row["seats_min"], row["seats_max"], row["seats_taken"], row["seats_free"]) == (5, 8, 1, 7)
    assert [role["number"] for role in row["roles"]] == [1, 2]
    assert row["roles"][0]["requirements"] == [{"code": "nurse", "name": "Skill nurse"}]
    assert row["roles"][1]["min_age"] == 18
    assert row["task"]["title"] == shift.task.display_title
    # Homes and telephone numbers are for whoever has a seat.
    assert "1 East Road" not in str(row) and "+8657112" not in str(row)


def test_the_list_is_narrowed_by_area_and_time(program):
    tree = small_tree()
    here = make_shift(area=tree.townships[0], starts_at=tomorrow_at(9))
    later = make_shift(area=tree.townships[0], starts_at=tomorrow_at(15))
    elsewhere = make_shift(area=tree.townships[-1], starts_at=tomorrow_at(9))

    assert set(ids(program.get(SHIFTS))) == {here.code, later.code, elsewhere.code}
    assert ids(program.get(SHIFTS, area=tree.counties[0].code)) == [here.code, later.code]
    assert ids(program.get(SHIFTS, area="3301", after=tomorrow_at(12).isoformat())) == [later.code]


def test_cancelled_and_past_shifts_are_not_in_the_list(program):
    at = clock.now()
    make_shift(starts_at=at - timedelta(hours=1))
    make_shift(status="cancelled", cancelled_at=at, cancel_reason="Rain.")

    assert ids(program.get(SHIFTS)) == []


def test_the_pages_follow_each_other_and_none_is_missed_or_shown_twice(program):
    task = make_shift().task
    organization = task.shifts.get().organization
    for _ in range(PAGE):
        make_shift(task=task, organization=organization)
    timeless = make_shift(task=task, organization=organization)
    Shift.objects.filter(pk=timeless.pk).update(starts_at=None, ends_at=None)

    first = program.get(SHIFTS).json()
    second = program.client.get(first["next"]).json()

    assert len(first["results"]) == PAGE
    assert second["next"] is None
    found = [row["id"] for row in first["results"] + second["results"]]
    assert len(found) == len(set(found)) == PAGE + 2
    assert found[-1] == timeless.code


@pytest.mark.parametrize("query", [{}, {"area": "330122", "eligible": "true"}])
def test_a_list_costs_the_same_for_one_and_for_three(query):
    tree = small_tree()
    volunteer = make_volunteer(area=tree.townships[0])
    program = Program(volunteer.user)
    counts = []
    for count in (1, 2):
        for _ in range(count):
            make_shift(area=tree.townships[0], requirements=[])
        program.get(SHIFTS, **query)
        with CaptureQueriesContext(connection) as asked:
            answer = program.get(SHIFTS, **query)
        counts.append((len(ids(answer)), len(asked)))

    (one, few), (three, many) = counts
    assert (one, three) == (1, 3)
    assert few == many <= 1 + 6


def test_only_what_nothing_forbids_is_eligible():
    tree = small_tree()
    volunteer = make_volunteer(area=tree.townships[0])
    program = Program(volunteer.user)
    fits = make_shift(area=tree.townships[0])
    make_shift(area=tree.townships[0], requirements=[make_capability(kind="qualification")])
    make_assignment(make_shift(area=tree.townships[0], starts_at=tomorrow_at(9, days=4)), volunteer)

    assert ids(program.get(SHIFTS, eligible="true")) == [fits.code]


@pytest.mark.parametrize(
    "query",
    [
        {"after": "yesterday"},
        {"after": "2026-01-01T00:00:00"},
        {"cursor": "x"},
        {"cursor": "w6k"},
        {"area": "nowhere"},
        {"eligible": "perhaps"},
    ],
)
def test_what_cannot_be_read_in_an_address_is_named(program, query):
    answer = program.get(SHIFTS, **query)

    assert answer.status_code == 422, answer.content
    assert set(answer.json()["errors"]) == set(query)


def test_seats_are_ones_own_with_what_its_holder_must_know():
    volunteer = make_volunteer()
    seat = make_assignment(make_shift(address="1 East Road"), volunteer)
    over = make_assignment(
        make_shift(address="2 East Road", starts_at=tomorrow_at(15)), volunteer, status="released"
    )
    make_assignment()

    rows = Program(volunteer.user).get("/api/v1/assignments/").json()["results"]

    assert [row["id"] for row in rows] == [over.code, seat.code]
    assert rows[1]["address"] == "1 East Road"
    assert (rows[0]["address"], rows[0]["spoken_code"]) == ("", "")


def test_offers_are_ones_own():
    volunteer = make_volunteer()
    offer = make_offer(volunteer=volunteer)
    make_offer()

    assert ids(Program(volunteer.user).get("/api/v1/offers/")) == [offer.code]


def test_somebody_without_a_profile_is_told_so():

    answer = Program(make_user()).get("/api/v1/assignments/")

    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/problems/no-volunteer")


def test_names_are_in_the_language_of_the_request():
    shift = make_shift(requirements=[make_capability("nurse")])
    user = make_volunteer().user
    path = f"{SHIFTS}{shift.code}/"

    names = [
        Program(user, language=language).get(path).json()["roles"][0]["requirements"][0]["name"]
        for language in ("en", "zh-Hans")
    ]

    assert names == ["Skill nurse", "技能 nurse"]
