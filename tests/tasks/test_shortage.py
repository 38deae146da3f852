"""How many hands are missing now."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localtime

from core import clock
from tasks.models import ShiftRole
from tasks.queries.shortage import short_now
from tests.factories.areas import SmallTree, small_tree
from tests.factories.tasks import make_assignment, make_role, make_shift, make_stop, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


@pytest.fixture
def noon() -> datetime:
    return localtime(clock.now()).replace(hour=12, minute=0, second=0, microsecond=0)


def test_what_runs_counts_and_what_is_over_does_not(tree: SmallTree, noon: datetime) -> None:
    for hours in (-8, -1, 4, 24):
        make_shift(area=tree.counties[0], seats_min=4, starts_at=noon + timedelta(hours=hours))

    found = short_now(noon)

    assert found.total.missing == 12
    assert [found.on(tree.counties[0], day).missing for day in found.days] == [8, 4]


def test_the_day_after_tomorrow_is_not_now(tree: SmallTree, noon: datetime) -> None:
    make_shift(area=tree.counties[0], starts_at=noon + timedelta(hours=36))

    assert short_now(noon).total.needed == 0


def test_more_than_enough_of_one_kind_helps_no_other(tree: SmallTree, noon: datetime) -> None:
    shift = make_shift(area=tree.counties[0], seats=8, seats_min=5, starts_at=noon + timedelta(hours=1))
    rich = make_role(shift, seats=8, seats_min=1)
    ShiftRole.objects.filter(pk=rich.pk).update(seats_taken=4)

    total = short_now(noon).total

    assert (total.needed, total.covered, total.missing, total.taken) == (6, 1, 5, 4)


def test_every_area_above_holds_what_its_townships_lack(tree: SmallTree, noon: datetime) -> None:
    shift = make_shift(area=tree.townships[0], seats_min=4, starts_at=noon + timedelta(hours=1))
    make_assignment(shift)
    make_shift(area=tree.province, seats_min=2, starts_at=noon + timedelta(hours=1))

    found = short_now(noon)

    assert found.of(tree.townships[0]).missing == 3
    assert found.of(tree.counties[0]).missing == 3
    assert found.of(tree.province).missing == found.total.missing == 5
    assert found.of(tree.counties[2]).missing == 0


def test_one_area_is_asked_for_alone(tree: SmallTree, noon: datetime) -> None:
    for county in tree.counties[:2]:
        make_shift(area=county, seats_min=4, starts_at=noon + timedelta(hours=1))

    found = short_now(noon, within=tree.counties[0])

    assert found.total == short_now(noon).of(tree.counties[0])


def test_what_is_called_off_or_stands_still_lacks_nobody(tree: SmallTree, noon: datetime) -> None:
    soon = noon + timedelta(hours=1)
    make_shift(
        area=tree.counties[0], starts_at=soon, status="cancelled", cancelled_at=noon, cancel_reason="Rain."
    )
    make_shift(task=make_task(area=tree.counties[0], status="closed"), starts_at=soon)
    make_shift(area=tree.counties[1], starts_at=soon)
    make_stop(tree.counties[1])

    assert short_now(noon).total.missing == 0


@pytest.mark.parametrize("shifts", [1, 3])
def test_it_takes_one_query(tree: SmallTree, noon: datetime, django_assert_num_queries, shifts: int) -> None:
    for county in tree.counties[:shifts]:
        make_shift(area=county, starts_at=noon + timedelta(hours=1))

    with django_assert_num_queries(1):
        found = short_now(noon)
        found.of(tree.province)
