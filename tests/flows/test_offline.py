"""A phone without a signal: its owner's day is there, nobody else's, and what was typed into a long form."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, expect

from accounts.models import User
from tasks.models import Assignment
from tests.factories.tasks import make_assignment, make_shift, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.flows.house import House
from tests.flows.person import Person, arrive
from tests.flows.places import session_of

DAY = "/zh-hans/me/"


@pytest.fixture
def phone(browser: Browser, bare_house: House) -> Iterator[Person]:
    """Without the check of `leave` for quiet: a browser complains of every address that it cannot reach."""
    person = arrive(browser, bare_house, "陈晓", "zh-hans", pictures="offline/volunteer", phone=True)
    yield person
    person.context.close()


def seat_of_somebody() -> Assignment:
    return make_assignment(make_shift(), make_volunteer())


def sign_in(phone: Person, user: User) -> None:
    phone.carry(session_of(user))


def keeps(phone: Person, path: str) -> bool:
    return bool(phone.page.evaluate("path => caches.match(path).then(Boolean)", path))


def wait_until_kept(phone: Person, path: str, *, is_kept: bool = True) -> None:
    phone.page.evaluate(
        """async ([path, wanted]) => {
          while (Boolean(await caches.match(path)) !== wanted) await new Promise((done) => setTimeout(done, 30));
        }""",
        [path, is_kept],
    )


def offline(phone: Person, path: str) -> str:
    """What the phone shows of an address while it has no signal."""
    phone.context.set_offline(True)
    phone.open(path)
    shown = phone.page.locator("body").inner_text()
    phone.context.set_offline(False)
    return str(shown)


def test_the_day_of_whoever_is_signed_in_is_there_without_a_signal(phone: Person) -> None:
    seat = seat_of_somebody()
    sign_in(phone, seat.volunteer.user)
    phone.open("/me/")
    wait_until_kept(phone, DAY)

    # From the icon on the screen, which opens the way in; in a strip, when this was.
    shown = offline(phone, "/home/")
    assert seat.spoken_code in shown
    assert "没有网络。" in shown
    phone.picture("today-offline")

    # Any other page says that it needs a connection, in the language of its address.
    assert "现在没有网络" in offline(phone, "/me/data/")
    phone.language = "en"
    assert "You are offline" in offline(phone, "/needs/")
    phone.language = "zh-hans"
    phone.picture("offline")

    # A page that came over the line has no strip.
    phone.open("/me/")
    expect(phone.page.locator("[data-offline]")).to_be_hidden()


def test_the_page_of_a_seat_is_there_without_a_signal(phone: Person) -> None:
    seat = seat_of_somebody()
    sign_in(phone, seat.volunteer.user)
    phone.open("/me/")
    wait_until_kept(phone, DAY)
    later = make_assignment(make_shift(starts_at=tomorrow_at(9, days=2)), seat.volunteer)

    phone.open(f"/me/seats/{later.code}/")
    wait_until_kept(phone, f"{DAY}seats/{later.code}/")

    assert later.spoken_code in offline(phone, f"/me/seats/{later.code}/")


def test_nothing_is_left_after_signing_out(phone: Person) -> None:
    seat = seat_of_somebody()
    sign_in(phone, seat.volunteer.user)
    phone.open("/me/")
    wait_until_kept(phone, DAY)
    phone.page.evaluate("sessionStorage.setItem('keep:words', '{}')")

    phone.open("/account/logout/")
    phone.press()

    assert not keeps(phone, DAY)
    assert phone.page.evaluate("sessionStorage.length") == 0
    phone.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        phone.open("/me/")


def test_another_person_never_finds_the_day_of_the_one_before(phone: Person) -> None:
    first, second = seat_of_somebody(), seat_of_somebody()
    sign_in(phone, first.volunteer.user)
    phone.open("/me/")
    wait_until_kept(phone, DAY)

    # The session has run out without a word, and somebody else signs in on the same phone.
    sign_in(phone, second.volunteer.user)
    phone.open("/needs/")
    wait_until_kept(phone, DAY, is_kept=False)
    assert first.spoken_code not in offline(phone, "/me/")

    phone.open("/me/")
    wait_until_kept(phone, DAY)
    shown = offline(phone, "/me/")
    assert second.spoken_code in shown and first.spoken_code not in shown


def test_a_shared_computer_keeps_nothing(phone: Person) -> None:
    seat = seat_of_somebody()
    key = session_of(seat.volunteer.user)
    store = SessionStore(key)
    store.set_expiry(0)
    store.save()
    phone.carry(key)

    phone.open("/me/")

    assert seat.spoken_code in phone.text
    assert phone.page.locator("html[data-worker]").count() == 0
    assert phone.page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
