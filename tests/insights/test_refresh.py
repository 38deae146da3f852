"""Aggregates follow their source rows."""

import random
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils.timezone import localdate

from core import clock, faults
from insights.actions import rebuild, refresh
from insights.actions.window import LOCK
from insights.models import AreaDay, AreaDayKind, Change
from insights.queries import (
    Key,
    counts_by_area,
    counts_by_day,
    fill_gap,
    flow,
    lately,
    overview,
    rows_for,
    short_by_kind,
    worst,
)
from residents.models import HelpRequest
from tasks.models import ServiceRecord, Shift, ShiftRole, Task
from tests.factories.accounts import make_user
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


def kinds() -> list[tuple[object, ...]]:
    names = ("area", "day", "type", "calls", "shifts", "seats_asked", "seats_least", "seats_covered")
    return sorted(AreaDayKind.objects.values_list(*names, "seats_filled"))


def make_request(area, kind, **fields) -> HelpRequest:
    """What a resident asked for, by telephone."""
    return HelpRequest.objects.create(
        type=kind, channel="phone", area=area, county_id=area.county_id, words="Please.", **fields
    )


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


def test_counting_all_days_again_changes_nothing(tree: SmallTree) -> None:
    make_assignment(make_shift(area=tree.townships[0]))
    serve(tree.townships[1], days_ago=20)
    refresh(at=NOW)
    before = snapshot()

    assert refresh(at=NOW + timedelta(minutes=1)) == 0
    assert rebuild(at=NOW + timedelta(minutes=1)) == 0
    assert rebuild(at=NOW + timedelta(minutes=2), days=[TODAY - 20 * DAY]) == 0

    assert snapshot() == before
    assert not Change.objects.exists()


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


def test_seats_are_counted_by_kind_of_work_too(tree: SmallTree) -> None:
    shops, rides = (
        make_task(area=tree.counties[0], type=make_task_type(code)) for code in ("shops", "rides")
    )
    make_shift(task=shops, area=tree.counties[0], seats_min=4)
    make_assignment(make_shift(task=rides, area=tree.townships[0], seats_min=4))

    refresh(at=NOW)

    found = short_by_kind(tree.cities[0], (TODAY, TODAY + 2 * DAY))
    assert [(row.type.code, row.counts.short) for row in found] == [("shops", 4), ("rides", 3)]


class Work:
    """Random work on the sources, in any order: what a day of many hands looks like to the figures."""

    def __init__(self, tree: SmallTree, seed: int) -> None:
        self.chance = random.Random(seed)
        self.areas = [*tree.townships[:3], tree.counties[1], tree.cities[1]]
        self.types = [make_task_type() for _ in range(2)]
        self.post()

    def moment(self) -> datetime:
        return tomorrow_at(self.chance.choice((0, 9, 23)), days=self.chance.randint(-40, 5))

    def step(self) -> None:
        often = (self.post, self.sign_up, self.serve)
        rarely = (self.move, self.cancel, self.resize, self.recall, self.draft)
        self.chance.choice((*often, *often, *rarely, self.change_kind, self.carry, self.drop))()

    def shift(self) -> Shift:
        return (
            self.chance.choice(list(Shift.objects.order_by("pk"))) if Shift.objects.exists() else self.post()
        )

    def post(self) -> Shift:
        area = self.chance.choice(self.areas)
        task = make_task(area=area, type=self.chance.choice(self.types), called_at=self.moment())
        return make_shift(task=task, area=area, starts_at=self.moment(), seats=9, seats_min=4)

    def sign_up(self) -> None:
        make_assignment(self.shift())

    def move(self) -> None:
        starts = self.moment()
        Shift.objects.filter(pk=self.shift().pk).update(starts_at=starts, ends_at=starts + timedelta(hours=2))

    def carry(self) -> None:
        Shift.objects.filter(pk=self.shift().pk).update(area=self.chance.choice(self.areas))

    def cancel(self) -> None:
        Shift.objects.filter(pk=self.shift().pk).update(
            status="cancelled", cancelled_at=NOW, cancel_reason="Rain."
        )

    def resize(self) -> None:
        ShiftRole.objects.filter(shift=self.shift()).update(seats=20, seats_min=self.chance.randint(0, 9))

    def serve(self) -> None:
        serve(self.chance.choice(self.areas), days_ago=self.chance.randint(0, 40))

    def recall(self) -> None:
        Task.objects.exclude(status="draft").filter(pk=self.shift().task_id).update(called_at=self.moment())

    def draft(self) -> None:
        Task.objects.filter(pk=self.shift().task_id).update(status="draft", called_at=None)

    def change_kind(self) -> None:
        Task.objects.filter(pk=self.shift().task_id).update(type=self.chance.choice(self.types))

    def drop(self) -> None:
        shift = self.shift()
        if not shift.roles.filter(assignments__isnull=False).exists():
            shift.delete()


def killed(name: str) -> None:
    raise RuntimeError(name)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_in_whatever_order_a_full_count_finds_the_same(
    tree: SmallTree, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work(tree, seed)
    for number in range(1, 41):
        work.step()
        if work.chance.random() < 0.2:
            refresh(at=NOW + timedelta(minutes=number))
        if work.chance.random() < 0.1:
            with monkeypatch.context() as killing, pytest.raises(RuntimeError), transaction.atomic():
                killing.setattr(faults, "point", killed)
                refresh(at=NOW + timedelta(minutes=number))
    refresh(at=NOW + timedelta(hours=1))
    by_changes = snapshot(), kinds()

    rebuild(at=NOW + timedelta(hours=2))

    assert by_changes == (snapshot(), kinds())
    assert by_changes[0] and by_changes[1]


def test_without_the_note_of_a_change_the_figures_would_be_wrong(tree: SmallTree) -> None:
    shift = make_shift(area=tree.townships[0])
    refresh(at=NOW)
    make_assignment(shift)
    Change.objects.all().delete()

    refresh(at=NOW + timedelta(minutes=1))
    by_changes = snapshot()
    rebuild(at=NOW + timedelta(minutes=2))

    assert by_changes != snapshot()


def test_what_happened_lately_is_protected_for_all_areas_at_once(tree: SmallTree) -> None:
    for area, count in zip((tree.counties[0], tree.counties[1], tree.counties[2]), (3, 9, 20), strict=True):
        for _ in range(count):
            serve(area, minutes=60)
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
        serve(tree.counties[0])
    refresh(at=NOW)
    for _ in range(5):
        serve(tree.counties[0])

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
