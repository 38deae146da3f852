"""Coming along and coming as a team, through the pages."""

from typing import Any

import pytest
from django.test import Client

from core import clock
from notifications.models import Message
from tasks.actions.seats import sign_up
from tasks.models import Assignment, Shift
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_shift, role_of
from tests.factories.volunteers import make_volunteer
from tests.web.reading import check_page, statements
from volunteers.actions.teams import found_team, join_team
from volunteers.models import Team, Volunteer
from web.calendars import limits

pytestmark = pytest.mark.django_db


@pytest.fixture
def volunteer(client: Client) -> Volunteer:
    volunteer = make_volunteer()
    client.force_login(volunteer.user)
    return volunteer


def shift_with(**values: Any) -> Shift:
    return make_shift(area=small_tree().counties[0], **values)


def party(volunteer: Volunteer | None = None, seats: int = 3, **values: Any) -> Assignment:
    leader = volunteer or make_volunteer()
    return sign_up(role=role_of(shift_with(**values)), by=leader.user, at=clock.now(), seats=seats)


def team_of_two(leader: Volunteer) -> tuple[Team, Volunteer]:
    team = found_team(name="Night shift", leader=leader, by=leader.user, at=clock.now())
    member = make_volunteer()
    join_team(join_code=team.join_code, volunteer=member, by=member.user, at=clock.now())
    return team, member


def test_the_holder_reads_the_address_and_who_has_come(client: Client, volunteer: Volunteer) -> None:
    kept = party(volunteer)

    page = check_page(client.get(f"/en/me/seats/{kept.code}/"))

    assert f"/party/{kept.join_code}/" in page.text
    assert "You keep 2 places for others" in page.text


def test_a_stranger_reads_who_keeps_the_place_and_comes_back_after_signing_in(client: Client) -> None:
    kept = party()
    address = f"/en/party/{kept.join_code}/"

    page = check_page(client.get(address))
    taken = client.post(f"/en/me/party/{kept.join_code}/take/")

    assert f"{kept.volunteer.user.name} keeps a place for you" in page.text
    assert taken["Location"].endswith(f"next=%2Fen%2Fparty%2F{kept.join_code}%2F")
    assert client.get("/en/party/NOTHERE2/").status_code == 404


def test_a_place_is_taken_and_given_back(client: Client, volunteer: Volunteer) -> None:
    kept = party()

    response = client.post(f"/en/me/party/{kept.join_code}/take/")

    place = Assignment.objects.live().get(volunteer=volunteer)
    assert response["Location"] == f"/en/me/seats/{place.code}/done/"
    page = check_page(client.get(f"/en/me/seats/{place.code}/"))
    assert f"You come with {kept.volunteer.user.name}" in page.text
    client.post(f"/en/me/seats/{place.code}/party/leave/")
    assert Assignment.objects.get(pk=kept.pk).seats == 3


def test_what_stands_in_the_way_is_said_on_the_page_of_the_party(
    client: Client, volunteer: Volunteer
) -> None:
    kept = party()
    make_assignment(
        make_shift(
            organization=kept.shift.organization, task=kept.shift.task, starts_at=kept.shift.starts_at
        ),
        volunteer,
    )

    response = client.post(f"/en/me/party/{kept.join_code}/take/")

    assert response.status_code == 409
    assert "You already have a shift at that time" in check_page(response).text


def test_the_holder_keeps_fewer(client: Client, volunteer: Volunteer) -> None:
    kept = party(volunteer)

    client.post(f"/en/me/seats/{kept.code}/party/", {"seats": "2"})
    client.post(f"/en/me/seats/{kept.code}/party/", {"seats": "9"})

    assert Assignment.objects.get(pk=kept.pk).seats == 2


def test_nobody_changes_the_party_of_somebody_else(client: Client, volunteer: Volunteer) -> None:
    kept = party()

    assert client.post(f"/en/me/seats/{kept.code}/party/", {"seats": "1"}).status_code == 404
    assert client.post(f"/en/me/seats/{kept.code}/party/leave/").status_code == 404


