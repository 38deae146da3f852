"""Taking a seat: the door where many push at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import Consent
from core import clock
from tasks.actions import refusals
from tasks.actions.standstill import AreaStopped
from tasks.models import AreaStop, Assignment, ShiftRole
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_role, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_capability, make_volunteer
from tests.web.reading import check_page, page_of, statements
from volunteers.models import Proxy, Volunteer
from web.access import ACTING_FOR

pytestmark = pytest.mark.django_db
WARM = "/en/privacy/"


def press(client: Client, shift: Any, language: str = "en", **headers: str) -> Any:
    return client.post(f"/{language}/me/needs/{shift.code}/sign-up/", {"part": "1"}, headers=headers)


@pytest.fixture
def volunteer(client: Client) -> Volunteer:
    volunteer = make_volunteer()
    client.force_login(volunteer.user)
    return volunteer


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_seat_is_taken_and_the_poster_follows(
    client: Client, volunteer: Volunteer, headers: dict[str, str]
) -> None:
    shift = make_shift(area=small_tree().counties[0])

    response = press(client, shift, **headers)

    seat = Assignment.objects.live().get(volunteer=volunteer)
    assert response.status_code == 303
    assert response["Location"] == f"/en/me/seats/{seat.code}/done/"
    page = check_page(client.get(response["Location"]))
    assert "The seat is yours" in page.text
    assert "3 more people are needed to open" in page.text
    assert volunteer.user.name not in page.html.split('class="poster"')[1].split("</section>")[0]


def test_after_signing_in_it_takes_four_statements(client: Client, volunteer: Volunteer) -> None:
    shift = make_shift(area=small_tree().counties[0])
    client.get(WARM)

    with statements() as found:
        response = press(client, shift)

    assert response.status_code == 303
    # The session and its person, then the four of the domain.
    assert len(found) == 2 + 4


def test_the_second_kind_of_seats_can_be_chosen(client: Client, volunteer: Volunteer) -> None:
    shift = make_shift(area=small_tree().counties[0])
    drivers = make_role(shift, name="Drivers")

    client.post(f"/en/me/needs/{shift.code}/sign-up/", {"part": "2"})

    assert Assignment.objects.live().get(volunteer=volunteer).role == drivers


def _full(shift: Any, volunteer: Volunteer) -> type:
    ShiftRole.objects.filter(shift=shift).update(seats_min=1, seats=1)
    make_assignment(shift)
    return refusals.ShiftFull


def _overlap(shift: Any, volunteer: Volunteer) -> type:
    make_assignment(make_shift(area=shift.area), volunteer)
    return refusals.Overlap


def _again(shift: Any, volunteer: Volunteer) -> type:
    make_assignment(shift, volunteer)
    return refusals.AlreadySignedUp


def _late(shift: Any, volunteer: Volunteer) -> type:
    type(shift).objects.filter(pk=shift.pk).update(starts_at=clock.now() - timedelta(minutes=1))
    return refusals.TooLate


def _cancelled(shift: Any, volunteer: Volunteer) -> type:
    values = {"status": "cancelled", "cancelled_at": clock.now(), "cancel_reason": "Rain."}
    type(shift).objects.filter(pk=shift.pk).update(**values)
    return refusals.NotOpen


def _stopped(shift: Any, volunteer: Volunteer) -> type:
    AreaStop.objects.create(area=shift.area, stopped_at=clock.now(), stopped_by=make_user(), reason="Fire.")
    return AreaStopped


def _incapable(shift: Any, volunteer: Volunteer) -> type:
    role_of(shift).requirements.add(make_capability("driving"))
    return refusals.NotEligible


def _no_consent(shift: Any, volunteer: Volunteer) -> type:
    Consent.objects.create(
        user=volunteer.user, purpose="terms", version="1", decision="withdrawn", at=clock.now()
    )
    return refusals.ConsentWithdrawn


def _child(shift: Any, volunteer: Volunteer) -> type:
    Volunteer.objects.filter(pk=volunteer.pk).update(birth_on=clock.today() - timedelta(days=365 * 12))
    return refusals.GuardianNeeded


def _unknown_age(shift: Any, volunteer: Volunteer) -> type:
    ShiftRole.objects.filter(shift=shift).update(min_age=18)
    return refusals.BirthdayNeeded


def _young(shift: Any, volunteer: Volunteer) -> type:
    ShiftRole.objects.filter(shift=shift).update(min_age=18)
    Volunteer.objects.filter(pk=volunteer.pk).update(birth_on=clock.today() - timedelta(days=365 * 16))
    return refusals.TooYoung


def _tired(shift: Any, volunteer: Volunteer) -> type:
    make_assignment(make_shift(area=shift.area, starts_at=tomorrow_at(14)), volunteer)
    return refusals.NeedsRest


def _busy_week(shift: Any, volunteer: Volunteer) -> type:
    Volunteer.objects.filter(pk=volunteer.pk).update(max_hours_week=1)
    return refusals.TooManyHours


def _far(shift: Any, volunteer: Volunteer) -> type:
    type(shift).objects.filter(pk=shift.pk).update(longitude=120.0, latitude=30.0)
    Volunteer.objects.filter(pk=volunteer.pk).update(longitude=121.0, latitude=30.0)
    return refusals.TooFar


# A piece of each sentence without its values, in English and in the catalogue's Chinese.
REFUSALS = {
    _full: "took the last seat",
    _overlap: "already have a shift at that time",
    _again: "already have a seat in this shift",
    _late: "This shift has begun",
    _cancelled: "cancelled or over",
    _stopped: "",
    _incapable: "Skill driving",
    _no_consent: "took back your agreement",
    _child: "a guardian must agree first",
    _unknown_age: "Enter your date of birth",
    _young: "for people from 18",
    _tired: "hours of rest",
    _busy_week: "1 hours a week",
    _far: "km from you, farther than",
}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("spoil", REFUSALS, ids=lambda spoil: spoil.__name__)
def test_every_refusal_says_why_and_what_else_needs_hands(
    client: Client, volunteer: Volunteer, spoil: Any, language: str
) -> None:
    tree = small_tree()
    shift = make_shift(area=tree.counties[0])
    error = spoil(shift, volunteer)

    response = press(client, shift, language)

    page = check_page(response)
    assert response.status_code == 409
    refusal = response.context["refusal"]
    assert isinstance(refusal, error)
    with translation.override(language):
        assert refusal.message in page.text
    if language == "en":
        assert REFUSALS[spoil] in page.text
    assert 'class="govuk-error-summary" role="alert"' in page.html
    assert (
        not Assignment.objects.live()
        .filter(volunteer=volunteer, shift=shift)
        .exclude(
            pk__in=Assignment.objects.filter(volunteer=volunteer, shift=shift) if spoil is _again else []
        )
        .exists()
    )


@pytest.mark.parametrize("spoil", [_full, _overlap, _again, _stopped, _far])
@pytest.mark.parametrize("others", [1, 3])
def test_a_refusal_takes_few_statements(client: Client, spoil: Any, others: int) -> None:
    tree = small_tree()
    volunteer = make_volunteer(area=tree.counties[0])
    client.force_login(volunteer.user)
    shift = make_shift(area=tree.counties[0])
    for day in range(others):
        make_shift(area=tree.counties[0], starts_at=tomorrow_at(9, days=3 + day))
    spoil(shift, volunteer)
    client.get(WARM)

    with statements() as found:
        response = press(client, shift)

    assert response.status_code == 409
    # Five of the sign-up at most, and the page again with its line, how such places came in, three others that suit.
    assert len(found) <= 16


def test_a_refused_volunteer_is_offered_only_what_they_can_take(client: Client) -> None:
    tree = small_tree()
    volunteer = make_volunteer(area=tree.counties[0])
    client.force_login(volunteer.user)
    full = make_shift(area=tree.counties[0], seats=1, seats_min=1)
    make_assignment(full)
    make_shift(area=tree.counties[0], requirements=[make_capability("driving")])
    good = make_shift(area=tree.counties[1], starts_at=tomorrow_at(9, days=2))

    response = press(client, full)

    assert [row.code for row in response.context["nearest"]] == [good.code]
    assert f"/en/needs/{good.code}/" in page_of(response).links


def test_whose_session_ended_comes_back_to_the_shift(client: Client) -> None:
    shift = make_shift(area=small_tree().counties[0])

    response = press(client, shift)

    assert response.status_code == 302
    assert response["Location"] == f"/en/enter/?next=%2Fen%2Fneeds%2F{shift.code}%2F"


def test_the_address_alone_takes_no_seat(client: Client, volunteer: Volunteer) -> None:
    shift = make_shift(area=small_tree().counties[0])

    response = client.get(f"/en/me/needs/{shift.code}/sign-up/")

    assert response["Location"] == f"/en/needs/{shift.code}/"
    assert not Assignment.objects.exists()


def test_whoever_is_no_volunteer_yet_takes_the_first_steps(client: Client) -> None:
    client.force_login(make_user())

    response = press(client, make_shift(area=small_tree().counties[0]))

    assert response["Location"] == "/en/me/start/"


def test_an_unknown_shift_or_kind_is_not_found(client: Client, volunteer: Volunteer) -> None:
    shift = make_shift(area=small_tree().counties[0])

    assert client.post("/en/me/needs/NOTHING7/sign-up/").status_code == 404
    assert client.post(f"/en/me/needs/{shift.code}/sign-up/", {"part": "9"}).status_code == 404
    assert client.post(f"/en/me/needs/{shift.code}/sign-up/", {"part": "x"}).status_code == 404


def test_a_proxy_takes_the_seat_for_the_other(client: Client) -> None:
    elder, helper = make_volunteer(), make_volunteer()
    Proxy.objects.create(volunteer=elder, user=helper.user, consent="Said so.", granted_at=clock.now())
    client.force_login(helper.user)
    session = client.session
    session[ACTING_FOR] = elder.number
    session.save()

    response = press(client, make_shift(area=small_tree().counties[0]))

    seat = Assignment.objects.live().get()
    assert (seat.volunteer, seat.created_by) == (elder, helper.user)
    assert f"You act for {elder.user.name}" in page_of(client.get(response["Location"])).text
