"""Not coming: the three ways, whom one asks, the page that others open, and who sees nothing of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core import clock
from tasks.models import Assignment, Handover
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.handovers import make_handover
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_shift, tomorrow_at
from tests.factories.volunteers import make_capability, make_volunteer
from tests.web.reading import check_page, page_of, statements
from volunteers.models import Proxy, Team, TeamMember, Volunteer

pytestmark = pytest.mark.django_db
WARM = "/en/privacy/"


@pytest.fixture
def volunteer(client: Client) -> Volunteer:
    volunteer = make_volunteer(user=make_user(name="Wei"))
    client.force_login(volunteer.user)
    return volunteer


def make_seat(volunteer: Volunteer | None = None, **fields: Any) -> Assignment:
    area = fields.pop("area", None) or small_tree().counties[0]
    values = {"address": "12 Willow Lane", "contact_phone": "+8613900001111", **fields}
    return make_assignment(
        make_shift(area=area, **values), volunteer or make_volunteer(user=make_user(name="Lan"))
    )


def at_seat(seat: Assignment, page: str) -> str:
    return f"/en/me/seats/{seat.code}/{page}/"


def at(handover: Handover) -> str:
    return f"/en/me/handovers/{handover.code}/"


def test_the_seat_leads_to_three_ways_out(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer)

    assert at_seat(seat, "cannot-come") in page_of(client.get(f"/en/me/seats/{seat.code}/")).links
    page = check_page(client.get(at_seat(seat, "cannot-come")))

    assert {at_seat(seat, name) for name in ("find-somebody", "swap")} <= set(page.links)
    assert f'action="{at_seat(seat, "step-back")}"' in page.html


def test_too_late_to_step_back_leaves_finding_somebody(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer, starts_at=clock.now() + timedelta(hours=1))

    page = check_page(client.get(at_seat(seat, "cannot-come")))

    assert "too late to step back" in page.text
    assert at_seat(seat, "step-back") not in page.html
    assert at_seat(seat, "find-somebody") in page.links
    assert "tel:+8613900001111" in page.links


def test_where_nobody_passes_a_seat_on_the_page_says_so(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer, handover_rule="none")

    page = page_of(client.get(at_seat(seat, "cannot-come")))

    assert "nobody passes a seat on" in page.text
    assert at_seat(seat, "find-somebody") not in page.links
    assert client.post(at_seat(seat, "find-somebody"), {"whom": "link"}).status_code == 422


def test_a_link_is_made_and_shown_with_its_code_to_scan(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer)

    response = client.post(at_seat(seat, "find-somebody"), {"whom": "link"}, follow=True)

    handover = Handover.objects.get()
    page = check_page(response)
    assert f"http://testserver/me/handovers/{handover.code}/" in page.text
    assert 'class="qr"' in page.html
    assert "You are looking for somebody" in page_of(client.get(f"/en/me/seats/{seat.code}/")).text


def test_somebody_is_asked_by_number_and_a_wrong_number_is_said(client: Client, volunteer: Volunteer) -> None:
    seat, friend = make_seat(volunteer), make_volunteer(user=make_user(name="Ming"))

    for number, words in (("1234", "eight digits"), ("99999999", "Nobody has this number")):
        response = client.post(at_seat(seat, "find-somebody"), {"whom": "number", "number": number})
        assert response.status_code == 422
        assert words in check_page(response).text
    response = client.post(
        at_seat(seat, "find-somebody"),
        {"whom": "number", "number": friend.number, "words": "Fever."},
        follow=True,
    )

    assert Handover.objects.get().wanted == friend
    assert "Ming is asked" in check_page(response).text


def test_numbers_are_not_to_be_tried_out(client: Client, volunteer: Volunteer) -> None:
    seat, friend = make_seat(volunteer), make_volunteer()
    for number in range(10_000_000, 10_000_020):
        client.post(at_seat(seat, "find-somebody"), {"whom": "number", "number": str(number)})

    client.post(at_seat(seat, "find-somebody"), {"whom": "number", "number": friend.number})

    assert not Handover.objects.exists()


def test_people_of_ones_team_stand_to_choose_from(client: Client, volunteer: Volunteer) -> None:
    seat, mate, stranger = make_seat(volunteer), make_volunteer(user=make_user(name="Mate")), make_volunteer()
    now = clock.now()
    team = Team.objects.create(name="Lane Seven", leader=mate, made_at=now)
    for person in (volunteer, mate):
        TeamMember.objects.create(team=team, volunteer=person, joined_at=now)
    TeamMember.objects.create(team=team, volunteer=stranger, joined_at=now, left_at=now)

    page = check_page(client.get(at_seat(seat, "find-somebody")))
    client.post(at_seat(seat, "find-somebody"), {"whom": mate.number})

    assert "Mate" in page.text
    assert stranger.user.name not in page.text
    assert Handover.objects.get().wanted == mate


def test_whoever_has_the_link_reads_what_it_is_and_takes_it(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(starts_at=tomorrow_at(9))
    handover = make_handover(seat, words="My mother is ill.")

    page = check_page(client.get(at(handover)))
    response = client.post(at(handover), {"answer": "yes"})

    assert "Can you come instead of Lan?" in page.text
    assert "My mother is ill." in page.text
    # Where somebody may live comes with the seat, not with the link.
    assert "12 Willow Lane" not in page.text
    mine = Assignment.objects.live().get(volunteer=volunteer)
    assert (response.status_code, response.url) == (303, f"/en/me/seats/{mine.code}/")
    assert "12 Willow Lane" in page_of(client.get(response.url)).text


def test_what_keeps_somebody_from_it_is_said_and_no_yes_is_offered(
    client: Client, volunteer: Volunteer
) -> None:
    area = small_tree().counties[0]
    handover = make_handover(make_seat(area=area, requirements=[make_capability()]))

    page = check_page(client.get(at(handover)))

    assert "cannot take this seat" in page.text
    assert 'value="yes"' not in page.html
    response = client.post(at(handover), {"answer": "yes"})
    assert response.status_code == 409
    assert "This seat needs" in check_page(response).text


def test_the_second_reads_that_somebody_was_quicker(client: Client, volunteer: Volunteer) -> None:
    handover = make_handover(make_seat())
    other = Client()
    other.force_login(make_volunteer().user)
    other.post(at(handover), {"answer": "yes"})

    response = client.post(at(handover), {"answer": "yes"})

    assert response.status_code == 409
    assert "settled" in check_page(response).text


def test_a_swap_asks_which_seat_is_given(client: Client, volunteer: Volunteer) -> None:
    organization = make_organization(home_area=small_tree().counties[0])
    theirs = make_assignment(make_shift(organization=organization))
    mine = make_assignment(make_shift(organization=organization, starts_at=tomorrow_at(9, days=2)), volunteer)
    make_assignment(make_shift(starts_at=tomorrow_at(9, days=3)), volunteer)
    handover = make_handover(theirs, kind="swap")

    page = check_page(client.get(at(handover)))
    assert page.html.count('name="in_return"') == 1
    assert client.post(at(handover), {"answer": "yes"}).status_code == 422
    client.post(at(handover), {"answer": "yes", "in_return": mine.code})

    handover.refresh_from_db()
    assert handover.status == "done"
    assert Assignment.objects.live().get(shift=theirs.shift).volunteer == volunteer


def test_a_swap_names_a_shift_and_its_holders_see_it_at_their_seat(
    client: Client, volunteer: Volunteer
) -> None:
    organization = make_organization(home_area=small_tree().counties[0])
    seat = make_assignment(make_shift(organization=organization), volunteer)
    wanted = make_shift(organization=organization, starts_at=tomorrow_at(9, days=2))
    theirs = make_assignment(wanted)

    page = check_page(client.get(at_seat(seat, "swap")))
    client.post(at_seat(seat, "swap"), {"whom": "link", "wanted_shift": wanted.code})

    handover = Handover.objects.get()
    assert wanted.code in page.html
    assert handover.wanted_shift == wanted
    other = Client()
    other.force_login(theirs.volunteer.user)
    assert at(handover) in page_of(other.get(f"/en/me/seats/{theirs.code}/")).links


def test_whoever_is_named_finds_it_on_today_and_may_say_no(client: Client, volunteer: Volunteer) -> None:
    handover = make_handover(make_seat(), wanted=volunteer)

    assert "Can you come instead of Lan?" in check_page(client.get("/en/me/")).text
    response = client.post(at(handover), {"answer": "no"}, follow=True)

    handover.refresh_from_db()
    assert handover.status == "declined"
    assert "Thank you for saying so" in page_of(response).text


def test_what_is_asked_of_one_person_is_nobody_elses_page(client: Client, volunteer: Volunteer) -> None:
    wanted = make_volunteer(user=make_user(name="Grandma"))
    handover = make_handover(make_seat(), wanted=wanted)

    assert client.get(at(handover)).status_code == 404
    assert client.post(at(handover), {"answer": "yes"}).status_code == 404
    Proxy.objects.create(volunteer=wanted, user=volunteer.user, consent="said so", granted_at=clock.now())
    assert "Act for Grandma" in page_of(client.get(at(handover))).text


def test_the_holder_takes_it_back(client: Client, volunteer: Volunteer) -> None:
    handover = make_handover(make_seat(volunteer))

    response = client.post(at(handover), follow=True)

    handover.refresh_from_db()
    assert handover.status == "withdrawn"
    assert "Taken back" in page_of(response).text
    assert client.post(at(handover)).status_code == 409


def test_the_seat_of_somebody_else_is_not_passed_on(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat()

    for name in ("cannot-come", "find-somebody", "swap"):
        assert client.get(at_seat(seat, name)).status_code == 404
        assert client.post(at_seat(seat, name), {"whom": "link"}).status_code in (404, 405)
    assert not Handover.objects.exists()


def test_whoever_must_sign_in_comes_back_to_it(client: Client) -> None:
    handover = make_handover(make_seat())

    for response in (client.get(at(handover)), client.post(at(handover), {"answer": "yes"})):
        assert response.status_code == 302
        assert f"handovers%2F{handover.code}" in response.url


@pytest.mark.parametrize("status", ["done", "agreed", "refused", "declined", "expired", "withdrawn"])
@pytest.mark.parametrize("is_holder", [True, False])
@pytest.mark.parametrize("kind", ["stand-in", "swap"])
def test_every_end_has_its_words(
    client: Client, volunteer: Volunteer, status: str, is_holder: bool, kind: str
) -> None:
    taken = status in ("done", "agreed")
    other = make_volunteer(user=make_user(name="Other"))
    seat = make_seat(volunteer if is_holder else other)
    fields: dict[str, Any] = {}
    if taken:
        fields["taker"] = other if is_holder else volunteer
        if kind == "swap":
            fields["in_return"] = make_assignment(volunteer=fields["taker"])
    handover = make_handover(seat, kind=kind, status=status, **fields)

    check_page(client.get(at(handover)))
    client.cookies["elder"] = "24"
    check_page(client.get(at(handover)))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_take_a_constant_number_of_statements(
    client: Client, volunteer: Volunteer, rows: int
) -> None:
    organization = make_organization(home_area=small_tree().counties[0])
    theirs = make_assignment(make_shift(organization=organization))
    for day in range(rows):
        mine = make_assignment(
            make_shift(organization=organization, starts_at=tomorrow_at(9, days=day + 2)), volunteer
        )
        make_assignment(mine.shift)
    swap = make_handover(theirs, kind="swap")
    stand_in = make_handover(make_seat(area=organization.home_area))
    client.get(WARM)
    pages = {
        at(swap): 6,
        at(stand_in): 6,
        at_seat(mine, "cannot-come"): 5,
        at_seat(mine, "find-somebody"): 5,
        at_seat(mine, "swap"): 6,
    }

    found = {}
    for address in pages:
        with statements() as seen:
            client.get(address)
        found[address] = len(seen)

    assert found == pages
