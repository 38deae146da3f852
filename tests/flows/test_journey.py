"""The main job, from a call to a public figure: several people at once, in two languages, with real workers."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from core.doorbell import Job, ring
from insights.models import AreaDay, Release
from tasks.models import CheckIn, ServiceRecord, Shift
from tests.factories.accounts import make_user
from tests.factories.tasks import make_shift, make_task
from tests.factories.volunteers import make_volunteer
from tests.flows import acts
from tests.flows.house import House
from tests.flows.person import Person, arrive, leave
from tests.flows.places import PASSWORD, County, let_a_night_pass, make_county, neighbours_come, session_of
from tests.plugin.processes import wait_until

HAN = re.compile(r"[\u4e00-\u9fff]")
TITLE_ZH, TITLE_EN = "小区门口测温登记", "Temperature screening at the gate"
PLACE = "苕溪花苑东门"


@pytest.fixture(scope="module")
def county(whole_house: House) -> County:
    return make_county()


@pytest.fixture
def crew(browser: Browser, whole_house: House) -> Iterator[dict[str, Person]]:
    """Four browsers side by side; whoever is in them has not signed in."""
    people = {
        "official": arrive(browser, whole_house, "林主任", "zh-hans", pictures="journey/official"),
        "organizer": arrive(browser, whole_house, "Zhou Min", "en", pictures="journey/organizer"),
        "chen": arrive(browser, whole_house, "陈晓", "zh-hans", pictures="journey/volunteer", phone=True),
        "anna": arrive(browser, whole_house, "Anna", "en", pictures="journey/volunteer"),
    }
    yield people
    leave(*people.values())


def test_a_call_becomes_hours_and_figures(
    whole_house: House, county: County, crew: dict[str, Person]
) -> None:
    official, organizer, chen, anna = crew.values()
    here, group = county.area.code, county.organization.code
    today = acts.now_there(whole_house)

    # An official asks for hands.
    acts.sign_in_with_second_factor(official, "lin@anji.example", PASSWORD, county.secret)
    assert official.path == f"/area/{here}/"
    call = acts.issue_call(official, here, "gate-screening", place=PLACE)
    assert (call.title, call.second_title) == (TITLE_ZH, TITLE_EN)

    # The community group takes the call on and posts a shift. Its people were told in their language.
    told = whole_house.wait_for_message("zhou@hands.example", TITLE_EN)
    assert "安吉" not in told["text"]
    acts.sign_in_with_second_factor(organizer, "zhou@hands.example", PASSWORD, county.secret)
    assert organizer.path == f"/org/{group}/"
    acts.take_on(organizer, group, call)
    tomorrow = today.replace(hour=9, minute=0) + timedelta(days=1)
    shift = acts.post_shift(organizer, starts=tomorrow, hours=3, seats_min=10, seats=12)
    assert whole_house.wait_for_message("lin@anji.example", TITLE_ZH)

    # A neighbour joins with a name and a phone from the page of a shift: the code brings the seat.
    chen.open("/")
    chen.picture("home")
    chen.open(f"/needs/{shift.code}/")
    chen.picture("need")
    chen.follow(f"/join/?next=%2Fzh-hans%2Fneeds%2F{shift.code}%2F")
    acts.join(
        chen, "139 1234 5678", lambda: acts.code_in(whole_house.wait_for_message("+8613912345678", "验证码"))
    )
    seat_zh = acts.seat_taken(chen)
    message = whole_house.wait_for_message("+8613912345678", seat_zh.spoken_code)["text"]
    assert TITLE_ZH in message and PLACE in message and "位子" in message
    assert f"{whole_house.url}/" in message

    # The next one in English, by e-mail.
    anna.open(f"/needs/{shift.code}/")
    anna.follow(f"/join/?next=%2Fen%2Fneeds%2F{shift.code}%2F")
    address = "anna@mail.example"
    acts.join(anna, address, lambda: acts.code_in(whole_house.wait_for_message(address, "is your code")))
    seat_en = acts.seat_taken(anna)
    letter = whole_house.wait_for_message(address, seat_en.spoken_code)
    assert TITLE_EN in letter["subject"] and "Lane 4, number 12" in letter["text"]
    assert not HAN.search(letter["text"].replace(PLACE, "").replace("众手", "")), letter["text"]

    # The shift moves to half an hour from now, and both are told.
    begins = today + timedelta(minutes=30)
    acts.move_shift(organizer, group, shift, starts=begins, hours=3, why="The buses arrive early")
    organizer.picture("board-after-move")
    assert "改到" in whole_house.wait_for_message("+8613912345678", f"{begins:%H:%M}")["text"]
    assert "The buses arrive early" in whole_house.wait_for_message(address, "changed")["text"]

    # They arrive: he types the code at the entrance, she says hers at the desk.
    shift.refresh_from_db()
    chen.open("/me/")
    chen.picture("today")
    acts.check_by_site_code(chen, shift.site_code)
    chen.picture("checked-in")
    acts.check_at_desk(organizer, group, seat_en)
    neighbours_come(shift, 8)
    organizer.open(f"/org/{group}/")
    organizer.picture("board-running")

    # And they leave.
    acts.check_by_site_code(chen, shift.site_code)
    acts.check_at_desk(organizer, group, seat_en, leaving=True)
    assert CheckIn.objects.filter(assignment__in=[seat_zh, seat_en]).count() == 4
    yesterday = today.replace(hour=9, minute=0) - timedelta(days=1)
    let_a_night_pass(shift, begins=yesterday, hours=3)

    # The organizer confirms the hours; each of them sees theirs.
    acts.confirm_all_hours(organizer, group)
    assert sorted(ServiceRecord.objects.values_list("minutes", flat=True)) == [180] * 10
    for person, words in ((chen, "3 小时"), (anna, "3 h")):
        person.open("/me/hours/")
        person.picture("hours")
        person.sees(words)
    assert "3 小时" in whole_house.wait_for_message("+8613912345678", "3 小时")["text"]

    # The figures follow through the real queue: the official's at once, the public ones in the morning.
    ring(Job.REFRESH_FIGURES)
    wait_until(
        lambda: AreaDay.objects.filter(area=county.area, minutes__gt=0).exists(), seconds=30, what="figures"
    )
    ring(Job.RELEASE_FIGURES)
    wait_until(lambda: Release.objects.exists(), seconds=30, what="a release")
    official.open(f"/area/{here}/?day={yesterday.date().isoformat()}")
    official.picture("overview-after")
    for person, path in ((official, f"/figures/?period=day&area={here}"), (anna, "/figures/?period=day")):
        person.open(path)
        person.picture("figures")
        assert figures_on(person) == {"calls": "1", "seats_asked": "12", "seats_filled": "10", "hours": "30"}


def figures_on(person: Person) -> dict[str, str]:
    """The numbers of the public page, each beside the way to its definition."""
    return {
        key: re.sub(
            r"\D",
            "",
            person.page.locator(f".figure:has(a[href*='/definitions/{key}/']) .figure-value").inner_text(),
        )
        for key in ("calls", "seats_asked", "seats_filled", "hours")
    }


@pytest.fixture
def posted(whole_house: House, county: County) -> Shift:
    """A shift of tomorrow morning, within a day, that somebody else's test does not touch."""
    starts = acts.now_there(whole_house) + timedelta(hours=21)
    task = make_task(area=county.township, adopted_by=county.organization, language="zh-hans")
    return make_shift(task=task, organization=county.organization, place=PLACE, starts_at=starts)


