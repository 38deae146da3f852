"""Guests are forgotten thirty days after their last shift."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import ErasureRequest
from privacy.erasure import erase_due
from privacy.unused import GUESTS, let_guests_go
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_assignment, make_shift
from tests.factories.volunteers import make_volunteer
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
AT = datetime(2022, 6, 1, 10, 0, tzinfo=UTC)
LONG_AGO = AT - GUESTS - timedelta(days=5)


def guest(**fields: object) -> Volunteer:
    return make_volunteer(user=make_user(joined_at=LONG_AGO), is_guest=True, **fields)


def served(volunteer: Volunteer, ended_at: datetime) -> None:
    shift = make_shift(starts_at=ended_at - timedelta(hours=3), ends_at=ended_at)
    make_assignment(shift, volunteer, created_at=LONG_AGO)


def test_a_guest_is_forgotten_a_month_after_the_last_shift_and_not_before() -> None:
    volunteer = guest()
    served(volunteer, LONG_AGO)
    served(volunteer, AT - GUESTS)

    assert let_guests_go(at=AT) == 0
    assert let_guests_go(at=AT + timedelta(seconds=1)) == 1
    assert erase_due(at=AT + timedelta(seconds=1)) == 1

    volunteer.user.refresh_from_db()
    assert (volunteer.user.phone, volunteer.user.is_active) == ("", False)


def test_a_guest_without_any_shift_goes_a_month_after_coming() -> None:
    guest()

    assert let_guests_go(at=AT) == 1
    assert let_guests_go(at=AT) == 0


def test_whoever_stays_or_has_a_shift_ahead_or_an_office_is_left_alone() -> None:
    make_volunteer(user=make_user(joined_at=LONG_AGO))
    served(guest(), AT + timedelta(days=3))
    make_member(make_organization(), user=guest().user)

    assert let_guests_go(at=AT) == 0
    assert not ErasureRequest.objects.exists()
