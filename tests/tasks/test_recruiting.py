"""When a place has more hands than work."""

from datetime import timedelta

import pytest

from areas.models import Area
from core import clock
from tasks.actions.recruiting import count_hands
from tasks.models import AreaStop, Recruiting
from tasks.policies.recruiting import FEW_HANDS, Supply, is_paused
from tasks.queries.recruiting import FRESH, recruiting_everywhere, recruiting_of
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_offer, make_role, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer


@pytest.mark.parametrize(
    ("hands", "seats", "was_paused", "paused"),
    [
        (300, 100, False, False),
        (301, 100, False, True),
        (250, 100, True, True),
        (200, 100, True, True),
        (199, 100, True, False),
        (FEW_HANDS, 0, False, True),
        (FEW_HANDS - 1, 0, False, False),
        (FEW_HANDS - 1, 0, True, False),
        (0, 0, True, False),
    ],
)
def test_it_pauses_above_one_ratio_and_goes_on_below_another(
    hands: int, seats: int, was_paused: bool, paused: bool
) -> None:
    assert is_paused(Supply(hands, seats), was_paused=was_paused) is paused


@pytest.mark.django_db
def test_hands_are_those_who_are_not_asked_and_hold_no_seat_soon() -> None:
    tree = small_tree()
    county = tree.counties[0]
    make_volunteer(area=county)
    make_volunteer(area=tree.townships[0])
    make_volunteer(area=county, user=make_user(is_active=False))
    make_volunteer(area=county, is_guest=True)
    make_volunteer()
    soon, late = make_shift(area=county, seats=6), make_shift(area=county, starts_at=tomorrow_at(9, days=20))
    make_assignment(soon, make_volunteer(area=county))
    make_assignment(late, make_volunteer(area=county))
    make_offer(role_of(soon), make_volunteer(area=county))

    count_hands(at=clock.now())

    # Three: two who wait, and the one whose seat is three weeks off.
    counted = Recruiting.objects.get(area=county)
    assert (counted.hands, counted.seats_open, counted.paused_since) == (3, 5, None)


@pytest.mark.django_db
def test_open_seats_are_those_of_the_coming_two_weeks_where_nothing_is_stopped() -> None:
    tree = small_tree()
    shift = make_shift(area=tree.townships[0], seats=6)
    make_role(shift, seats=3, seats_min=1, seats_held=2)
    timeless = make_shift(area=tree.counties[0], seats=2)
    type(timeless).objects.filter(pk=timeless.pk).update(starts_at=None, ends_at=None)
    make_shift(area=tree.counties[0], starts_at=tomorrow_at(9, days=20))
    make_shift(area=tree.counties[1])
    AreaStop.objects.create(
        area=tree.counties[1], stopped_at=clock.now(), stopped_by=make_user(), reason="Flood."
    )

    count_hands(at=clock.now())

    assert Recruiting.objects.get(area=tree.counties[0]).seats_open == 6 + 1 + 2
    assert Recruiting.objects.get(area=tree.cities[0]).seats_open == 9
    assert Recruiting.objects.get(area=tree.province).seats_open == 9
    assert not Recruiting.objects.filter(area=tree.counties[1]).exists()


@pytest.mark.django_db
def test_a_pause_begins_once_and_ends_when_work_comes() -> None:
    county = small_tree().counties[0]
    for _ in range(FEW_HANDS):
        make_volunteer(area=county)
    at = clock.now()

    count_hands(at=at)
    count_hands(at=at + timedelta(minutes=10))
    assert Recruiting.objects.get(area=county).paused_since == at
    make_shift(area=county, seats=FEW_HANDS, seats_min=1)
    count_hands(at=at + timedelta(minutes=20))

    assert Recruiting.objects.get(area=county).paused_since is None


@pytest.mark.django_db
def test_a_place_that_lost_its_people_is_counted_down_to_nothing() -> None:
    county = small_tree().counties[0]
    Recruiting.objects.create(
        area=county, hands=90, seats_open=1, counted_at=clock.now(), paused_since=clock.now()
    )

    count_hands(at=clock.now())

    counted = Recruiting.objects.get(area=county)
    assert (counted.hands, counted.paused_since) == (0, None)


@pytest.mark.django_db
def test_a_township_reads_its_county_and_an_old_count_says_nothing() -> None:
    tree = small_tree()
    make_volunteer(area=tree.townships[0])
    at = clock.now()
    count_hands(at=at)

    found = recruiting_of(tree.townships[0], at)
    everywhere = recruiting_everywhere(at)

    assert found is not None and found.area_id == tree.counties[0].pk
    assert everywhere is not None and everywhere.area.level == Area.Level.PROVINCE
    assert recruiting_of(tree.townships[0], at + FRESH) is None
    assert recruiting_everywhere(at + FRESH) is None
    assert recruiting_of(None, at) is None


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 3])
def test_counting_takes_the_same_statements_for_many(django_assert_num_queries, people: int) -> None:
    tree = small_tree()
    for number in range(people):
        make_volunteer(area=tree.counties[number])

    with django_assert_num_queries(5 + 2):
        count_hands(at=clock.now())
