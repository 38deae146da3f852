"""The rules of a shift at its door: windows, ends, approval, and who goes past them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from areas.models import Area
from core import clock
from tasks import policies
from tasks.actions import refusals
from tasks.actions.offers import Pick, accept_offer, make_offers
from tasks.actions.seats import sign_up
from tasks.models import Assignment, Shift
from tasks.queries.seats import SeatWanted
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_member
from tests.factories.sheets import make_affiliation
from tests.factories.tasks import make_offer, make_shift, role_of
from tests.factories.volunteers import make_volunteer
from tests.tasks.conftest import Statements
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


def staged(**days: int) -> Shift:
    """A shift in ten days whose windows open so many days from now: `members`, `area`, `everybody`."""
    at = clock.now()
    names = {"members": "opens_to_members_at", "area": "opens_to_area_at", "everybody": "opens_at"}
    windows = {names[name]: at + timedelta(days=count) for name, count in days.items()}
    county = make_area(level=Area.Level.COUNTY)
    area = make_area(level=Area.Level.TOWNSHIP, parent=county)
    return make_shift(area=area, starts_at=at + timedelta(days=10), **windows)


def belong(volunteer: Volunteer, shift: Shift, **fields: Any) -> Volunteer:
    make_affiliation(shift.organization, volunteer, **fields)
    return volunteer


def take(shift: Shift, who: Volunteer, at: datetime | None = None, **values: Any) -> Assignment:
    return sign_up(role=role_of(shift), **{"by": who.user, "at": at or clock.now(), **values})


def test_members_come_first_then_neighbours_then_everybody() -> None:
    shift = staged(members=0, area=1, everybody=2)
    at = clock.now()
    member = belong(make_volunteer(area=make_area()), shift)
    neighbour = make_volunteer(area=make_area(level=Area.Level.TOWNSHIP, parent=shift.area.parent))
    other = make_volunteer(area=make_area())

    for person in (neighbour, other):
        with pytest.raises(refusals.NotYetOpen):
            take(shift, person, at)
    take(shift, member, at)
    with pytest.raises(refusals.NotYetOpen):
        take(shift, other, at + timedelta(days=1))
    take(shift, neighbour, at + timedelta(days=1))
    take(shift, other, at + timedelta(days=2))

    assert role_of(shift).seats_taken == 3


def test_whoever_left_the_organization_is_no_member() -> None:
    shift = staged(members=0, everybody=2)
    former = belong(make_volunteer(), shift, ended_at=clock.now())

    with pytest.raises(refusals.NotYetOpen):
        take(shift, former)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "; to members of "),
        ("zh-hans", "的成员现在就可以报名"),
    ],
)
def test_the_refusal_says_who_may_now(language: str, sentence: str) -> None:
    shift = staged(members=0, everybody=2)

    with override(language), pytest.raises(refusals.NotYetOpen) as refused:
        take(shift, make_volunteer())

    assert sentence in refused.value.message
    assert shift.organization.display_name in refused.value.message
    assert refused.value.facts["opens_at"] == shift.opens_at


def test_notice_ends_the_sign_up_before_the_start() -> None:
    shift = make_shift(starts_at=clock.now() + timedelta(hours=10), notice_minutes=120)
    until = shift.starts_at - timedelta(minutes=120)

    with pytest.raises(refusals.SignUpClosed):
        take(shift, make_volunteer(), until + timedelta(seconds=1))

    take(shift, make_volunteer(), until)


def test_a_shift_that_is_looked_at_first_is_not_simply_taken() -> None:
    shift = make_shift(needs_approval=True)

    with pytest.raises(refusals.NeedsApproval):
        take(shift, make_volunteer())

    assert role_of(shift).seats_taken == 0


def test_a_party_beyond_the_limit_is_refused() -> None:
    shift = make_shift(party_most=2)

    with pytest.raises(refusals.PartyTooLarge):
        take(shift, make_volunteer(), seats=3)

    assert take(shift, make_volunteer(), seats=2).seats == 2


@pytest.mark.parametrize(
    "rules",
    [
        {"opens_at": timedelta(days=1)},
        {"closes_at": -timedelta(days=1)},
        {"notice_minutes": 20160},
        {"needs_approval": True},
    ],
    ids=["not open yet", "closed", "too late", "looked at first"],
)
def test_an_organizer_places_somebody_past_windows_ends_and_approval(rules: dict[str, Any]) -> None:
    at = clock.now()
    moments = {name: at + value if isinstance(value, timedelta) else value for name, value in rules.items()}
    shift = make_shift(starts_at=at + timedelta(days=3), **moments)
    organizer = make_member(shift.organization)
    stranger = make_member(make_shift().organization)
    volunteer = make_volunteer()

    with pytest.raises((refusals.NotYetOpen, refusals.SignUpClosed, refusals.NeedsApproval)):
        take(shift, volunteer, by=stranger, volunteer=volunteer)
    take(shift, volunteer, by=organizer, volunteer=volunteer)

    assert role_of(shift).seats_taken == 1


def test_an_organizer_does_not_place_themselves_ahead_of_the_others() -> None:
    shift = staged(everybody=1)
    organizer = make_volunteer(user=make_member(shift.organization))

    with pytest.raises(refusals.NotYetOpen):
        take(shift, organizer)


def test_an_organizer_goes_past_nothing_else() -> None:
    shift = make_shift(needs_approval=True, party_most=1)
    volunteer = make_volunteer()

    with pytest.raises(refusals.PartyTooLarge):
        take(shift, volunteer, by=make_member(shift.organization), volunteer=volunteer, seats=2)


def test_an_accepted_offer_goes_past_the_window_and_approval() -> None:
    shift = make_shift(needs_approval=True, opens_at=clock.now() + timedelta(hours=5))
    offer = make_offer(role_of(shift))

    accept_offer(offer=offer, by=offer.volunteer.user, at=clock.now())

    assert role_of(shift).seats_taken == 1


def test_nobody_is_asked_by_the_matching_before_a_shift_opens_to_everybody() -> None:
    shift = staged(members=0, everybody=1)
    member = belong(make_volunteer(user=make_user(consents=("terms", "messages"))), shift)
    pick = [Pick(member.pk)]

    by_itself = make_offers(role=role_of(shift), picks=pick, source="matching", by=None, at=noon())
    by_hand = make_offers(
        role=role_of(shift), picks=pick, source="organizer", by=make_member(shift.organization), at=noon()
    )

    assert [turndown for _, turndown in by_itself.refused] == [policies.Turndown.NOT_YET_OPEN]
    assert len(by_hand.offers) == 1


def noon() -> datetime:
    return clock.now().replace(hour=4)


def test_windows_cost_no_statement(statements: Statements) -> None:
    shift = staged(members=0, everybody=2)
    member = belong(make_volunteer(), shift)

    with statements() as seen:
        sign_up(role=SeatWanted(shift.code), by=member.user, at=clock.now())

    assert len(seen) == 4, seen


def test_without_the_look_at_windows_everybody_would_come_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.policies.seats._opening", lambda seat, person, at: None)
    shift = staged(everybody=2)

    take(shift, make_volunteer())

    assert role_of(shift).seats_taken == 1
