"""An organizer asks people for seats: one comes, one says no, and the next is asked at once, by real workers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from core.models import AccessRecord
from tasks.models import Assignment, Offer, Shift, Task
from tests.factories.accounts import make_user
from tests.factories.tasks import make_shift, make_task
from tests.factories.volunteers import make_volunteer
from tests.flows import acts
from tests.flows.house import House, house
from tests.flows.person import Person, arrive, leave
from tests.flows.places import County, make_county, session_of
from tests.plugin.processes import wait_until
from volunteers.models import Volunteer

LONGITUDE, LATITUDE = 119.68, 30.63
KM = 1 / 111.2
TITLE_ZH, TITLE_EN = "夜间卡口测温登记", "Night checkpoint"


@pytest.fixture(scope="module")
def offering_house(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """Web, the provider, and the worker of every queue: the matching asks the next."""
    queues = ("default", "matching", "notifications")
    with house(template_database, django_db_blocker, queues=queues) as made:
        yield made


@pytest.fixture(scope="module")
def county(offering_house: House) -> County:
    return make_county()


@pytest.fixture
def shift(offering_house: House, county: County) -> Shift:
    """Tomorrow at nine, two seats and both needed; the organizer sends the offers, and a no goes to the next by itself."""
    task = make_task(
        area=county.township,
        adopted_by=county.organization,
        language="zh-hans",
        title=TITLE_ZH,
        second_title=TITLE_EN,
        filling=Task.Filling.PROPOSE,
    )
    tomorrow = acts.now_there(offering_house).replace(hour=9, minute=0) + timedelta(days=1)
    return make_shift(
        task=task,
        organization=county.organization,
        starts_at=tomorrow,
        seats=2,
        seats_min=2,
        longitude=LONGITUDE,
        latitude=LATITUDE,
    )


def neighbour(county: County, name: str, km: float, phone: str, language: str) -> Volunteer:
    """Somebody so far from the shift who agreed to be asked."""
    user = make_user(name=name, phone=phone, language=language, consents=("terms", "messages"))
    return make_volunteer(
        user=user, area=county.township, longitude=LONGITUDE, latitude=LATITUDE + km * KM, reach_km=10
    )


def look_at_offer(browser: Browser, where: House, volunteer: Volunteer, offer: Offer) -> Person:
    """The person opens the link of the message on a phone."""
    user = volunteer.user
    person = arrive(browser, where, user.name, user.language, pictures="offers/volunteer", phone=True)
    person.carry(session_of(user))
    person.page.goto(f"{where.url}/me/offers/{offer.code}/")
    person.picture("asked")
    assert person.path == f"/me/offers/{offer.code}/"
    return person


def test_offers_fill_a_shift(browser: Browser, offering_house: House, county: County, shift: Shift) -> None:
    chen = neighbour(county, "陈晓", 0.6, "+8613911110001", "zh-hans")
    anna = neighbour(county, "Anna", 1.2, "+8613911110002", "en")
    wang = neighbour(county, "王芳", 2.5, "+8613911110003", "zh-hans")
    group = county.organization.code

    # The organizer goes from the board to the people who could do it; the two nearest are ticked already.
    organizer = arrive(browser, offering_house, "Zhou Min", "en", pictures="offers/organizer")
    organizer.carry(session_of(county.organizer))
    organizer.open(f"/org/{group}/")
    organizer.follow(f"/org/{group}/shifts/{shift.code}/fill/")
    organizer.sees("Suggested, best first", "600 m", "Send 2 offers")
    organizer.page.locator(".board-list .shift--selected").wait_for()
    organizer.picture("suggested")
    ticked = organizer.page.locator("[name=pick]:checked")
    assert [box.get_attribute("value") for box in ticked.all()] == [chen.number, anna.number]
    organizer.press("form[data-offers] button")
    organizer.sees("2 people are asked.")
    organizer.picture("asked")
    assert AccessRecord.objects.filter(person_id=wang.user_id, purpose="offer").count() == 1

    # Each gets a message in their language that leads to the offer.
    first, second = (Offer.objects.get(volunteer=each) for each in (chen, anna))
    assert TITLE_ZH in offering_house.wait_for_message("+8613911110001", first.code)["text"]
    assert TITLE_EN in offering_house.wait_for_message("+8613911110002", second.code)["text"]
    assert not offering_house.messages_to("+8613911110003")

    # He reads why he is asked, and says yes with one button.
    person = look_at_offer(browser, offering_house, chen, first)
    person.sees("600", "为什么是你")
    person.press(f'form[action$="/me/offers/{first.code}/accept/"] button')
    person.picture("seat-taken")
    seat = Assignment.objects.live().get(shift=shift)
    assert (seat.volunteer, person.path) == (chen, f"/me/seats/{seat.code}/done/")
    assert offering_house.wait_for_message("+8613911110001", seat.spoken_code)
    leave(person)

    # She says no, and why; the next is asked at once.
    person = look_at_offer(browser, offering_house, anna, second)
    person.follow(f"/me/offers/{second.code}/decline/")
    person.choose("answer", Offer.Answer.NO_TIME)
    person.picture("no")
    person.press()
    person.sees("Thank you for saying so")
    leave(person)
    wait_until(
        lambda: Offer.objects.filter(volunteer=wang, status="offered").exists(),
        seconds=40,
        what="an offer to the next",
    )
    third = Offer.objects.get(volunteer=wang)
    assert third.source == Offer.Source.MATCHING
    assert TITLE_ZH in offering_house.wait_for_message("+8613911110003", third.code)["text"]

    # The organizer sees who came, who did not, and who is asked now.
    organizer.open(f"/org/{group}/shifts/{shift.code}/fill/")
    organizer.sees("I have no time then", "1 without an answer")
    organizer.picture("next")
    leave(organizer)