def test_a_team_is_founded_joined_and_ended_through_its_pages(client: Client, volunteer: Volunteer) -> None:
    check_page(client.get("/en/me/teams/"))
    client.post("/en/me/teams/new/", {"name": "Night shift"})
    team = Team.objects.get()
    member = Client()
    member.force_login(make_volunteer().user)

    member.post("/en/me/teams/join/", {"join_code": team.join_code})
    assert "2 people" in check_page(client.get(f"/en/me/teams/{team.code}/")).text
    assert "Leave the team" in check_page(member.get(f"/en/me/teams/{team.code}/")).text
    member.post(f"/en/me/teams/{team.code}/leave/")
    client.post(f"/en/me/teams/{team.code}/end/")

    assert client.get(f"/en/me/teams/{team.code}/").status_code == 404


def test_the_code_of_a_party_leads_to_the_kept_place(client: Client, volunteer: Volunteer) -> None:
    kept = party()

    led = client.post("/en/me/teams/join/", {"join_code": kept.join_code})
    lost = client.post("/en/me/teams/join/", {"join_code": "NOTHERE2"})

    assert led["Location"] == f"/en/party/{kept.join_code}/"
    assert lost.status_code == 422


def test_codes_of_teams_cannot_be_tried_out(client: Client, volunteer: Volunteer) -> None:
    leader = make_volunteer()
    team = found_team(name="Night shift", leader=leader, by=leader.user, at=clock.now())
    for _ in range(20):
        client.post("/en/me/teams/join/", {"join_code": "NOTHERE"})

    late = client.post("/en/me/teams/join/", {"join_code": team.join_code})

    assert late.status_code == 422
    assert "Too many tries" in late.text
    assert not team.members.filter(volunteer=volunteer).exists()


def test_codes_of_parties_cannot_be_tried_out(client: Client, volunteer: Volunteer) -> None:
    kept = party()
    limits.forget_all()
    statuses = [
        client.get(f"/en/party/NOTHERE{number}/").status_code for number in range(limits.MOST_A_MINUTE)
    ]

    late = [
        client.get(f"/en/party/{kept.join_code}/"),
        client.post(f"/en/me/party/{kept.join_code}/take/"),
    ]
    limits.forget_all()

    assert {*statuses, *(answer.status_code for answer in late)} == {404}
    assert client.get(f"/en/party/{kept.join_code}/").status_code == 200


def test_a_team_of_somebody_else_is_not_found(client: Client, volunteer: Volunteer) -> None:
    team, _member = team_of_two(make_volunteer())

    assert client.get(f"/en/me/teams/{team.code}/").status_code == 404
    for act in ("leave", "end"):
        assert client.post(f"/en/me/teams/{team.code}/{act}/").status_code == 404


def test_a_team_is_signed_up_and_each_member_told(client: Client, volunteer: Volunteer) -> None:
    _team, member = team_of_two(volunteer)
    shift = shift_with()
    assert "Sign up my team" in check_page(client.get(f"/en/needs/{shift.code}/")).text
    check_page(client.get(f"/en/me/needs/{shift.code}/team/"))

    response = client.post(f"/en/me/needs/{shift.code}/team/", {"seats": "2"})

    kept = Assignment.objects.get(shift=shift)
    assert response["Location"] == f"/en/me/seats/{kept.code}/"
    assert (kept.seats, kept.volunteer) == (2, volunteer)
    told = Message.objects.get(kind="team_place", channel="inbox")
    assert (told.recipient, told.context["join_code"]) == (member.user, kept.join_code)


def test_a_team_of_one_and_a_full_shift_say_so(client: Client, volunteer: Volunteer) -> None:
    found_team(name="Alone", leader=volunteer, by=volunteer.user, at=clock.now())
    shift = shift_with(seats=1)
    alone = client.post(f"/en/me/needs/{shift.code}/team/", {"seats": "2"})
    assert "Nobody has joined this team yet" in alone.content.decode()
    team = Team.objects.get()
    join_team(join_code=team.join_code, volunteer=(other := make_volunteer()), by=other.user, at=clock.now())

    full = client.post(f"/en/me/needs/{shift.code}/team/", {"seats": "2"})

    assert full.status_code == 409
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_one_and_for_three(client: Client, volunteer: Volunteer, count: int) -> None:
    kept = party(volunteer, seats=3)
    for _ in range(count):
        make_assignment(role=kept.role, came_with=kept)
        team_of_two(volunteer)
    client.get("/en/privacy/")

    with statements() as seat:
        client.get(f"/en/me/seats/{kept.code}/")
    with statements() as page:
        client.get(f"/en/party/{kept.join_code}/")
    with statements() as teams:
        client.get("/en/me/teams/")

    assert len(seat) <= 12 and len(page) <= 12
    assert len(teams) == 4, teams
