"""What overviews read of the last days."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import localdate

from core import clock
from insights.actions import refresh
from insights.actions.window import LOCK
from insights.queries import (
    Key,
    counts_by_day,
    fill_gap,
    flow,
    lately,
    overview,
    rows_for,
    worst,
)
from tests.factories.areas import SmallTree, small_tree
from tests.factories.organizations import make_organization
from tests.factories.tasks import (
    make_assignment,
    make_offer,
    make_shift,
    make_task,
    make_task_type,
    tomorrow_at,
)
from tests.factories.volunteers import make_volunteer
from tests.insights.serving import make_request, serve

pytestmark = pytest.mark.django_db
NOW = clock.now()
TODAY = localdate(NOW)
DAY = timedelta(days=1)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


def test_what_happened_lately_is_protected_for_all_areas_at_once(tree: SmallTree) -> None:
    for area, count in zip((tree.counties[0], tree.counties[1], tree.counties[2]), (3, 9, 20), strict=True):
        for _ in range(count):
            # Yesterday is shown from the morning on.
            serve(area, minutes=60, days_ago=2)
    refresh(at=NOW)

    by_page = {
        root.code: {
            row.area.code: row.volunteers
            for row in rows_for(root, [area for area in tree.counties if root.contains(area)], TODAY, TODAY)
        }
        for root in (tree.province, tree.cities[0], tree.cities[1])
    }

    small, beside, large = (by_page["33"][area.code] for area in tree.counties[:3])
    assert (small.why, beside.why, large.value) == ("small", "complement", 20)
    for city in tree.cities:
        assert by_page[city.code].items() <= by_page["33"].items()


def test_persons_are_counted_once_a_day_so_that_nobody_can_watch_them_grow(tree: SmallTree) -> None:
    for _ in range(8):
        serve(tree.counties[0], days_ago=2)
    refresh(at=NOW)
    for _ in range(5):
        serve(tree.counties[0], days_ago=2)

    refresh(at=NOW + timedelta(minutes=1))

    assert lately([tree.province])[tree.province.pk][Key.VOLUNTEERS].value == 10


def test_a_person_who_served_in_two_places_counts_once_above_both(tree: SmallTree) -> None:
    people = [serve(tree.counties[0]).volunteer for _ in range(8)]
    for person in people:
        serve(tree.counties[1], volunteer=person, days_ago=2)

    refresh(at=NOW)

    assert lately([tree.cities[0]])[tree.cities[0].pk][Key.VOLUNTEERS].value == 10


def test_idle_is_who_is_on_duty_for_a_week_and_neither_asked_nor_busy(tree: SmallTree) -> None:
    home, long = tree.townships[0], NOW - 8 * DAY
    for _ in range(9):
        make_volunteer(area=home, on_duty_since=long)
    make_volunteer(area=home, on_duty_since=NOW - DAY)
    make_offer(volunteer=make_volunteer(area=home, on_duty_since=long))
    make_assignment(volunteer=make_volunteer(area=home, on_duty_since=long))
    for _ in range(6):
        make_volunteer(area=home)

    refresh(at=NOW)

    found = lately([tree.province])[tree.province.pk]
    assert [found[key].value for key in (Key.ON_DUTY, Key.IDLE, Key.IDLE_RATE)] == [10, 10, 75]


def test_requests_of_a_week_show_what_came_of_what_was_promised(tree: SmallTree) -> None:
    kind = make_task_type("medicine")
    asked = tomorrow_at(9, days=-3)
    for number in range(16):
        late = timedelta(hours=30 if number >= 12 else 2)
        make_request(
            tree.counties[0],
            kind,
            asked_at=asked,
            answered_at=asked + late,
            answer_due_at=asked + timedelta(hours=24),
            status="served" if number < 8 else "verified",
            served_at=asked + 2 * late if number < 8 else None,
        )
    refresh(at=NOW)

    own = lately([tree.cities[0]])[tree.cities[0].pk]
    assert {
        key: own.kinds[kind.code][key].value
        for key in (Key.REQUESTS, Key.ANSWER_MINUTES, Key.DONE_MINUTES, Key.PROMISE_KEPT)
    } == {
        Key.REQUESTS: 15,
        Key.ANSWER_MINUTES: 120,
        Key.DONE_MINUTES: 240,
        Key.PROMISE_KEPT: 75,
    }
    assert [own[key].value for key in (Key.REQUESTS, Key.REQUESTS_OPEN, Key.REQUESTS_DONE)] == [15, 10, 10]
    assert flow(tree.cities[0]).states["checked"].value == 10


def test_response_times_are_medians_over_calls(tree: SmallTree) -> None:
    for hours in (1, 2, 9):
        make_task(
            area=tree.counties[0],
            adopted_by=make_organization(home_area=tree.counties[0]),
            called_at=NOW - timedelta(hours=hours),
            adopted_at=NOW,
        )

    refresh(at=NOW)

    assert lately([tree.province])[tree.province.pk].to_organization == 120


def test_a_refresh_leaves_the_rows_of_overviews_to_a_release_that_is_at_work(tree: SmallTree) -> None:
    serve(tree.counties[0])
    make_task(area=tree.counties[0], called_at=NOW - timedelta(hours=2), adopted_at=NOW)

    release = connection.copy()
    with closing(release), release.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        written = refresh(at=NOW)
        meanwhile = lately([tree.province])
    refresh(at=NOW)

    assert (bool(written), meanwhile) == (True, {})
    assert lately([tree.province])[tree.province.pk].to_organization is not None


def test_the_worst_areas_come_first_and_full_ones_not_at_all(tree: SmallTree) -> None:
    for area, taken in zip(tree.counties, (4, 1, 3, 0), strict=True):
        shift = make_shift(area=area, seats_min=4)
        for _ in range(taken):
            make_assignment(shift)
    refresh(at=NOW)

    rows = rows_for(tree.province, tree.counties, TODAY, TODAY + 2 * DAY)

    assert [row.area for row in worst(rows, 8)] == [tree.counties[3], tree.counties[1], tree.counties[2]]
    assert fill_gap(rows) == 100


def test_every_day_of_a_period_is_there(tree: SmallTree) -> None:
    assert list(counts_by_day(tree.province, TODAY, TODAY + 2 * DAY)) == [TODAY, TODAY + DAY, TODAY + 2 * DAY]


def test_an_overview_reads_aggregates_and_the_seats_of_two_days_only(
    tree: SmallTree, django_assert_num_queries
) -> None:
    serve(tree.townships[1])
    refresh(at=NOW)
    for areas in (tree.counties[:1], tree.counties[:3]):
        with django_assert_num_queries(3) as queries:
            overview(tree.province, areas, span=(TODAY, TODAY), chosen=(TODAY, TODAY), at=NOW)
        assert not any("tasks_servicerecord" in query["sql"] for query in queries.captured_queries)
