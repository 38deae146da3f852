"""Figures become public once a day; a correction is seen as one."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils.timezone import localdate

from core import clock
from core.models import AuditRecord
from insights.actions import correct_release, refresh, release_due
from insights.actions.release import ReasonMissing
from insights.models import Release
from insights.queries import DEFINITIONS, Key, days_released, public_figures
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.tasks import make_crisis, make_shift, tomorrow_at
from tests.insights.test_refresh import serve

pytestmark = pytest.mark.django_db
NOON = tomorrow_at(12, days=0)
YESTERDAY = localdate(NOON) - timedelta(days=1)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


def test_yesterday_the_week_and_the_crisis_are_released_once(tree: SmallTree) -> None:
    make_crisis(tree.province, started_at=NOON - timedelta(days=15))

    first, again = release_due(at=NOON), release_due(at=NOON + timedelta(hours=1))

    assert {release.period: (release.ends_on - release.starts_on).days for release in first} == {
        "day": 0,
        "week": 6,
        "crisis": 14,
    }
    assert again == []
    assert days_released() == [YESTERDAY]


def test_nothing_is_released_before_six_in_the_morning(tree: SmallTree) -> None:
    assert release_due(at=tomorrow_at(5, days=0)) == []


def test_seats_are_exact_and_persons_protected(tree: SmallTree) -> None:
    make_shift(area=tree.counties[0], starts_at=tomorrow_at(9, days=-1), seats=7, seats_min=3)
    for _ in range(2):
        serve(tree.counties[0])
    for _ in range(9):
        serve(tree.counties[1])
    refresh(at=clock.now())
    release_due(at=NOON)

    province, city = public_figures("33"), public_figures("3301")

    assert province is not None and city is not None
    day = city.periods[0]
    assert day.own.cells[Key.VOLUNTEERS].value == 10
    below = {row.area.code: row.cells for row in day.below}
    assert below["330122"][Key.SEATS_ASKED].value == 2 * 60 + 7
    assert below["330122"][Key.VOLUNTEERS].why == "small"
    assert below["330127"][Key.VOLUNTEERS].why == "complement"
    assert set(day.own.cells) == set(DEFINITIONS)
    assert [row.area.code for row in province.periods[0].below] == ["3301", "3305"]


def test_released_figures_stay_as_they_were(tree: SmallTree) -> None:
    release_due(at=NOON)
    release = Release.objects.get(period="day")

    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(figures={})
    with pytest.raises(DatabaseError), transaction.atomic():
        release.delete()


def test_a_correction_is_the_next_version_and_says_why(tree: SmallTree) -> None:
    release_due(at=NOON)
    for _ in range(9):
        serve(tree.counties[0])
    old = Release.objects.get(period="day")

    correct_release(release=old, by=make_user(), at=NOON, reason="Paper lists came late.")

    found = public_figures("33")
    assert found is not None
    day = found.periods[0]
    assert (day.version, day.is_corrected, day.correction) == (2, True, "Paper lists came late.")
    assert day.own.cells[Key.VOLUNTEERS].value == 10
    assert Release.objects.filter(period="day").count() == 2
    assert AuditRecord.objects.get(verb="release.corrected").reason == "Paper lists came late."


def test_a_correction_needs_a_reason(tree: SmallTree) -> None:
    release_due(at=NOON)

    with pytest.raises(ReasonMissing):
        correct_release(release=Release.objects.get(period="day"), by=make_user(), at=NOON, reason=" ")


def test_townships_and_unknown_areas_have_no_public_figures(tree: SmallTree) -> None:
    release_due(at=NOON)

    township = public_figures(tree.townships[0].code)

    assert township is not None and township.periods == ()
    assert public_figures("999") is None


def test_public_figures_take_few_queries(tree: SmallTree, django_assert_num_queries) -> None:
    release_due(at=NOON)

    with django_assert_num_queries(3):
        public_figures("33")
