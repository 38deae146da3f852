"""Signing somebody up who called: by number, told to the person, with a reason where a limit stands in the way."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.models import AccessRecord, AuditRecord
from notifications.models import Message
from tasks.models import Assignment, ShiftRole
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_role, make_shift, tomorrow_at
from tests.factories.volunteers import make_capability, make_volunteer
from tests.web.reading import check_page, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def shift(organization):
    return make_shift(organization=organization, starts_at=tomorrow_at(14), seats=3)


@pytest.fixture
def organizer(organization):
    return make_member(organization, "organizer")


@pytest.fixture
def browser(client, organizer):
    return sign_in(client, organizer)


@pytest.fixture
def address(organization, shift):
    return reverse("organization:add_person", args=[organization.code, shift.code])


def tired(shift):
    """A volunteer whose last shift ends two hours before this one."""
    volunteer = make_volunteer(user=make_user(name="Wei Lan"))
    before = make_shift(starts_at=shift.starts_at - timedelta(hours=5), seats=3)
    make_assignment(before, volunteer)
    return volunteer


def seats_of(shift):
    return Assignment.objects.live().filter(shift=shift)


@pytest.mark.parametrize("number", ["volunteer number", "telephone"])
def test_whoever_calls_gets_a_seat_by_either_number(browser, address, shift, organizer, number):
    volunteer = make_volunteer(user=make_user(phone="+8613800000044"))
    who = volunteer.number if number == "volunteer number" else "138 0000 0044"

    response = browser.post(address, {"who": who, "seats": "2"})

    seat = seats_of(shift).get()
    assert response.status_code == 303
    assert (seat.volunteer, seat.seats, seat.created_by) == (volunteer, 2, organizer)
    assert ShiftRole.objects.get(shift=shift).seats_taken == 2


def test_the_person_is_told_who_did_it_and_can_read_that_they_were_looked_up(
    browser, address, shift, organizer
):
    volunteer = make_volunteer()

    browser.post(address, {"who": volunteer.number, "seats": "1"})

    message = Message.objects.filter(recipient=volunteer.user, kind="seat_taken").first()
    assert message.context["placed_by"] == organizer.name
    assert AccessRecord.objects.get().person_id == volunteer.user_id


def test_a_limit_asks_for_a_reason_about_the_person_and_not_about_the_reader(browser, address, shift):
    volunteer = tired(shift)

    response = browser.post(address, {"who": volunteer.number, "seats": "1"})

    page = check_page(response)
    assert list(response.context["form"].errors) == ["override_reason"]
    assert "Wei Lan" in page.text
    assert response.context["form"]["who"].value() == volunteer.number
    assert not seats_of(shift).exists()


def test_an_exception_is_kept_with_its_reason_and_name(browser, address, shift, organizer):
    volunteer = tired(shift)

    browser.post(
        address, {"who": volunteer.number, "seats": "1", "override_reason": "Lives next door, slept before."}
    )

    seat = seats_of(shift).get()
    assert (seat.override_reason, seat.overridden_by) == ("Lives next door, slept before.", organizer)
    kept = AuditRecord.objects.get(verb="seat.taken", subject_id=seat.pk)
    assert (kept.reason, kept.actor_id) == ("Lives next door, slept before.", organizer.pk)
    roster = browser.get(address.replace("people/add/", "roster/"))
    assert "Lives next door, slept before." in check_page(roster).text


def test_no_reason_sets_aside_a_shift_at_the_same_time_or_what_the_seat_needs(browser, address, shift):
    busy = make_volunteer()
    make_assignment(make_shift(starts_at=shift.starts_at, seats=3), busy)
    needed = make_capability()
    ShiftRole.objects.get(shift=shift).requirements.add(needed)

    for volunteer in (busy, make_volunteer()):
        response = browser.post(
            address, {"who": volunteer.number, "seats": "1", "override_reason": "I know them."}
        )
        assert list(response.context["form"].errors) == ["who"]

    assert not seats_of(shift).exists()


def test_more_people_than_seats_are_refused_beside_the_number_of_people(browser, address, shift):
    response = browser.post(address, {"who": make_volunteer().number, "seats": "4"})

    assert list(response.context["form"].errors) == ["seats"]
    assert not seats_of(shift).exists()


@pytest.mark.parametrize(
    ("who", "seats", "field"),
    [("", "1", "who"), ("99999999", "1", "who"), ("138 0000 004", "1", "who"), ("12345678", "0", "seats")],
)
def test_what_is_wrong_is_named_and_kept(browser, address, who, seats, field):
    response = browser.post(address, {"who": who, "seats": seats, "override_reason": "Kept."})

    form = response.context["form"]
    assert list(form.errors) == [field]
    assert (form["who"].value(), form["override_reason"].value()) == (who, "Kept.")


def test_a_family_that_shares_a_telephone_is_asked_who_it_is(browser, address, shift):
    mother = make_volunteer(user=make_user(name="Chen", phone="+8613800000044"))
    make_volunteer(user=make_user(name="Little Chen", phone="+8613800000044"))

    response = browser.post(address, {"who": "13800000044", "seats": "2"})
    assert "Little Chen" in page_of(response).text
    assert not seats_of(shift).exists()
    browser.post(address, {"who": mother.number, "seats": "2"})

    assert (seats_of(shift).get().volunteer, seats_of(shift).get().seats) == (mother, 2)


def test_a_shift_with_several_kinds_of_work_asks_for_which(browser, address, shift):
    second = make_role(shift, name="Interpreting", seats=2)
    volunteer = make_volunteer()

    refused = browser.post(address, {"who": volunteer.number, "seats": "1"})
    browser.post(address, {"who": volunteer.number, "seats": "1", "role": "2"})

    assert list(refused.context["form"].errors) == ["role"]
    assert seats_of(shift).get().role == second


@pytest.mark.parametrize(("role", "status"), [("owner", 303), ("organizer", 303), ("desk", 403), (None, 404)])
def test_only_those_who_lead_the_organization_sign_others_up(
    client, organization, address, shift, role, status
):
    person = make_member(organization, role) if role else make_user()

    response = sign_in(client, person).post(address, {"who": make_volunteer().number, "seats": "1"})

    assert response.status_code == status
    assert seats_of(shift).exists() == (status == 303)
