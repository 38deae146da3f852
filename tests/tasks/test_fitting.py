"""Which shifts a volunteer may join, and what it costs to find out."""

import pytest

from accounts.models import Consent
from areas.models import Area
from core import clock
from tasks.models import Shift
from tasks.queries.fitting import Fit, fitting, shifts_that_fit
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_role, make_shift, make_task, role_of
from tests.factories.volunteers import make_capability, make_volunteer
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
COUNTY = "330122"
HERE = (120.0, 30.0)
# Kilometres of a degree of longitude at 30° north, of latitude anywhere.
EAST_KM, NORTH_KM = 96.5, 111.2


def shift_at(east_km: float = 0, north_km: float = 0, **fields) -> Shift:
    area = Area.objects.get(code=COUNTY)
    return make_shift(
        area=area, longitude=HERE[0] + east_km / EAST_KM, latitude=HERE[1] + north_km / NORTH_KM, **fields
    )


@pytest.fixture
def volunteer() -> Volunteer:
    county = small_tree().counties[0]
    assert county.code == COUNTY
    found = make_volunteer(area=county, reach_km=5, longitude=HERE[0], latitude=HERE[1])
    Consent.objects.get_or_create(
        user=found.user, purpose="terms", defaults={"version": "1", "decision": "granted", "at": clock.now()}
    )
    return found


def found_by(volunteer: Volunteer) -> list[Fit]:
    return fitting(volunteer, clock.now(), HERE)


@pytest.mark.parametrize(("east", "north"), [(4.9, 0), (-4.9, 0), (0, 4.9), (0, -4.9), (3.4, 3.4)])
def test_whatever_is_in_reach_in_any_direction_fits(volunteer: Volunteer, east: float, north: float) -> None:
    shift = shift_at(east, north)

    [fit] = found_by(volunteer)

    assert fit.shift_id == shift.pk
    assert fit.metres == pytest.approx((east**2 + north**2) ** 0.5 * 1000, rel=0.01)


@pytest.mark.parametrize(("east", "north"), [(5.2, 0), (0, -5.2), (3.7, 3.7)])
def test_whatever_is_out_of_reach_does_not(volunteer: Volunteer, east: float, north: float) -> None:
    shift_at(east, north)

    assert found_by(volunteer) == []


def test_work_from_home_fits_from_anywhere(volunteer: Volunteer) -> None:
    far = Area.objects.exclude(code=COUNTY).filter(level=Area.Level.COUNTY).order_by("-code")[0]
    task = make_task(area=far, is_remote=True)
    shift = make_shift(task=task, area=task.area, longitude=HERE[0] + 3, latitude=HERE[1])

    assert [(fit.shift_id, fit.metres) for fit in found_by(volunteer)] == [(shift.pk, None)]


def test_no_seat_held_none_full_and_none_beyond_ones_papers(volunteer: Volunteer) -> None:
    held, full, beyond = shift_at(), shift_at(seats=1, seats_min=1), shift_at()
    make_assignment(held, volunteer)
    make_assignment(full)
    role_of(beyond).requirements.add(make_capability())

    assert found_by(volunteer) == []


def test_one_kind_of_seats_that_fits_is_enough(volunteer: Volunteer) -> None:
    shift = shift_at(seats=1, seats_min=1)
    make_assignment(shift)
    make_role(shift, name="More", seats=2, seats_min=1)

    assert [(fit.shift_id, fit.is_short) for fit in found_by(volunteer)] == [(shift.pk, True)]


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_two_statements_and_one_for_the_rows(
    volunteer: Volunteer, django_assert_num_queries, count: int
) -> None:
    shifts = [shift_at() for _ in range(count)]

    with django_assert_num_queries(2):
        fits = found_by(volunteer)
    with django_assert_num_queries(1):
        rows = shifts_that_fit(reversed(fits))

    assert [row.pk for row in rows] == [shift.pk for shift in reversed(shifts)]
    assert [row.area.full_name for row in rows]