def test_a_cancelled_shift_reaches_whoever_had_a_seat(
    browser: Browser, whole_house: House, county: County, posted: Shift
) -> None:
    phone = "+8613700000001"
    holder = make_volunteer(user=make_user(name="王芳", phone=phone, language="zh-hans"))
    volunteer = arrive(
        browser, whole_house, "王芳", "zh-hans", pictures="journey/cancelled/volunteer", phone=True
    )
    organizer = arrive(browser, whole_house, "Zhou Min", "en", pictures="journey/cancelled/organizer")
    volunteer.carry(session_of(holder.user))
    organizer.carry(session_of(county.organizer))
    volunteer.open(f"/needs/{posted.code}/")
    acts.sign_up(volunteer, posted)

    acts.cancel_shift(organizer, county.organization.code, posted, "河水上涨，东门封了")

    assert "取消" in whole_house.wait_for_message(phone, "河水上涨")["text"]
    volunteer.open("/me/messages/")
    volunteer.picture("messages")
    volunteer.open(f"/needs/{posted.code}/")
    volunteer.picture("cancelled")
    volunteer.sees("河水上涨，东门封了")
    assert not volunteer.page.locator("form[action$='/sign-up/']").count()
    leave(volunteer, organizer)


def test_a_stop_keeps_people_from_signing_up_until_it_is_lifted(
    browser: Browser, whole_house: House, county: County, posted: Shift
) -> None:
    person = make_volunteer(user=make_user(name="Anna", language="en"))
    volunteer = arrive(browser, whole_house, "Anna", "en", pictures="journey/stopped/volunteer")
    official = arrive(browser, whole_house, "林主任", "zh-hans", pictures="journey/stopped/official")
    volunteer.carry(session_of(person.user))
    official.carry(session_of(county.official))
    volunteer.open(f"/needs/{posted.code}/")

    # The page with its button is open already when everything stops.
    acts.stop_everything(official, county.area.code, "燃气泄漏")
    official.picture("stopped")
    button = f'form[action$="/me/needs/{posted.code}/sign-up/"] button'
    volunteer.press(button)
    volunteer.picture("refused")
    refusal = volunteer.page.locator("[role=alert]")
    assert refusal.count() == 1 and "stand" in refusal.inner_text()
    assert not volunteer.page.locator(button).count()
    assert whole_house.wait_for_message("zhou@hands.example", "燃气泄漏")

    acts.lift_stop(official, county.area.code)
    official.picture("lifted")
    volunteer.open(f"/needs/{posted.code}/")
    acts.sign_up(volunteer, posted)
    leave(volunteer, official)
