"""What a volunteer can do, why not more, and what else there is where a seat has gone."""

from datetime import timedelta

import pytest

from accounts.models import Consent
from areas.models import Area
from core import clock
from tasks.models import Shift
from tasks.policies import Ground
from tasks.queries.finding import (
    Alternative,
    Order,
    WorkFound,
    WorkWanted,
    alternatives,
    find_work,
    fitting_ids,
)
from tasks.queries.times import PartOfDay, TimesWanted
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_role, make_shift, make_task, role_of, tomorrow_at
from tests.factories.volunteers import make_capability, make_volunteer
from volunteers.models import Affiliation, Volunteer

pytestmark = pytest.mark.django_db
COUNTY = "330122"
HERE = (120.0, 30.0)
# Kilometres of a degree of longitude at 30° north, of latitude anywhere.
EAST_KM, NORTH_KM = 96.5, 111.2


def shift_at(east_km: float = 0, north_km: float = 0, hour: int = 9, days: int = 1, **fields) -> Shift:
    place = {
        "longitude": HERE[0] + east_km / EAST_KM,
        "latitude": HERE[1] + north_km / NORTH_KM,
        **fields,
    }
    return make_shift(area=Area.objects.get(code=COUNTY), starts_at=tomorrow_at(hour, days=days), **place)


@pytest.fixture
def volunteer() -> Volunteer:
    county = small_tree().counties[0]
    found = make_volunteer(area=county, reach_km=20, longitude=HERE[0], latitude=HERE[1])
    Consent.objects.get_or_create(
        user=found.user, purpose="terms", defaults={"version": "1", "decision": "granted", "at": clock.now()}
    )
    return found


def found_for(volunteer: Volunteer | None, shift: Shift, limit: int = 3) -> list[Alternative]:
    return alternatives(volunteer, shift, clock.now(), limit)


def test_the_nearest_in_place_and_time_comes_first_and_whoever_lacks_hands_before_others(
    volunteer: Volunteer,
) -> None:
    gone = shift_at()
    later = shift_at(1, hour=9, days=2)
    far = shift_at(4)
    enough = shift_at(0, seats_min=0)

    found = found_for(volunteer, gone)

    # 4 km; 1 km and a day; nothing is far but nobody is missed there.
    assert [one.shift.pk for one in found] == [far.pk, later.pk, enough.pk]
    assert [one.is_short for one in found] == [True, True, False]
    assert found[0].metres == pytest.approx(4000, rel=0.01)


def test_nothing_is_named_that_a_sign_up_would_refuse(volunteer: Volunteer) -> None:
    gone = shift_at()
    make_assignment(shift_at(days=3), volunteer)
    shift_at(1, hour=10, days=3)
    beyond = shift_at(1, days=2)
    role_of(beyond).requirements.add(make_capability())
    full = shift_at(1, days=2, seats=1, seats_min=1)
    make_assignment(full)
    shift_at(30)

    assert found_for(volunteer, gone) == []


def test_the_role_that_fits_is_named_by_its_place_in_the_shift(volunteer: Volunteer) -> None:
    gone, other = shift_at(), shift_at(1)
    role_of(other).requirements.add(make_capability())
    make_role(other, name="Everybody")

    assert [(one.shift.pk, one.number) for one in found_for(volunteer, gone)] == [(other.pk, 2)]


def test_what_lies_more_than_a_week_off_stands_in_for_nothing(volunteer: Volunteer) -> None:
    gone = shift_at()
    shift_at(days=9)

    assert found_for(volunteer, gone) == []


def test_without_a_profile_the_nearest_to_the_shift_is_named_and_nothing_weighed(
    volunteer: Volunteer,
) -> None:
    gone, far, near = shift_at(), shift_at(8), shift_at(2)

    found = found_for(None, gone)

    assert [(one.shift.pk, one.number) for one in found] == [(near.pk, None), (far.pk, None)]
    assert found[0].metres == pytest.approx(2000, rel=0.01)


