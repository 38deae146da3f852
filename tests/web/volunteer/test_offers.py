"""Being asked for a seat: what the volunteer reads, saying yes, saying no, and what is over."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from areas.models import Area
from core import clock
from tasks.models import Assignment, Offer, Shift, ShiftRole
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_offer, make_shift, make_stop, make_task, role_of
from tests.factories.volunteers import make_volunteer
from tests.web.reading import check_page, statements
from volunteers.models import Proxy, Volunteer
from web.access import ACTING_FOR

pytestmark = pytest.mark.django_db
FACTORS = {"metres": 640, "served": ["2020-01-30"], "on_duty": True, "likelihood": 0.7}


@pytest.fixture
def home() -> Area:
    return small_tree().counties[0]


@pytest.fixture
def volunteer(client: Client, home: Area) -> Volunteer:
    volunteer = make_volunteer(user=make_user(consents=("terms", "messages")), area=home)
    client.force_login(volunteer.user)
    return volunteer


@pytest.fixture
def shift(home: Area) -> Shift:
    return make_shift(area=home, address="Lane 4, number 12", private_details="Ring twice")


@pytest.fixture
def offer(shift: Shift, volunteer: Volunteer) -> Offer:
    return make_offer(role_of(shift), volunteer, factors=FACTORS)


def address(offer: Offer, what: str = "") -> str:
    return f"/en/me/offers/{offer.code}/{what}"


def test_an_offer_says_what_when_where_why_and_until_when(client: Client, offer: Offer) -> None:
    seen = check_page(client.get(address(offer)))

    for words in (offer.shift.task.title, "Tomorrow 09:00–12:00", "East gate", "On duty now", "650 m away"):
        assert words in seen.text
    assert "The offer stands until" in seen.text and "2 hours from now" in seen.text
    assert "Yes, I will come" in seen.text and "No, not this time" in seen.text
    assert "Lane 4" not in seen.text and "Ring twice" not in seen.text


def test_yes_is_one_button_and_the_seat_is_theirs(client: Client, offer: Offer, volunteer: Volunteer) -> None:
    response = client.post(address(offer, "accept/"))

    seat = Assignment.objects.live().get(volunteer=volunteer)
    assert response.status_code == 303
    assert response["Location"] == f"/en/me/seats/{seat.code}/done/"
    offer.refresh_from_db()
    assert (offer.status, offer.assignment) == ("accepted", seat)
    assert "You have a seat here." in check_page(client.get(address(offer))).text


def test_no_needs_one_of_the_reasons(client: Client, offer: Offer) -> None:
    check_page(client.get(address(offer, "decline/")))

    refused = client.post(address(offer, "decline/"), {"words": "Sorry"})
    assert refused.status_code == 422
    assert "Choose one of the reasons" in refused.content.decode()

    response = client.post(address(offer, "decline/"), {"answer": "need-rest", "words": "Sorry"}, follow=True)
    offer.refresh_from_db()
    assert (offer.status, offer.answer, offer.answer_words) == ("declined", "need-rest", "Sorry")
    assert "Thank you for saying so" in response.content.decode()


def test_what_is_answered_once_is_not_answered_again(client: Client, offer: Offer) -> None:
    client.post(address(offer, "decline/"), {"answer": "no-time"})

    assert client.get(address(offer, "decline/"))["Location"] == address(offer)
    assert client.post(address(offer, "decline/"), {"answer": "no-time"})["Location"] == address(offer)
    response = client.post(address(offer, "accept/"))
    assert response.status_code == 409
    assert "This offer is over" in response.content.decode()
    assert not Assignment.objects.exists()


def _expired(offer: Offer) -> str:
    late = clock.now() - timedelta(minutes=1)
    Offer.objects.filter(pk=offer.pk).update(made_at=late - timedelta(hours=1), expires_at=late)
    return "The time to answer is over"


def _swept(offer: Offer) -> str:
    _expired(offer)
    Offer.objects.filter(pk=offer.pk).update(status="expired", ended_at=clock.now())
    return "The time to answer is over"


def _withdrawn(offer: Offer) -> str:
    Offer.objects.filter(pk=offer.pk).update(status="withdrawn", ended_at=clock.now())
    return "The offer was taken back"


def _declined(offer: Offer) -> str:
    Offer.objects.filter(pk=offer.pk).update(status="declined", answer="no-time", ended_at=clock.now())
    return "If you have changed your mind, there are still seats"


def _full(offer: Offer) -> str:
    ShiftRole.objects.filter(shift=offer.shift).update(seats=1, seats_min=1)
    make_assignment(offer.shift)
    return "Others were quicker"


def _cancelled(offer: Offer) -> str:
    _withdrawn(offer)
    Shift.objects.filter(pk=offer.shift_id).update(
        status="cancelled", cancelled_at=clock.now(), cancel_reason="The river rose."
    )
    return "The river rose."


def _begun(offer: Offer) -> str:
    at = clock.now()
    Shift.objects.filter(pk=offer.shift_id).update(
        starts_at=at - timedelta(hours=1), ends_at=at + timedelta(hours=2)
    )
    return "It has begun"


def _stopped(offer: Offer) -> str:
    make_stop(offer.shift.area)
    return "Everything stands still here"


@pytest.mark.parametrize(
    "end", [_expired, _swept, _withdrawn, _declined, _full, _cancelled, _begun, _stopped]
)
@pytest.mark.parametrize("elder", ["", "24"])
def test_an_offer_that_is_over_says_so_kindly_and_leads_on(
    client: Client, offer: Offer, home: Area, end: Any, elder: str
) -> None:
    other = make_shift(area=home)
    words = end(offer)
    client.cookies["elder"] = elder

    seen = check_page(client.get(address(offer)))

    assert words in seen.text
    assert "Yes, I will come" not in seen.text
    if end is not _stopped:
        assert other.task.title in seen.text
    assert client.post(address(offer, "accept/")).status_code == 409
    assert not Assignment.objects.filter(volunteer=offer.volunteer).exists()


def test_a_refusal_is_said_on_the_page_of_the_offer(client: Client, offer: Offer) -> None:
    Volunteer.objects.filter(pk=offer.volunteer_id).update(max_hours_week=1)

    response = client.post(address(offer, "accept/"))

    assert response.status_code == 409
    assert "hours a week that you set" in check_page(response).text


def test_an_offer_belongs_to_one_person(client: Client, offer: Offer) -> None:
    client.force_login(make_volunteer().user)

    for what in ("", "accept/", "decline/"):
        assert client.get(address(offer, what)).status_code == 404
        assert client.post(address(offer, what)).status_code in (404, 405)
    offer.refresh_from_db()
    assert offer.status == "offered"


def test_after_signing_in_one_comes_back_to_the_offer(client: Client, offer: Offer) -> None:
    client.logout()
    back = f"/en/enter/?next=%2Fen%2Fme%2Foffers%2F{offer.code}%2F"

    assert client.get(address(offer))["Location"] == back
    assert client.post(address(offer, "accept/"))["Location"] == back
    assert client.post(address(offer, "decline/"))["Location"] == back


def test_the_link_of_the_message_leads_to_the_offer(client: Client, offer: Offer) -> None:
    response = client.get(f"/me/offers/{offer.code}/", headers={"accept-language": "en"})

    assert response["Location"] == address(offer)


@pytest.fixture
def daughter(volunteer: Volunteer) -> Client:
    user = make_user()
    make_volunteer(user=user)
    Proxy.objects.create(volunteer=volunteer, user=user, consent="She may.", granted_at=clock.now())
    client = Client()
    client.force_login(user)
    return client


def test_whoever_acts_for_somebody_answers_in_their_name(
    daughter: Client, offer: Offer, volunteer: Volunteer
) -> None:
    session = daughter.session
    session[ACTING_FOR] = volunteer.number
    session.save()

    assert f"Yes, {volunteer.user.name} will come" in check_page(daughter.get(address(offer))).text
    daughter.post(address(offer, "accept/"))

    assert Assignment.objects.live().get().volunteer == volunteer


def test_whoever_may_act_for_somebody_is_led_to_it(daughter: Client, offer: Offer) -> None:
    name = offer.volunteer.user.name

    seen = check_page(daughter.get(address(offer)))
    assert f"This offer is for {name}" in seen.text

    assert daughter.post(address(offer, "accept/")).status_code == 404
    daughter.post(reverse("account:act_for"), {"number": offer.volunteer.number})
    assert f"Yes, {name} will come" in daughter.get(address(offer)).content.decode()


def test_whoever_acts_for_somebody_is_led_to_an_offer_of_their_own(
    daughter: Client, shift: Shift, volunteer: Volunteer
) -> None:
    own = make_offer(role_of(shift), Volunteer.objects.exclude(pk=volunteer.pk).get())
    daughter.post(reverse("account:act_for"), {"number": volunteer.number})

    seen = check_page(daughter.get(address(own)))
    assert f"You act for {volunteer.user.name}" in seen.text and "Back to myself" in seen.text
    assert daughter.post(address(own, "accept/")).status_code == 404

    daughter.post(reverse("account:act_for"))
    assert "Yes, I will come" in check_page(daughter.get(address(own))).text


def test_it_reads_as_often_for_whoever_may_act_for_three(daughter: Client, offer: Offer, home: Area) -> None:
    user = Proxy.objects.get().user
    counts = []
    for more in (0, 2):
        for _ in range(more):
            Proxy.objects.create(
                volunteer=make_volunteer(area=home), user=user, consent="She may.", granted_at=clock.now()
            )
        daughter.get(address(offer))
        with statements() as found:
            assert daughter.get(address(offer)).status_code == 200
        counts.append(len(found))

    assert counts[0] == counts[1] <= 12, counts


def test_open_offers_stand_on_today_and_in_a_list(client: Client, offer: Offer) -> None:
    over = make_offer(role_of(make_shift(area=offer.shift.area)), offer.volunteer, status="withdrawn")

    for path in ("/en/me/", "/en/me/offers/"):
        seen = check_page(client.get(path))
        assert address(offer) in seen.links and address(over) not in seen.links
        assert offer.shift.task.title in seen.text and "2 hours to answer" in seen.text
    assert "You are asked for 1 shift" in seen.text


@pytest.mark.parametrize(
    ("a_day", "words"),
    [(2, "twice a day at most"), (1, "once a day at most"), (0, "you do not want to be asked")],
)
def test_an_empty_list_says_how_often_one_is_asked(
    client: Client, volunteer: Volunteer, a_day: int, words: str
) -> None:
    Volunteer.objects.update(offers_a_day=a_day)

    seen = check_page(client.get("/en/me/offers/"))

    assert "Nobody is asking you just now" in seen.text and words in seen.text
    assert "/en/me/profile/#asking" in seen.links


@pytest.mark.parametrize("path", ["/en/me/", "/en/me/offers/"])
def test_a_list_reads_as_often_for_three_offers_as_for_one(
    client: Client, volunteer: Volunteer, home: Area, path: str
) -> None:
    counts = []
    for day in (1, 2, 3):
        shift = make_shift(area=home, starts_at=clock.now() + timedelta(days=day))
        made_at = clock.now() - timedelta(days=day)
        make_offer(role_of(shift), volunteer, made_at=made_at, expires_at=clock.now() + timedelta(hours=1))
        client.get(path)
        with statements() as found:
            client.get(path)
        counts.append(len(found))

    assert counts[0] == counts[2] <= 12, counts


@pytest.mark.parametrize("end", [lambda offer: "", _expired, _full])
def test_the_page_of_an_offer_stays_within_twelve_statements(client: Client, offer: Offer, end: Any) -> None:
    end(offer)
    make_shift(area=offer.shift.area)
    client.get(address(offer))

    with statements() as found:
        client.get(address(offer))

    assert len(found) <= 12, found


def test_the_page_of_the_shift_leads_to_an_open_offer(client: Client, offer: Offer) -> None:
    seen = check_page(client.get(f"/en/needs/{offer.shift.code}/"))

    assert "You are asked for this shift." in seen.text
    assert address(offer) in seen.links


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"offers_a_day": 0}, "as many offers today as you want"), ({}, "You can sign up without an offer")],
)
def test_the_page_of_a_shift_says_why_nobody_asked(
    client: Client, volunteer: Volunteer, shift: Shift, changes: dict[str, int], words: str
) -> None:
    Volunteer.objects.filter(pk=volunteer.pk).update(**changes)
    page = f"/en/needs/{shift.code}/"
    client.get(page)

    with statements() as found:
        response = client.get(page)

    assert len(found) <= 12
    seen = check_page(response)
    assert "Why nobody has asked you" in seen.text and words in seen.text
    client.logout()
    assert "Why nobody has asked you" not in client.get(page).content.decode()


def test_what_speaks_against_a_seat_needs_no_second_explanation(
    client: Client, volunteer: Volunteer, home: Area
) -> None:
    Volunteer.objects.filter(pk=volunteer.pk).update(max_hours_week=1)
    shift = make_shift(task=make_task(area=home))

    text = check_page(client.get(f"/en/needs/{shift.code}/")).text

    assert "what counts against it" in text and "Why nobody has asked you" not in text
