"""Aggregates follow their source rows."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localdate

from core import clock
from insights.actions import refresh
from insights.models import AreaDay, AreaWindow
from insights.queries import (
    Key,
    counts_by_area,
    counts_by_day,
    figures_for,
    fill_gap,
    rows_for,
    window_of,
    worst,
)
from insights.queries.rows import NOTHING, behind_by_area
from tasks.models import ServiceRecord, Shift, Task
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_shift, make_task, tomorrow_at

pytestmark = pytest.mark.django_db
NOW = clock.now()
TODAY = localdate(NOW)
DAY = timedelta(days=1)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


def serve(area, *, days_ago: int = 1, volunteer=None, minutes: int = 180) -> ServiceRecord:
    """Somebody served in the area, and the hours are confirmed."""
    start = tomorrow_at(9, days=-days_ago)
    shift = make_shift(
        organization=make_organization(home_area=area), area=area, starts_at=start, seats=60, seats_min=1
    )
    assignment = make_assignment(shift, volunteer)
    return ServiceRecord.objects.create(
        assignment=assignment,
        volunteer=assignment.volunteer,
        organization=shift.organization,
        task=shift.task,
        county_id=area.county_id,
        served_on=localdate(start),
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        minutes=minutes,
        confirmed_at=NOW,
        confirmed_by=make_user(),
    )


def row(area, day=TODAY + DAY) -> AreaDay:
    return AreaDay.objects.get(area=area, day=day)


def snapshot() -> list[tuple[object, ...]]:
    names = ("area", "day", "calls", "shifts", "seats_asked", "seats_least", "seats_covered", "seats_filled")
    return sorted(AreaDay.objects.values_list(*names, "services", "minutes"))


def test_a_shift_counts_in_its_area_and_in_every_one_above(tree: SmallTree) -> None:
    shift = make_shift(area=tree.townships[0], seats=6, seats_min=4)
    make_assignment(shift)

    refresh(at=NOW)

    for area in (tree.townships[0], tree.counties[0], tree.cities[0], tree.province):
        found = row(area)
        assert (found.shifts, found.seats_asked, found.seats_least, found.seats_filled) == (1, 6, 4, 1)
        assert found.short == 3
    assert not AreaDay.objects.filter(area=tree.counties[1]).exists()


def test_a_full_shift_does_not_help_another(tree: SmallTree) -> None:
    full, empty = (make_shift(area=tree.counties[0], seats=6, seats_min=2) for _ in range(2))
    for _ in range(5):
        make_assignment(full)
    assert empty.pk

    refresh(at=NOW)

    found = counts_by_area([tree.counties[0]], TODAY, TODAY + 2 * DAY)[tree.counties[0].pk]
    assert (found.seats_filled, found.short, found.fill_rate) == (5, 2, 50)


def test_refreshing_again_changes_nothing(tree: SmallTree) -> None:
    make_assignment(make_shift(area=tree.townships[0]))
    serve(tree.townships[1], days_ago=20)
    refresh(at=NOW)
    before = snapshot()

    refresh(at=NOW + timedelta(minutes=1))
    refresh(at=NOW + timedelta(minutes=2), start=TODAY - 40 * DAY, end=TODAY + 40 * DAY)

    assert snapshot() == before


def test_a_cancelled_shift_leaves_no_row_behind(tree: SmallTree) -> None:
    shift = make_shift(area=tree.counties[0])
    refresh(at=NOW)
    Shift.objects.filter(pk=shift.pk).update(status="cancelled", cancelled_at=NOW, cancel_reason="Rain.")

    refresh(at=NOW + timedelta(minutes=1))

    assert not AreaDay.objects.filter(area=tree.counties[0], day=TODAY + DAY).exists()


def test_late_hours_reach_the_day_on_which_they_were_served(tree: SmallTree) -> None:
    refresh(at=NOW)
    serve(tree.townships[0], days_ago=30, minutes=90)

    refresh(at=NOW + timedelta(minutes=1))

    assert row(tree.province, TODAY - 30 * DAY).minutes == 90


def test_the_day_of_a_shift_is_that_of_the_place(tree: SmallTree) -> None:
    late = make_shift(area=tree.counties[0], starts_at=tomorrow_at(23), hours=2)
    assert late.starts_at

    refresh(at=NOW)

    assert row(tree.counties[0], TODAY + DAY).shifts == 1


def test_a_call_is_filled_by_the_sign_up_with_which_its_seats_reach_the_people_needed() -> None:
    group, moment = make_organization(), NOW - timedelta(minutes=7)
    few, enough = (make_task(adopted_by=group, people_needed=people) for people in (3, 2))
    for task in (few, enough):
        make_assignment(make_shift(task=task), seats=2, created_at=moment)

    refresh(at=NOW)

    filled: dict[int, datetime | None] = dict(Task.objects.values_list("pk", "filled_at"))
    assert (filled[few.pk], filled[enough.pk]) == (None, moment)


def test_figures_of_an_area_are_protected(tree: SmallTree) -> None:
    for _ in range(3):
        serve(tree.townships[0])
    for _ in range(8):
        serve(tree.townships[1], minutes=60)
    refresh(at=NOW)

    few = figures_for(tree.townships[0], TODAY - 7 * DAY, TODAY)
    enough = figures_for(tree.counties[0], TODAY - 7 * DAY, TODAY)

    assert (few[Key.VOLUNTEERS].why, few[Key.HOURS].why) == ("small", "small")
    assert (enough[Key.VOLUNTEERS].value, enough[Key.HOURS].value) == (10, 15)


def test_a_person_who_served_in_two_places_counts_once_above_both(tree: SmallTree) -> None:
    people = [serve(tree.counties[0]).volunteer for _ in range(8)]
    for person in people:
        serve(tree.counties[1], volunteer=person, days_ago=2)

    found = figures_for(tree.cities[0], TODAY - 7 * DAY, TODAY)

    assert found[Key.VOLUNTEERS].value == 10


def test_response_times_are_medians_over_calls(tree: SmallTree) -> None:
    for hours in (1, 2, 9):
        make_task(
            area=tree.counties[0],
            adopted_by=make_organization(home_area=tree.counties[0]),
            called_at=NOW - timedelta(hours=hours),
            adopted_at=NOW,
        )

    assert figures_for(tree.province, TODAY - DAY, TODAY)[Key.RESPONSE_MINUTES].value == 120


def test_rows_of_the_areas_below_hide_more_than_the_small_one(tree: SmallTree) -> None:
    for area, count in zip(tree.counties, (3, 9, 20, 0), strict=True):
        for _ in range(count):
            serve(area)

    rows = {
        row.area.pk: row
        for row in rows_for(tree.cities[0], tree.counties[:2], TODAY, TODAY, history=(TODAY - 7 * DAY, TODAY))
    }

    assert [rows[area.pk].volunteers.why for area in tree.counties[:2]] == ["small", "complement"]


def test_the_worst_areas_come_first_and_full_ones_not_at_all(tree: SmallTree) -> None:
    for area, taken in zip(tree.counties, (4, 1, 3, 0), strict=True):
        shift = make_shift(area=area, seats_min=4)
        for _ in range(taken):
            make_assignment(shift)
    refresh(at=NOW)

    rows = rows_for(tree.province, tree.counties, TODAY, TODAY + 2 * DAY, history=(TODAY - 7 * DAY, TODAY))

    assert [row.area for row in worst(rows, 8)] == [tree.counties[3], tree.counties[1], tree.counties[2]]
    assert fill_gap(rows) == 100


def test_every_day_of_a_period_is_there(tree: SmallTree) -> None:
    assert list(counts_by_day(tree.province, TODAY, TODAY + 2 * DAY)) == [TODAY, TODAY + DAY, TODAY + 2 * DAY]


def test_rows_cost_the_same_whatever_the_number_of_areas(tree: SmallTree, django_assert_num_queries) -> None:
    for areas in (tree.counties[:1], tree.counties[:3]):
        with django_assert_num_queries(2):
            rows_for(tree.province, areas, TODAY, TODAY, history=(TODAY - DAY, TODAY))


def test_a_refresh_keeps_what_overviews_look_back_on(tree: SmallTree) -> None:
    for _ in range(8):
        serve(tree.townships[1])
    back = window_of(TODAY)
    counted = behind_by_area(tree.province, tree.counties, *back)
    refresh(at=NOW)
    serve(tree.townships[1])

    kept = behind_by_area(tree.province, tree.counties, *back, may_be_stored=True)
    now = behind_by_area(tree.province, tree.counties, *back)

    assert {pk: found for pk, found in kept.items() if found != NOTHING} == counted
    assert (kept[tree.counties[0].pk].persons.value, now[tree.counties[0].pk].persons.value) == (8, 9)


def test_other_days_and_new_areas_are_counted_at_once(tree: SmallTree) -> None:
    refresh(at=NOW)
    serve(tree.townships[1])
    start, end = window_of(TODAY)

    earlier = behind_by_area(tree.province, tree.counties, start - DAY, end, may_be_stored=True)
    AreaWindow.objects.filter(area=tree.counties[1]).delete()
    incomplete = behind_by_area(tree.province, tree.counties, start, end, may_be_stored=True)

    assert earlier[tree.counties[0].pk].persons.value == incomplete[tree.counties[0].pk].persons.value == 1