def test_whoever_took_back_the_agreement_finds_nothing(volunteer: Volunteer) -> None:
    gone, _ = shift_at(), shift_at(1)
    Consent.objects.create(
        user=volunteer.user, purpose="terms", version="1", decision="withdrawn", at=clock.now()
    )

    assert found_for(volunteer, gone) == []


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_three_statements_however_many_there_are(
    volunteer: Volunteer, django_assert_num_queries, count: int
) -> None:
    gone = shift_at()
    for number in range(count):
        shift_at(number)

    with django_assert_num_queries(3):
        found = found_for(volunteer, gone)

    assert len(found) == count
    assert all(one.shift.starts_at - gone.starts_at == timedelta(0) for one in found)


def work_for(volunteer: Volunteer, **wanted) -> WorkFound:
    return find_work(volunteer, WorkWanted(**wanted), clock.now())


def ids(found: WorkFound) -> list[int]:
    return [one.shift_id for one in found.fits]


def test_work_is_sorted_by_time_distance_or_need(volunteer: Volunteer) -> None:
    soon, near = shift_at(4), shift_at(1, days=2)
    short = shift_at(6, days=3, seats=9, seats_min=9)

    assert ids(work_for(volunteer)) == [soon.pk, near.pk, short.pk]
    assert ids(work_for(volunteer, order=Order.NEAR)) == [near.pk, soon.pk, short.pk]
    assert ids(work_for(volunteer, order=Order.NEED)) == [short.pk, soon.pk, near.pk]


def test_work_without_a_time_stands_apart_the_soonest_deadline_first(volunteer: Volunteer) -> None:
    timed, open_ended, late, early, over = (shift_at(days=1) for _ in range(5))
    timeless = Shift.objects.exclude(pk=timed.pk)
    timeless.update(starts_at=None, ends_at=None)
    Shift.objects.filter(pk=late.pk).update(due_at=tomorrow_at(9, days=9))
    Shift.objects.filter(pk=early.pk).update(due_at=tomorrow_at(9, days=2))
    Shift.objects.filter(pk=over.pk).update(due_at=clock.now() - timedelta(minutes=1))

    assert ids(work_for(volunteer, timed=False)) == [early.pk, late.pk, open_ended.pk]
    assert ids(work_for(volunteer)) == [timed.pk]


def test_work_is_narrowed_by_time_distance_cause_and_organization(volunteer: Volunteer) -> None:
    morning, evening = shift_at(1), shift_at(3, hour=19, days=2)
    cause = evening.task.type.cause.code

    def found(**times) -> list[int]:
        return ids(work_for(volunteer, times=TimesWanted(**times)))

    assert found(part=PartOfDay.EVENING) == [evening.pk]
    assert found(weekday=tomorrow_at(9).isoweekday()) == [morning.pk]
    assert found(starts_from=tomorrow_at(0, days=2)) == [evening.pk]
    assert found(starts_before=tomorrow_at(0, days=2)) == [morning.pk]
    assert ids(work_for(volunteer, most_km=2)) == [morning.pk]
    assert ids(work_for(volunteer, cause=cause)) == [evening.pk]
    assert ids(work_for(volunteer, organization=morning.organization.code)) == [morning.pk]


def test_what_does_not_fit_is_counted_once_by_its_hardest_ground(volunteer: Volunteer) -> None:
    paper = make_capability()
    for days in (1, 2):
        role_of(shift_at(days=days)).requirements.add(paper)
    make_assignment(shift_at(days=4), volunteer)
    shift_at(days=4)
    make_assignment(shift_at(days=6, seats=1, seats_min=1))
    shift_at(40)
    shift_at(60)
    for hour in (8, 20):
        shift_at(hour=hour, hours=1, days=8)

    found = work_for(volunteer)

    assert len(found.fits) == 2
    assert {(one.ground, one.count, one.names) for one in found.hindrances} == {
        (Ground.CAPABILITY, 2, (paper.name,)),
        (Ground.OVERLAP, 1, ()),
        (Ground.SHIFT_FULL, 1, ()),
        (Ground.DISTANCE, 2, ()),
    }


