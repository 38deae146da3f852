"""Aggregates follow their source rows."""

import random
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils.timezone import localdate

from core import clock, faults
from insights.actions import rebuild, refresh
from insights.models import AreaDay, AreaDayKind, Change
from insights.queries import (
    counts_by_area,
    short_by_kind,
)
from tasks.models import Shift, ShiftRole, Task
from tests.factories.areas import SmallTree, small_tree
from tests.factories.organizations import make_organization
from tests.factories.tasks import (
    make_assignment,
    make_shift,
    make_task,
    make_task_type,
    tomorrow_at,
)
from tests.insights.serving import serve

pytestmark = pytest.mark.django_db
NOW = clock.now()
TODAY = localdate(NOW)
DAY = timedelta(days=1)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


def row(area, day=TODAY + DAY) -> AreaDay:
    return AreaDay.objects.get(area=area, day=day)


def kinds() -> list[tuple[object, ...]]:
    names = ("area", "day", "type", "calls", "shifts", "seats_asked", "seats_least", "seats_covered")
    return sorted(AreaDayKind.objects.values_list(*names, "seats_filled"))


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
