"""What a resident asks for, from the code on the door until they say that it is done; nobody has scripts."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from core import clock
from notifications.models import Message
from residents.models import HelpRequest, RequestEvent
from residents.queries.own import waiting_at
from tests.factories.residents import make_desk, make_point
from tests.factories.tasks import make_shift, make_task
from tests.flows.house import House
from tests.flows.person import Person, arrive, leave
from tests.flows.places import County, make_county, session_of

PHONE = "+8613800003333"


@pytest.fixture(scope="module")
def county(bare_house: House) -> County:
    return make_county()


@pytest.fixture
def resident(browser: Browser, bare_house: House) -> Iterator[Person]:
    person = arrive(
        browser,
        bare_house,
        "陈阿婆",
        "zh-hans",
        pictures="asked/resident",
        phone=True,
        scripts=False,
        elder="24",
    )
    yield person
    leave(person)


@pytest.fixture
def organizer(browser: Browser, bare_house: House, county: County) -> Iterator[Person]:
    person = arrive(browser, bare_house, "Zhou Min", "en", pictures="asked/organizer", scripts=False)
    person.carry(session_of(county.organizer))
    yield person
    leave(person)


def test_a_request_goes_from_the_door_to_a_confirmed_end(
    bare_house: House, county: County, resident: Person, organizer: Person
) -> None:
    group = county.organization
    make_desk(group)
    point = make_point(group, area=county.township, place="运河人家 3 幢")
    task = make_task(area=county.area, adopted_by=group, title="代买药品")
    starts = clock.now() + timedelta(days=1)
    shift = make_shift(task=task, organization=group, starts_at=starts, ends_at=starts + timedelta(hours=2))

    # She scans the code on the door and answers one question a page; where something is missing, it says so.
    resident.open(f"/h/{point.code}/")
    resident.picture("form")
    resident.press()
    assert resident.page.locator(".govuk-error-summary a").count() == 1
    resident.choose("type", "errands")
    resident.press()
    resident.fill(words="降压药快没了，想请人去取两周的药。")
    resident.press()
    resident.fill(address="2 单元 501")
    resident.press()
    resident.choose("day", "any")
    resident.press()
    resident.fill(phone="138 0000 333")
    resident.press()
    resident.fill(phone="138 0000 3333")
    resident.press()
    resident.sees("运河人家 3 幢", "2 单元 501", "138 0000 3333")
    resident.picture("answers")
    resident.press()
    resident.picture("asked")
    asked = HelpRequest.objects.get()
    resident.sees(asked.code[:4], group.name)
    assert (asked.point, asked.place, asked.area) == (point, "运河人家 3 幢", county.township)

    # The group sees it, checks it, and makes it part of tomorrow's shift; nobody has looked at her number yet.
    organizer.open(f"/org/{group.code}/residents/{asked.ref}/")
    assert "13800003333" not in organizer.text and "501" not in organizer.text
    organizer.press("main form[method=post] button:has(svg)")
    organizer.sees("13800003333", "501")
    organizer.open(f"/org/{group.code}/residents/{asked.ref}/check/")
    organizer.press()
    organizer.open(f"/org/{group.code}/residents/place/?request={asked.ref}")
    organizer.choose("shift", shift.code)
    organizer.step("add")
    organizer.picture("placed")
    resident.open(f"/help/{asked.code}/")
    resident.picture("planned")
    resident.sees(task.title)

    # Nothing of it is written into the shift (whoever has a seat reads it there); the group says that it was done.
    shift.refresh_from_db()
    assert shift.private_details == "" and waiting_at(shift) == [asked]
    organizer.open(f"/org/{group.code}/residents/{asked.ref}/")
    organizer.press('form[action$="/served/"] button')

    # It was not, and she says so; it begins again, and at last she confirms.
    resident.open(f"/help/{asked.code}/")
    resident.page.locator("summary").first.click()
    resident.fill(missing="只拿到一周的药。")
    resident.press('form:has([value="not-done"]) button')
    organizer.open(f"/org/{group.code}/residents/{asked.ref}/")
    organizer.sees("只拿到一周的药。")
    organizer.press('form[action$="/served/"] button')
    resident.open("/help/track/")
    resident.fill(code=asked.code.lower())
    resident.press()
    resident.press('form:has([value="confirm"]) button')
    resident.picture("confirmed")

    asked.refresh_from_db()
    assert (asked.status, asked.reopened) == ("confirmed", 1)
    told = Message.objects.filter(address=PHONE).order_by("id").values_list("kind", flat=True)
    assert list(told) == ["help_asked", "help_verified", "help_placed", "help_served", "help_served"]
    verbs = RequestEvent.objects.filter(request=asked).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["asked", "verified", "placed", "served", "not-done", "served", "confirmed"]
