"""Filling a shift by offers: who is suggested and why, what sending does, who may, and who is told that they were seen."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from areas.models import Area
from core import clock
from core.models import AccessRecord
from organizations.models import Organization
from tasks.models import Offer, Shift, ShiftRole, Task
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import (
    make_adoption,
    make_assignment,
    make_offer,
    make_role,
    make_shift,
    make_task,
    role_of,
)
from tests.factories.volunteers import make_capability, make_volunteer
from tests.web.reading import check_page, statements
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Area:
    return small_tree().counties[0]


@pytest.fixture
def organization(home: Area) -> Organization:
    return make_organization(home_area=home)


@pytest.fixture
def shift(organization: Organization) -> Shift:
    return make_shift(organization=organization, longitude=120.15, latitude=30.27)


@pytest.fixture
def organizer(client: Client, organization: Organization) -> Client:
    return sign_in(client, make_member(organization, "organizer"))


def neighbour(home: Area, name: str = "", km: float = 1.0, **fields: Any) -> Volunteer:
    """Somebody so far north of the shift who agreed to be asked."""
    return make_volunteer(
        user=make_user(name=name, consents=("terms", "messages")),
        area=home,
        **{"longitude": 120.15, "latitude": 30.27 + km / 111.2, "reach_km": 10, **fields},
    )


def page(client: Client, shift: Shift, query: str = "", language: str = "en") -> Any:
    address = reverse("organization:fill", args=[shift.organization.code, shift.code])
    return client.get(address.replace("/zh-hans/", f"/{language}/").replace("/en/", f"/{language}/") + query)


def send(client: Client, shift: Shift, *people: Volunteer, **more: str) -> Any:
    address = f"/en/org/{shift.organization.code}/shifts/{shift.code}/fill/"
    return client.post(address, {"pick": [each.number for each in people], **more}, follow=True)


def test_the_nearest_come_first_and_enough_of_them_are_ticked(
    organizer: Client, home: Area, shift: Shift
) -> None:
    far, near = neighbour(home, "Far", 4.0), neighbour(home, "Near", 0.6)
    make_assignment(shift)

    seen = check_page(page(organizer, shift))

    assert seen.html.index(near.number) < seen.html.index(far.number)
    for words in ("3 more people", "2 people could do it", "600 m", "4 km", "6 of 10"):
        assert words in seen.text
    # Three are missing, so both are asked.
    assert seen.html.count("checked>") == 2
    assert "2 offers. About 1 person (0–2) will say yes." in seen.text
    assert "Send 2 offers" in seen.text


def test_sending_asks_those_who_are_ticked_and_nobody_else(
    organizer: Client, home: Area, shift: Shift
) -> None:
    chosen, other = neighbour(home), neighbour(home)

    response = send(organizer, shift, chosen)

    offer = Offer.objects.get()
    assert (offer.volunteer, offer.source, offer.status) == (chosen, "organizer", "offered")
    assert offer.factors["metres"] == pytest.approx(1000, abs=10)
    seen = check_page(response)
    assert "1 person is asked." in seen.text
    assert "Asked already" in seen.text and "Waiting, 2 h left" in seen.text
    assert f'value="{other.number}"' in seen.html and f'value="{chosen.number}"' not in seen.html


def test_asking_twice_asks_once(organizer: Client, home: Area, shift: Shift) -> None:
    volunteer = neighbour(home)
    send(organizer, shift, volunteer)

    response = send(organizer, shift, volunteer)

    assert response.status_code == 422
    assert Offer.objects.count() == 1
    assert "cannot come any more" in response.content.decode()


def test_nobody_ticked_is_said(organizer: Client, home: Area, shift: Shift) -> None:
    neighbour(home)

    response = send(organizer, shift)

    assert response.status_code == 422
    assert "Nobody is ticked" in response.content.decode()


def test_a_number_that_is_not_suggested_is_never_asked(organizer: Client, home: Area, shift: Shift) -> None:
    stranger = make_volunteer(area=home)

    response = send(organizer, shift, stranger)

    assert response.status_code == 422
    assert not Offer.objects.exists()


def test_an_offer_can_be_taken_back_until_it_is_answered(organizer: Client, home: Area, shift: Shift) -> None:
    offer = make_offer(role_of(shift), neighbour(home, "Lan"))
    address = f"/en/org/{shift.organization.code}/shifts/{shift.code}/fill/{offer.code}/"

    first = organizer.post(address, follow=True)
    second = organizer.post(address, follow=True)

    offer.refresh_from_db()
    assert offer.status == Offer.Status.WITHDRAWN
    assert "The offer to Lan is taken back." in first.content.decode()
    assert "This offer is over" in second.content.decode()


def test_what_became_of_each_offer_is_listed(organizer: Client, home: Area, shift: Shift) -> None:
    role = role_of(shift)
    make_offer(role, neighbour(home, "Said no"), status="declined", answer="too-far")
    make_offer(role, neighbour(home, "Gone"), status="withdrawn")
    late = clock.now() - timedelta(hours=3)
    make_offer(role, neighbour(home, "Silent"), made_at=late)

    text = check_page(page(organizer, shift)).text

    for words in ("It is too far for me", "Withdrawn", "Not answered in time"):
        assert words in text


def test_people_who_have_no_seat_for_them_are_counted_by_cause(
    organizer: Client, home: Area, shift: Shift
) -> None:
    neighbour(home)
    neighbour(home, max_hours_week=1)
    neighbour(home, offers_a_day=0)

    text = check_page(page(organizer, shift)).text

    assert "Why not the other 2 people?" in text
    assert "1 has used their weekly hours" in text
    assert "1 has been asked often enough today" in text


def _nobody(home: Area, shift: Shift) -> str:
    role_of(shift).requirements.add(make_capability(kind="language"))
    neighbour(home)
    return "Nobody near has what this asks for"


def _all_kept(home: Area, shift: Shift) -> str:
    neighbour(home, max_hours_week=1)
    return "Everybody who could do it is kept from it just now"


def _all_offered(home: Area, shift: Shift) -> str:
    ShiftRole.objects.filter(shift=shift).update(seats=1, seats_min=1)
    make_offer(role_of(shift), neighbour(home))
    return "Every free seat is offered to somebody already"


@pytest.mark.parametrize("state", [_nobody, _all_kept, _all_offered])
def test_where_nobody_can_be_asked_the_page_says_why(
    organizer: Client, home: Area, shift: Shift, state: Any
) -> None:
    words = state(home, shift)

    seen = check_page(page(organizer, shift))

    assert words in seen.text
    assert 'name="pick"' not in seen.html


def test_enough_hands_are_said_and_more_can_be_asked(organizer: Client, home: Area, shift: Shift) -> None:
    for _ in range(4):
        make_assignment(shift)
    neighbour(home)

    seen = check_page(page(organizer, shift))

    assert "Enough hands, the shift opens." in seen.text
    assert "checked>" not in seen.html and 'name="pick"' in seen.html


def test_each_kind_of_seats_has_its_own_people(organizer: Client, home: Area, shift: Shift) -> None:
    driving = make_capability()
    make_role(shift, name="Drivers", seats_min=6, requirements=[driving])
    driver, helper = neighbour(home), neighbour(home)
    driver.capabilities.create(capability=driving)

    # The one that misses more people is shown first.
    drivers, helpers = (page(organizer, shift, query).content.decode() for query in ("", "?part=1"))

    assert f'value="{driver.number}"' in drivers and f'value="{helper.number}"' not in drivers
    assert f'value="{helper.number}"' in helpers
    send(organizer, shift, driver, part="2")
    assert Offer.objects.get().role.name == "Drivers"


def test_whose_name_was_seen_can_read_it_once_a_day(organizer: Client, home: Area, shift: Shift) -> None:
    shown, asked = neighbour(home), neighbour(home)
    make_offer(role_of(shift), asked)

    for _ in range(3):
        page(organizer, shift)

    records = AccessRecord.objects.order_by("person_id")
    assert [record.person_id for record in records] == [shown.user_id, asked.user_id]
    assert {(record.purpose, record.what) for record in records} == {("offer", "name")}
    assert shift.task.title in records[0].about["zh"] and "09:00" in records[0].about["en"]


def test_another_organizer_and_another_shift_are_written_down_by_themselves(
    organizer: Client, organization: Organization, home: Area, shift: Shift
) -> None:
    neighbour(home)
    other = make_shift(task=shift.task, starts_at=shift.starts_at + timedelta(days=1))
    page(organizer, shift)
    page(organizer, other)
    page(sign_in(Client(), make_member(organization, "owner")), shift)

    assert AccessRecord.objects.count() == 3


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("organizer", 200), ("desk", 403)])
def test_only_those_who_lead_see_names_and_send(
    client: Client, organization: Organization, home: Area, shift: Shift, role: str, status: int
) -> None:
    volunteer = neighbour(home)
    sign_in(client, make_member(organization, role))

    assert page(client, shift).status_code == status
    response = send(client, shift, volunteer)

    assert response.status_code == status
    assert Offer.objects.exists() == (status == 200)
    board = client.get(f"/en/org/{organization.code}/").content.decode()
    assert ("/fill/" in board) == (status == 200)


def test_another_organization_learns_nothing(client: Client, home: Area, shift: Shift) -> None:
    other = make_organization(home_area=home)
    sign_in(client, make_member(other, "owner"))
    offer = make_offer(role_of(shift), neighbour(home))
    theirs = f"/en/org/{other.code}/shifts/{shift.code}/fill/"

    assert page(client, shift).status_code == 404
    assert client.get(theirs).status_code == 404
    assert client.post(f"{theirs}{offer.code}/").status_code == 404
    assert not AccessRecord.objects.exists()


def test_a_shift_that_has_begun_is_not_filled_here(organizer: Client, organization: Organization) -> None:
    running = make_shift(organization=organization, starts_at=clock.now() - timedelta(hours=1))

    response = page(organizer, running)

    assert response.status_code == 303
    assert response["Location"].endswith(f"/org/{organization.code}/?shift={running.code}")


def test_it_reads_as_often_for_three_people_as_for_one(organizer: Client, home: Area, shift: Shift) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            neighbour(home)
            make_offer(role_of(shift), neighbour(home))
        page(organizer, shift)
        with statements() as found:
            page(organizer, shift)
        counts.append(len(found))

    assert counts[0] == counts[1] <= 12, counts


def test_the_board_beside_the_page_marks_the_shift(organizer: Client, shift: Shift) -> None:
    html = organizer.get(f"/en/org/{shift.organization.code}/?fill={shift.code}").content.decode()

    assert "shift--selected" in html and ">Filling<" in html
    assert 'id="chosen"' not in html


def test_the_lead_chooses_how_empty_seats_find_people(organizer: Client, shift: Shift) -> None:
    address = f"/en/org/{shift.organization.code}/calls/{shift.task.code}/filling/"
    neighbour(shift.area)
    check_page(organizer.get(address))
    assert "a decline goes to the next person" in page(organizer, shift).content.decode()

    assert organizer.post(address, {"filling": "nonsense"}).status_code == 200
    response = organizer.post(address, {"filling": "offer"})

    assert response.status_code == 303
    assert Task.objects.get(pk=shift.task_id).filling == "offer"
    assert "a decline goes to the next person" in page(organizer, shift).content.decode()


def test_a_partner_does_not_choose_for_the_lead(
    organizer: Client, organization: Organization, home: Area
) -> None:
    task = make_task(area=home, adopted_by=make_organization(home_area=home))
    make_adoption(task, organization, "partner")

    response = organizer.post(
        f"/en/org/{organization.code}/calls/{task.code}/filling/", {"filling": "offer"}, follow=True
    )

    assert "Only the lead chooses this" in response.content.decode()
    task.refresh_from_db()
    assert task.filling == "propose"


def test_a_number_that_names_no_kind_of_seats_shows_the_one_in_want(organizer: Client, shift: Shift) -> None:
    for number in ("0", "99", "x", "9" * 5000):
        assert page(organizer, shift, f"?part={number}").status_code == 200


def test_find_cover_says_when_each_was_last_asked_and_sends_in_that_order(
    organizer: Client, home: Area, shift: Shift
) -> None:
    now = clock.now()
    near, asked = neighbour(home, "Near", 0.4), neighbour(home, "Asked", 0.2)
    elsewhere = role_of(make_shift())
    make_offer(elsewhere, asked, status="expired", made_at=now - timedelta(days=12))

    seen = check_page(page(organizer, shift, "?order=cover"))
    send(organizer, shift, near, order="cover")

    assert seen.text.index("Near") < seen.text.index("Asked")
    assert "last asked 12 days ago" in seen.text
    assert "not asked in the last 90 days" in seen.text
    assert Offer.objects.get(role=role_of(shift)).volunteer == near


def test_the_panel_of_a_short_shift_leads_to_cover(organizer: Client, shift: Shift) -> None:
    code = shift.organization.code

    short = check_page(organizer.get(f"/en/org/{code}/?shift={shift.code}"))
    for _ in range(4):
        make_assignment(shift)
    enough = check_page(organizer.get(f"/en/org/{code}/?shift={shift.code}"))

    assert f"/en/org/{code}/shifts/{shift.code}/fill/?order=cover" in short.links
    assert f"/en/org/{code}/shifts/{shift.code}/fill/" in enough.links
