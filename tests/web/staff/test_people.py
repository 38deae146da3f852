"""Looking up one person, and finding an organization."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core import clock
from core.models import AccessRecord
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import give_totp, sign_in
from tests.factories.volunteers import make_volunteer
from tests.web.reading import check_page, statements
from web.staff.grants import KEY

pytestmark = pytest.mark.django_db


def look_up(client: Client, who: str, **fields: str):
    return client.post(reverse("staff:people"), {"who": who, "purpose": "support", **fields}, follow=True)


def test_a_person_is_shown_as_far_as_staff_need_and_reads_that(staff: Client, member: User) -> None:
    person = make_user(name="Zhao Min", phone="+8613911112222", email="zhao@example.org")
    volunteer = make_volunteer(user=person, birth_on=clock.today() - timedelta(days=9000))
    organization = make_organization(name="Blue Vests")
    make_member(organization, user=person)
    give_totp(person)

    page = check_page(look_up(staff, "13911112222"))

    for words in ("Zhao Min", volunteer.number, "139 **** 2222", "z***@example.org", "Blue Vests", "set up"):
        assert words in page.text
    assert (
        "11112222" not in page.html and "zhao@" not in page.html and str(volunteer.birth_on) not in page.html
    )
    look = AccessRecord.objects.get()
    assert (look.person_id, look.actor_id, look.purpose, look.what) == (
        person.pk,
        member.pk,
        "support",
        "account",
    )
    reader = sign_in(Client(), person)
    assert "To help you, since you asked us" in reader.get(reverse("account:looks")).content.decode()


@pytest.mark.parametrize("who", ["zhao@EXAMPLE.org", "+86 139 1111 2222"])
def test_a_contact_is_found_whole_however_it_is_written(staff: Client, who: str) -> None:
    make_user(name="Zhao Min", phone="+8613911112222", email="zhao@example.org")

    assert "Zhao Min" in check_page(look_up(staff, who)).text


def test_a_family_that_shares_a_phone_is_shown_together_and_each_can_read_it(staff: Client) -> None:
    family = [make_user(name=name, phone="+8613911112222") for name in ("Zhao One", "Zhao Two", "Zhao Three")]

    page = check_page(look_up(staff, "13911112222"))

    assert all(person.name in page.text for person in family)
    assert set(AccessRecord.objects.values_list("person_id", flat=True)) == {person.pk for person in family}


def test_three_take_as_many_statements_as_one(staff: Client) -> None:
    counts = []
    for _number in range(2):
        person = make_user(phone="+8613911112222")
        make_member(make_organization(), user=person)
        look_up(staff, "13911112222")
        with statements() as asked:
            staff.get(reverse("staff:people"))
        counts.append(len(asked))
        make_user(phone="+8613911112222")

    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize("who", ["13999999999", "10000001", "no@example.org", "Zhao", "139", ""])
def test_nobody_is_found_by_a_part_or_a_guess(staff: Client, who: str) -> None:
    make_user(name="Zhao", phone="+8613911112222")

    response = look_up(staff, who)

    assert response.status_code == 422
    check_page(response)
    assert not AccessRecord.objects.exists()


def test_a_reason_of_one_s_own_is_read_by_the_person(staff: Client) -> None:
    make_user(phone="+8613911112222")
    assert look_up(staff, "13911112222", purpose="other").status_code == 422

    look_up(staff, "13911112222", purpose="other", own_words="A letter came back")

    assert AccessRecord.objects.get().purpose_words == "A letter came back"


def test_what_was_opened_closes_after_ten_minutes_and_on_demand(staff: Client, time_machine) -> None:
    make_user(name="Zhao Min", phone="+8613911112222")
    look_up(staff, "13911112222")
    time_machine.move_to(clock.now() + timedelta(minutes=10, seconds=1))
    assert "Zhao Min" not in staff.get(reverse("staff:people")).content.decode()
    assert staff.session[KEY] == {}

    look_up(staff, "13911112222")
    assert "Zhao Min" in staff.get(reverse("staff:people")).content.decode()
    staff.post(reverse("staff:people"), {"close": "1"})

    assert "Zhao Min" not in staff.get(reverse("staff:people")).content.decode()


def test_an_open_look_up_is_of_its_session_alone(staff: Client) -> None:
    make_user(name="Zhao Min", phone="+8613911112222")
    look_up(staff, "13911112222")

    other = sign_in(Client(), make_user(is_staff=True))

    assert "Zhao Min" not in other.get(reverse("staff:people")).content.decode()


def test_an_organization_is_found_by_name_or_code_and_shows_no_member(staff: Client) -> None:
    blue, green = make_organization(name="Blue Vests"), make_organization(name="Green Vests")
    make_member(blue, user=make_user(name="Zhao Min"))

    for words, found in (
        ("blue", [blue]),
        (green.code.lower(), [green]),
        ("vests", [blue, green]),
        ("red", []),
    ):
        page = check_page(staff.get(reverse("staff:organizations"), {"q": words}))
        assert [each for each in (blue, green) if each.code in page.text] == found
        assert "Zhao" not in page.html


def test_organizations_take_as_many_statements_for_three_as_for_one(staff: Client) -> None:
    counts = []
    for _number in range(2):
        make_member(make_organization())
        with statements() as asked:
            staff.get(reverse("staff:organizations"))
        counts.append(len(asked))
        make_member(make_organization())

    assert counts[0] == counts[1] <= 5
