"""Who left which cause for a crisis and what is left of its work: counted by hand, protected, the same however made."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate

from areas.models import Area
from core import clock, faults
from insights.actions import rebuild_causes, shift_causes, shift_due
from insights.models import CauseShift
from insights.policies import USUAL_WEEKS, CauseWeeks, Week
from tasks.models import Crisis, ShiftRole, Task
from tests.factories.areas import SmallTree, small_tree
from tests.factories.organizations import make_organization
from tests.factories.tasks import (
    make_assignment,
    make_crisis,
    make_record,
    make_shift,
    make_task,
    make_task_type,
    tomorrow_at,
)
from tests.factories.volunteers import make_cause, make_volunteer
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
NOW = clock.now()
DAY = timedelta(days=1)
# The crisis began so many days ago; in the morning of that day.
BEGAN = 20


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


@pytest.fixture
def crisis(tree: SmallTree) -> Crisis:
    return make_crisis(tree.province, started_at=tomorrow_at(6, days=-BEGAN))


class Work:
    """Calls for some causes in one county, and services on them; one shift a service."""

    def __init__(self, county: Area, crisis: Crisis) -> None:
        self.county, self.crisis = county, crisis
        self.group = make_organization(home_area=county)
        self.tasks: dict[str, Task] = {}

    def task(self, cause: str) -> Task:
        """A call for a cause, or for the crisis."""
        if cause not in self.tasks:
            kind = make_task_type(cause=make_cause(cause))
            self.tasks[cause] = make_task(
                area=self.county,
                type=kind,
                adopted_by=self.group,
                crisis=self.crisis if cause == "crisis" else None,
            )
        return self.tasks[cause]

    def serve(self, volunteer: Volunteer, cause: str, days_ago: int, minutes: int = 120) -> None:
        shift = make_shift(
            task=self.task(cause), area=self.county, starts_at=tomorrow_at(9, days=-days_ago), seats_min=1
        )
        make_record(make_assignment(shift, volunteer), minutes=minutes)


@pytest.fixture
def work(tree: SmallTree, crisis: Crisis) -> Work:
    return Work(tree.counties[0], crisis)


def people(area: Area, count: int) -> list[Volunteer]:
    return [make_volunteer(area=area) for _ in range(count)]


def kept(area: Area) -> CauseShift:
    return CauseShift.objects.get(area=area)


def rows() -> list[tuple[Any, ...]]:
    return sorted(CauseShift.objects.values_list("area", "began_on", "ends_on", "flows", "weeks"), key=str)


def test_a_usual_cause_is_that_of_most_minutes_and_whoever_served_the_crisis_counts_there(
    tree: SmallTree, work: Work
) -> None:
    came, stayed, moved, gone, new = (people(tree.townships[0], 8) for _ in range(5))
    for one in (*came, *stayed, *moved, *gone):
        work.serve(one, "culture", 60, minutes=100)
        work.serve(one, "family", 50, minutes=60)
    for one in came:
        work.serve(one, "crisis", 5)
        work.serve(one, "culture", 3)
    for one in stayed:
        work.serve(one, "culture", 5)
    for one in moved:
        work.serve(one, "family", 5)
    for one in new:
        # Longer than a year before the crisis there is no usual cause any more.
        work.serve(one, "family", BEGAN + 370)
        work.serve(one, "crisis", 5)

    shift_causes(at=NOW)

    ten, none = [10, ""], [0, ""]
    for area in (tree.counties[0], tree.cities[0], tree.province):
        assert kept(area).flows == {
            "culture": {"crisis": ten, "own": ten, "other": ten, "nowhere": ten},
            "": {"crisis": ten, "own": none, "other": none, "nowhere": none},
        }
    assert not CauseShift.objects.filter(area__level=Area.Level.TOWNSHIP).exists()


def test_of_two_causes_with_as_many_minutes_the_first_by_code_is_the_usual_one(
    tree: SmallTree, work: Work
) -> None:
    for one in people(tree.townships[0], 8):
        work.serve(one, "nature", 60)
        work.serve(one, "family", 50)

    shift_causes(at=NOW)

    assert set(kept(tree.counties[0]).flows) == {"family"}


def test_few_persons_are_hidden_and_another_county_with_them(tree: SmallTree, crisis: Crisis) -> None:
    work = Work(tree.counties[0], crisis)
    for county, count in zip(tree.counties[:3], (3, 9, 20), strict=True):
        for one in people(county, count):
            work.serve(one, "culture", 60)

    shift_causes(at=NOW)

    shown = [kept(county).flows["culture"]["nowhere"] for county in tree.counties[:3]]
    assert shown[0] == [None, "small"]
    assert shown[1] == [None, "complement"]
    assert shown[2] == [20, ""]


def test_hours_and_seats_of_a_cause_are_counted_by_weeks_from_the_first_day(
    tree: SmallTree, work: Work
) -> None:
    for days_ago, taken in ((BEGAN + 1, 4), (BEGAN, 3), (BEGAN - 6, 1), (BEGAN - 7, 0), (2, 5)):
        shift = make_shift(
            task=work.task("culture"),
            area=tree.townships[0],
            starts_at=tomorrow_at(20, days=-days_ago),
            hours=2,
            seats=6,
            seats_min=4,
        )
        ShiftRole.objects.filter(shift=shift).update(seats_taken=taken)
    make_shift(task=work.task("crisis"), area=tree.townships[0], starts_at=tomorrow_at(9, days=-BEGAN))

    shift_causes(at=NOW)

    weeks = kept(tree.counties[0]).weeks
    assert set(weeks) == {"culture"}
    # The third week is not over yet.
    assert len(weeks["culture"]) == USUAL_WEEKS + 2
    assert weeks["culture"][USUAL_WEEKS - 1 :] == [[480, 4, 4], [480, 8, 4], [0, 4, 0]]
    assert weeks == kept(tree.province).weeks


def test_a_cause_is_starved_with_less_than_half_of_its_hours_or_much_emptier_seats() -> None:
    usual = (Week(600, 10, 9),) * 4

    def starved(*since: Week) -> bool:
        return CauseWeeks(usual, since).is_starved

    assert not starved(Week(300, 10, 9)) and starved(Week(290, 10, 9))
    assert not starved(Week(600, 100, 66)) and starved(Week(600, 100, 65))
    # Only the last weeks count, and a cause without any usual work or any week yet is not starved.
    assert not starved(Week(0, 10, 0), *(Week(600, 10, 9),) * 4)
    assert not starved() and not CauseWeeks((), (Week(),)).is_starved
    assert CauseWeeks(usual, (Week(300, 10, 9),)).left_percent == 50


def test_counting_again_gives_the_same_rows_as_counting_from_nothing(tree: SmallTree, crisis: Crisis) -> None:
    chance = random.Random(7)
    works = [Work(county, crisis) for county in tree.counties[:2]]
    works[1].tasks = works[0].tasks
    somebody = [one for county in tree.counties[:3] for one in people(county, 9)]
    for _ in range(3):
        for _ in range(25):
            cause = chance.choice(["culture", "family", "crisis"])
            days_ago = chance.randrange(1, 18) if cause == "crisis" else chance.randrange(1, 90)
            chance.choice(works).serve(make_volunteer(area=chance.choice(somebody).area), cause, days_ago)
        shift_causes(at=NOW)
        before = rows()
        assert shift_causes(at=NOW) == 0

        rebuild_causes(at=NOW)

        assert rows() == before and before


def test_a_count_that_is_killed_halfway_leaves_what_was(
    tree: SmallTree, work: Work, monkeypatch: Any
) -> None:
    shift_causes(at=NOW)
    before = rows()
    for one in people(tree.townships[0], 9):
        work.serve(one, "crisis", 3)

    def killed(name: str) -> None:
        raise KeyboardInterrupt(name)

    monkeypatch.setattr(faults, "point", killed)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        shift_causes(at=NOW)

    assert rows() == before


def test_it_is_counted_once_a_day_from_the_first_whole_day_of_a_crisis_on(tree: SmallTree) -> None:
    def morning(days: int) -> datetime:
        return tomorrow_at(7, days=days)

    assert shift_due(at=morning(0)) == 0
    crisis = make_crisis(tree.province, started_at=morning(0))
    assert shift_due(at=morning(0) + timedelta(hours=3)) == 0

    assert shift_due(at=morning(1)) == len(tree.counties) + len(tree.cities) + 1
    assert shift_due(at=morning(1) + timedelta(hours=5)) == 0
    assert shift_due(at=morning(2)) > 0

    # What was made of a crisis that is over stays as it was on its last day.
    Crisis.objects.filter(pk=crisis.pk).update(ended_at=morning(2))
    shift_due(at=morning(3))
    assert shift_due(at=morning(9)) == 0
    assert kept(tree.province).ends_on == localdate(morning(2))