def test_a_second_role_that_fits_makes_the_shift_fit(volunteer: Volunteer) -> None:
    shift = shift_at()
    role_of(shift).requirements.add(make_capability())
    make_role(shift)

    found = work_for(volunteer)

    assert [(one.shift_id, one.number) for one in found.fits] == [(shift.pk, 2)]
    assert found.hindrances == []


def test_windows_count_as_they_do_at_the_sign_up(volunteer: Volunteer) -> None:
    at = clock.now()
    moments = {"opens_to_area_at": at - timedelta(hours=1), "opens_at": at + timedelta(days=1)}
    here = shift_at(days=2, **moments)
    there = shift_at(days=3, opens_at=at + timedelta(hours=5))
    closed = shift_at(days=4, closes_at=at - timedelta(hours=1))
    asked = shift_at(days=5, needs_approval=True)
    Shift.objects.filter(pk=there.pk).update(county=None)

    found = work_for(volunteer)

    assert ids(found) == [here.pk, asked.pk]
    assert [one.asks_first for one in found.fits] == [False, True]
    assert [(one.shift_id, one.opens_at) for one in found.later] == [(there.pk, at + timedelta(hours=5))]
    assert [(one.ground, one.count) for one in found.hindrances] == [(Ground.SIGN_UP_CLOSED, 1)]
    assert closed.pk not in fitting_ids(volunteer, at)
    assert fitting_ids(volunteer, at) == [here.pk, asked.pk]


def test_members_may_come_before_others(volunteer: Volunteer) -> None:
    at = clock.now()
    shift = shift_at(opens_to_members_at=at - timedelta(hours=1), opens_at=at + timedelta(hours=3))
    assert ids(work_for(volunteer)) == []

    Affiliation.objects.create(volunteer=volunteer, organization=shift.organization, started_at=at)

    assert ids(work_for(volunteer)) == [shift.pk]


def test_the_nearest_shortage_is_named_whatever_the_list_is_narrowed_to(volunteer: Volunteer) -> None:
    shift_at(1, seats_min=0)
    short = shift_at(3)
    shift_at(9)

    found = work_for(volunteer, most_km=2)

    assert found.nearest_short is not None
    assert found.nearest_short.shift_id == short.pk


@pytest.mark.parametrize("count", [1, 3])
def test_finding_work_takes_three_statements(
    volunteer: Volunteer, django_assert_num_queries, count: int
) -> None:
    for number in range(count):
        shift_at(number)

    with django_assert_num_queries(3):
        found = work_for(volunteer)

    assert len(found.fits) == count


@pytest.mark.parametrize(("east", "north"), [(4.9, 0), (-4.9, 0), (0, 4.9), (0, -4.9), (3.4, 3.4)])
def test_whatever_is_in_reach_in_any_direction_fits(volunteer: Volunteer, east: float, north: float) -> None:
    volunteer.reach_km = 5
    shift = shift_at(east, north)

    [fit] = work_for(volunteer).fits

    assert fit.shift_id == shift.pk
    assert fit.metres == pytest.approx((east**2 + north**2) ** 0.5 * 1000, rel=0.01)


@pytest.mark.parametrize(("east", "north"), [(5.2, 0), (0, -5.2), (3.7, 3.7)])
def test_whatever_is_out_of_reach_does_not(volunteer: Volunteer, east: float, north: float) -> None:
    volunteer.reach_km = 5
    shift_at(east, north)

    assert work_for(volunteer).fits == []


def test_work_from_home_fits_from_anywhere(volunteer: Volunteer) -> None:
    far = Area.objects.exclude(code=COUNTY).filter(level=Area.Level.COUNTY).order_by("-code")[0]
    task = make_task(area=far, is_remote=True)
    shift = make_shift(task=task, area=task.area, longitude=HERE[0] + 3, latitude=HERE[1])

    assert [(fit.shift_id, fit.metres) for fit in work_for(volunteer).fits] == [(shift.pk, None)]
