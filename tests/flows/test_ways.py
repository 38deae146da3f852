"""The main jobs by what a screen reader is told alone, and by the keyboard alone with the focus in sight at every stop."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, expect

from core import clock
from notifications.models import Message
from tasks.models import Assignment, CheckIn, Shift
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member
from tests.factories.sessions import give_totp
from tests.factories.tasks import make_assignment, make_shift, make_task
from tests.factories.volunteers import make_volunteer
from tests.flows.house import House
from tests.flows.person import Person, arrive, leave
from tests.flows.places import session_of

TITLE = "小区门口测温登记"
MOST_STOPS = 80
# The focus is yellow: as a ground, as a ring of a field, or drawn before the words of a box to tick.
IN_SIGHT = """() => {
  const one = document.activeElement;
  const label = one.labels?.[0];
  const styles = [getComputedStyle(one), ...(label ? [getComputedStyle(label, "::before"), getComputedStyle(label)] : [])];
  return styles.some((style) => ["backgroundColor", "boxShadow", "outlineColor"].some((name) => style[name].includes("255, 197, 51")));
}"""
Role = Literal["link", "button", "textbox"]


@pytest.fixture
def stranger(browser: Browser, bare_house: House) -> Iterator[Person]:
    person = arrive(browser, bare_house, "小周", "zh-hans", pictures="ways/volunteer", phone=True)
    yield person
    leave(person)


@pytest.fixture
def organizer(browser: Browser, bare_house: House) -> Iterator[Person]:
    person = arrive(browser, bare_house, "赵青", "zh-hans", pictures="ways/organizer")
    yield person
    leave(person)


def shift_to_join() -> Shift:
    """A shift whose title nobody else's has."""
    title = f"{TITLE}{Shift.objects.count()}"
    first = make_shift()
    task = make_task(area=first.area, adopted_by=first.organization, title=title, language="zh-hans")
    return make_shift(task=task, starts_at=clock.now() + timedelta(hours=20))


def code_on_its_way() -> str:
    """No worker runs here: the code waits in the outbox."""
    return str(Message.objects.filter(kind="login_code").latest("id").context["secret"])


def part(person: Person, role: Role, name: str) -> Locator:
    """What a screen reader finds by this role and these words; the first where there are several."""
    return person.page.get_by_role(role, name=name).first


def follow(person: Person, role: Role, name: str) -> None:
    with person.page.expect_navigation():
        part(person, role, name).click()


def heading(person: Person, words: str) -> None:
    expect(person.page.get_by_role("heading", level=1, name=words)).to_be_visible()


def tab_to(person: Person, role: Role, name: str) -> None:
    """Press Tab until the part has the focus; nowhere on the way is it out of sight."""
    target = part(person, role, name)
    for _ in range(MOST_STOPS):
        person.page.keyboard.press("Tab")
        stop = person.page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        assert person.page.evaluate(IN_SIGHT), f"no focus to be seen on {person.path}: {stop}"
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{role} {name!r} is not reached by Tab on {person.path}")


def enter(person: Person, role: Role, name: str) -> None:
    tab_to(person, role, name)
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")


def write(person: Person, name: str, words: str) -> None:
    tab_to(person, "textbox", name)
    person.page.keyboard.type(words)


def sign_in(organizer: Person, shift: Shift) -> None:
    """As the owner of the organization that runs the shift; a new person every time."""
    user = make_user(name="赵青", phone="", language="zh-hans")
    make_member(shift.organization, "owner", user)
    give_totp(user)
    organizer.carry(session_of(user))


def test_a_neighbour_who_listens_to_the_page_finds_a_shift_and_takes_a_seat(stranger: Person) -> None:
    shift = shift_to_join()
    stranger.open("/")

    follow(stranger, "link", "我来出力")
    follow(stranger, "link", shift.task.display_title)
    heading(stranger, shift.task.display_title)
    follow(stranger, "link", "报名")
    part(stranger, "textbox", "称呼").fill("小周")
    part(stranger, "textbox", "手机号或邮箱").fill("139 0000 1234")
    follow(stranger, "button", "报名")
    part(stranger, "textbox", "验证码").fill(code_on_its_way())
    follow(stranger, "button", "位子给我")
    heading(stranger, "位子是你的了")
    seat = Assignment.objects.get(shift=shift)

    tabs = stranger.page.get_by_role("navigation", name="栏目")
    with stranger.page.expect_navigation():
        tabs.get_by_role("link", name="今天").click()
    today = stranger.page.get_by_role("main")
    expect(today.get_by_role("region", name="下一班")).to_contain_text(shift.task.display_title)
    expect(today).to_contain_text(seat.spoken_code)


