"""The waiting list on pages: joining it, one's place, the seat that is held, the code of a message."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from areas.models import Area
from core import clock
from tasks.actions.seats import release
from tasks.models import Assignment, Shift, Waiting
from tasks.queries import odds
from tasks.queries.odds import Odds
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_full_shift, make_waiting
from tests.web.reading import check_page, statements
from volunteers.models import Proxy, Volunteer
from web.access import ACTING_FOR
from web.odds import odds_words

pytestmark = pytest.mark.django_db
LIMIT = 12


@pytest.fixture
def home() -> Area:
    return small_tree().counties[0]


@pytest.fixture
def volunteer(client: Client, home: Area) -> Volunteer:
    volunteer = make_volunteer(user=make_user(consents=("terms", "messages")), area=home)
    client.force_login(volunteer.user)
    return volunteer


@pytest.fixture
def full(home: Area) -> Shift:
    return make_full_shift(area=home, address="Lane 4, number 12")


def address(place: Waiting, what: str = "") -> str:
    return f"/en/me/waiting/{place.code}/{what}"


def free_a_seat(shift: Shift) -> None:
    seat = Assignment.objects.live().filter(shift=shift).order_by("pk")[0]
    release(assignment=seat, by=seat.volunteer.user, at=clock.now())


def test_a_full_shift_says_how_many_wait_and_which_place_one_would_have(
    client: Client, full: Shift, volunteer: Volunteer
) -> None:
    assert "Nobody waits yet" in check_page(client.get(f"/en/needs/{full.code}/")).text
    for _ in range(2):
        make_waiting(role_of(full))

    with statements() as seen:
        page = check_page(client.get(f"/en/needs/{full.code}/"))

    assert "You would be no. 3 in line" in page.text and "2 people wait before you." in page.text
    assert "Join the waiting list" in page.text
    assert len(seen) <= LIMIT, "\n".join(one[:150] + "..." + one[-150:] for one in seen)


def test_joining_leads_to_ones_place(client: Client, full: Shift, volunteer: Volunteer) -> None:
    make_waiting(role_of(full))

    response = client.post(f"/en/me/needs/{full.code}/wait/", {"part": "1"})

    place = Waiting.objects.get(volunteer=volunteer)
    assert (response.status_code, response["Location"]) == (303, address(place))
    with statements() as seen:
        page = check_page(client.get(address(place)))
    assert len(seen) <= LIMIT, "\n".join(one[:150] + "..." + one[-150:] for one in seen)
    assert "1 other comes before you" in page.text
    assert "Lane 4" not in page.text
    assert "See my place" in check_page(client.get(f"/en/needs/{full.code}/")).text


def test_who_joins_where_a_seat_is_free_reads_that_there_is_no_need_to_wait(
    client: Client, home: Area, volunteer: Volunteer
) -> None:
    shift = make_shift(area=home)

    response = client.post(f"/en/me/needs/{shift.code}/wait/", {"part": "1"})

    assert response.status_code == 409
    assert "there is no need to wait" in response.content.decode()
    assert not Waiting.objects.exists()


def test_strangers_and_those_who_come_back_late_are_led_on(client: Client, full: Shift) -> None:
    assert client.get(f"/en/me/needs/{full.code}/wait/")["Location"].startswith("/en/enter/")
    place = make_waiting(role_of(full))
    for what in ("accept/", "decline/", "leave/", "fewer/"):
        assert "next=" in client.post(address(place, what))["Location"]
    client.force_login(make_volunteer().user)
    assert client.get(address(place, "accept/"))["Location"] == address(place)
    assert client.get(address(place)).status_code == 404
    assert client.post(address(place, "accept/")).status_code == 404


def test_a_full_shift_of_several_kinds_takes_parties(
    client: Client, home: Area, volunteer: Volunteer
) -> None:
    shift = make_full_shift(3, area=home)

    client.post(f"/en/me/needs/{shift.code}/wait/", {"part": "1", "seats": "2"})

    place = Waiting.objects.get(volunteer=volunteer)
    assert place.seats == 2
    free_a_seat(shift)
    assert "1 seat is free, and you are 2" in check_page(client.get(address(place))).text
    client.post(address(place, "fewer/"), {"seats": "1"})
    place.refresh_from_db()
    assert (place.seats, place.status) == (1, "offered")
    assert client.post(address(place, "fewer/"), {"seats": "9"}).status_code == 409


def test_a_held_seat_is_seen_today_and_taken_with_one_button(
    client: Client, full: Shift, volunteer: Volunteer
) -> None:
    place = make_waiting(role_of(full), volunteer)
    free_a_seat(full)

    client.get("/en/me/")

    with statements() as seen:
        today = check_page(client.get("/en/me/"))
    assert len(seen) <= LIMIT, "\n".join(one[:150] + "..." + one[-150:] for one in seen)
    assert "A seat is held for you, 2 hours to answer" in today.text
    page = check_page(client.get(address(place)))
    assert "Until" in page.text and "Yes, I will come" in page.text
    assert "A seat is held for you until" in check_page(client.get(f"/en/needs/{full.code}/")).text

    response = client.post(address(place, "accept/"))

    seat = Assignment.objects.live().get(volunteer=volunteer)
    assert response["Location"] == f"/en/me/seats/{seat.code}/done/"
    assert "You have a seat here." in check_page(client.get(address(place))).text


def test_a_no_gives_it_to_the_next(client: Client, full: Shift, volunteer: Volunteer) -> None:
    place, second = make_waiting(role_of(full), volunteer), make_waiting(role_of(full))
    free_a_seat(full)

    response = client.post(address(place, "decline/"), follow=True)

    second.refresh_from_db()
    assert second.status == "offered"
    assert "The seat goes to the next" in response.content.decode()
    assert "You said no" in check_page(client.get(address(place))).text
    assert client.post(address(place, "accept/")).status_code == 409


def test_a_seat_that_was_not_taken_in_time_is_over_before_the_clock_has_run(
    client: Client, full: Shift, volunteer: Volunteer
) -> None:
    place = make_waiting(role_of(full), volunteer)
    free_a_seat(full)
    late = clock.now() - timedelta(minutes=1)
    Waiting.objects.filter(pk=place.pk).update(offered_at=late - timedelta(hours=1), expires_at=late)

    assert "The time to answer is over" in check_page(client.get(address(place))).text
    response = client.post(address(place, "accept/"))

    assert response.status_code == 409
    assert "it went to the next" in response.content.decode()


def test_whoever_does_not_suit_any_more_is_told_why(
    client: Client, full: Shift, volunteer: Volunteer
) -> None:
    place = make_waiting(role_of(full), volunteer)
    make_assignment(make_shift(), volunteer)

    page = check_page(client.get(address(place)))

    assert "By now something counts against it" in page.text
    assert "You already have a shift at that time" in page.text


def test_leaving_the_list(client: Client, full: Shift, volunteer: Volunteer) -> None:
    place = make_waiting(role_of(full), volunteer)

    response = client.post(address(place, "leave/"), follow=True)

    place.refresh_from_db()
    assert place.status == "left"
    assert "You are on no waiting list" in response.content.decode()
    assert "You are not on this list any more" in check_page(client.get(address(place))).text


def test_an_organizers_reason_stands_on_the_page(client: Client, full: Shift, volunteer: Volunteer) -> None:
    place = make_waiting(role_of(full), volunteer, status="refused", end_reason="Only eight may enter.")

    assert "Only eight may enter." in check_page(client.get(address(place))).text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_places_takes_the_same_statements_for_one_and_for_three(
    client: Client, home: Area, volunteer: Volunteer, number: int
) -> None:
    for days in range(number):
        shift = make_full_shift(area=home, starts_at=tomorrow_at(9, days=days + 1))
        make_waiting(role_of(shift))
        make_waiting(role_of(shift), volunteer)

    with statements() as seen:
        page = check_page(client.get("/en/me/waiting/"))

    assert page.text.count("No. 2 in line") == number
    assert len(seen) == 6, seen


def test_a_code_from_a_message_is_typed(client: Client, full: Shift, volunteer: Volunteer) -> None:
    place = make_waiting(role_of(full), volunteer)
    typed = f"{place.code[:6].lower()} {place.code[6:]}"

    assert client.post("/en/me/waiting/", {"code": typed})["Location"] == address(place)
    refused = client.post("/en/me/waiting/", {"code": "ABCD"})
    assert refused.status_code == 422
    assert "No place in line has this code" in refused.content.decode()
    other = make_waiting(role_of(full))
    assert client.post("/en/me/waiting/", {"code": other.code}).status_code == 422


def test_who_acts_for_somebody_is_led_to_their_place(
    client: Client, full: Shift, volunteer: Volunteer
) -> None:
    grandmother = make_volunteer()
    place = make_waiting(role_of(full), grandmother)
    Proxy.objects.create(
        volunteer=grandmother, user=volunteer.user, consent="by telephone", granted_at=clock.now()
    )

    page = check_page(client.get(address(place)))
    assert f"{grandmother.user.name} is on this list" in page.text

    session = client.session
    session[ACTING_FOR] = grandmother.number
    session.save()
    assert "Your place in line" in check_page(client.get(address(place))).text
    free_a_seat(full)
    client.post(address(place, "accept/"))
    assert Assignment.objects.live().filter(volunteer=grandmother).exists()


def test_the_pages_read_in_chinese_and_in_large_print(
    client: Client, full: Shift, volunteer: Volunteer
) -> None:
    place = make_waiting(role_of(full), volunteer)
    client.cookies["elder"] = "1"

    for path in (
        "/zh-hans/me/waiting/",
        f"/zh-hans/me/waiting/{place.code}/",
        f"/zh-hans/needs/{full.code}/",
    ):
        check_page(client.get(path))


@pytest.mark.parametrize(
    ("came", "cases", "words"),
    [
        (0, 40, "nobody got a seat"),
        (1, 40, "only 1 got a seat"),
        (12, 40, "about 3 in 10 got a seat"),
        (39, 40, "nearly all got a seat"),
        (1200, 1200, "1,200 people who came as no. 3, all got a seat"),
    ],
)
def test_what_became_of_others_is_said_in_tenths(came: int, cases: int, words: str) -> None:
    with override("en"):
        assert words in odds_words(Odds(3, cases, came))


def test_whoever_waits_reads_how_often_such_a_place_came_in(
    client: Client, full: Shift, volunteer: Volunteer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(odds, "FEWEST", 2)
    ended = role_of(make_full_shift())
    for fields in ({}, {"offered_at": clock.now()}):
        make_waiting(ended, status="closed", joined_as=3, **fields)
    make_waiting(role_of(full))
    place = make_waiting(role_of(full), volunteer, joined_as=3)
    page = check_page(client.get(address(place)))
    assert "You have moved up 1 place since you came" in page.text and "came as no. 3" not in page.text

    Shift.objects.filter(pk=ended.shift_id).update(
        status="cancelled", cancel_reason="Rain", cancelled_at=clock.now()
    )
    with statements() as seen:
        page = check_page(client.get(address(place)))

    assert "Of the last 2 people who came as no. 3, about 5 in 10 got a seat." in page.text
    assert len(seen) <= LIMIT, "\n".join(one[:150] + "..." + one[-150:] for one in seen)
    other = make_full_shift(area=full.area)
    for _ in range(2):
        make_waiting(role_of(other))
    assert (
        "came as no. 3, about 5 in 10 got a seat" in check_page(client.get(f"/en/needs/{other.code}/")).text
    )
