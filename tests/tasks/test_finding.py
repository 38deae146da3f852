"""What else a volunteer can do where a seat has gone."""

from datetime import timedelta

import pytest

from accounts.models import Consent
from areas.models import Area
from core import clock
from tasks.models import Shift
from tasks.queries.finding import Alternative, alternatives
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_role, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_capability, make_volunteer
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
COUNTY = "330122"
HERE = (120.0, 30.0)
EAST_KM = 96.5


def shift_at(east_km: float = 0, hour: int = 9, days: int = 1, **fields) -> Shift:
    place = {"longitude": HERE[0] + east_km / EAST_KM, "latitude": HERE[1], **fields}
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