def test_a_neighbour_without_a_mouse_takes_a_seat(stranger: Person) -> None:
    shift = shift_to_join()
    stranger.open("/")

    # The first stop leads past what every page repeats.
    stranger.page.keyboard.press("Tab")
    expect(part(stranger, "link", "跳到正文")).to_be_focused()
    stranger.page.keyboard.press("Enter")
    enter(stranger, "link", "我来出力")
    enter(stranger, "link", shift.task.display_title)
    enter(stranger, "link", "报名")
    write(stranger, "称呼", "小李")

    # A number too short: the summary has the focus, and its link leads to the field, which has kept what was typed.
    write(stranger, "手机号或邮箱", "1390000")
    enter(stranger, "button", "报名")
    assert stranger.page.evaluate("document.activeElement.matches('.govuk-error-summary')")
    tab_to(stranger, "link", "手机号")
    stranger.page.keyboard.press("Enter")
    field = part(stranger, "textbox", "手机号或邮箱")
    expect(field).to_be_focused()
    expect(field).to_have_value("1390000")
    stranger.page.keyboard.press("End")
    stranger.page.keyboard.type("5678")
    enter(stranger, "button", "报名")

    write(stranger, "验证码", code_on_its_way())
    enter(stranger, "button", "位子给我")
    heading(stranger, "位子是你的了")
    enter(stranger, "link", "今天")
    expect(stranger.page.get_by_role("main")).to_contain_text(shift.task.display_title)


def test_an_organizer_without_a_mouse_checks_somebody_in(organizer: Person) -> None:
    shift = make_shift(starts_at=clock.now() + timedelta(minutes=20))
    seat = make_assignment(shift, make_volunteer())
    sign_in(organizer, shift)
    organizer.open(f"/org/{shift.organization.code}/")
    heading(organizer, "看板")

    enter(organizer, "link", "签到台")
    enter(organizer, "link", shift.task.display_title)
    write(organizer, "四位号码", seat.spoken_code)
    tab_to(organizer, "button", "签到")
    organizer.page.keyboard.press("Enter")

    expect(organizer.page.get_by_role("main").get_by_role("status").first).to_contain_text(
        seat.volunteer.user.name
    )
    assert CheckIn.objects.get(assignment=seat).method == "spoken"


def test_what_is_typed_into_a_long_form_outlives_a_reload_and_a_session(organizer: Person) -> None:
    shift = make_shift(starts_at=clock.now() + timedelta(minutes=20))
    sign_in(organizer, shift)
    cookies = organizer.context.cookies()
    address = f"/org/{shift.organization.code}/shifts/{shift.code}/incident/"
    words, form = organizer.page.get_by_role("textbox"), organizer.page.locator("form[data-keep]")
    organizer.open(address)
    words.fill("老人在门口滑倒")
    organizer.page.get_by_role("radio").first.check()

    organizer.page.reload()
    expect(words).to_have_value("老人在门口滑倒")
    expect(organizer.page.get_by_role("radio").first).to_be_checked()
    expect(form).to_contain_text("填的内容还在")
    organizer.picture("kept")

    # The session runs out; the same person finds it after signing in again.
    organizer.context.clear_cookies()
    organizer.open(address)
    organizer.context.add_cookies(cookies)  # type: ignore[arg-type]
    organizer.open(address)
    expect(words).to_have_value("老人在门口滑倒")

    # Dropped where it is not wanted.
    part(organizer, "button", "清空重填").click()
    expect(words).to_have_value("")
    organizer.page.reload()
    expect(words).to_have_value("")

    # Forgotten once it has arrived.
    words.fill("门口结冰")
    organizer.page.get_by_role("radio").first.check()
    follow(organizer, "button", "报告")
    assert organizer.path != address
    organizer.open(address)
    expect(words).to_have_value("")
