"""What people do on the pages, with or without scripts."""

import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from areas.models import Area
from tasks.models import Assignment, Shift, Task
from tests.flows.house import House
from tests.flows.person import Person

SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")
TOTP_SECONDS = 30


def now_there(house: House) -> datetime:
    """The clock on the wall of the place."""
    return datetime.now(house.zone).replace(second=0, microsecond=0)


def sign_in_with_second_factor(person: Person, email: str, password: str, secret: str) -> None:
    """By the pages: password, then the authenticator's code."""
    person.open("/account/login/")
    person.fill(login=email, password=password)
    person.picture("sign-in")
    person.press()
    person.fill(code=format_hotp_value(hotp_value(secret, int(time.time()) // TOTP_SECONDS)))
    person.picture("second-factor")
    person.press()


def join(person: Person, contact: str, code: Callable[[], str]) -> None:
    """Name and contact on the page that is open, then the code that was sent there."""
    person.fill(name=person.name, contact=contact)
    person.picture("join")
    person.press()
    person.fill(code=code())
    person.picture("code")
    person.press()


def code_in(message: Mapping[str, str]) -> str:
    """The six digits of a message."""
    found = SIX_DIGITS.search(f"{message['subject']} {message['text']}")
    assert found is not None, message
    return found[0]


def sign_up(person: Person, shift: Shift) -> Assignment:
    """Press the one button of the shift's page, which is open."""
    person.picture("shift")
    person.press(f'form[action$="/me/needs/{shift.code}/sign-up/"] button')
    return seat_taken(person)


def seat_taken(person: Person) -> Assignment:
    """The seat that the open page says is theirs."""
    assert person.path.startswith("/me/seats/"), person.text
    person.picture("seat-taken")
    return Assignment.objects.select_related("shift").get(code=person.path.split("/")[3])


def issue_call(person: Person, area_code: str, template: str, *, place: str, days: int = 2) -> Task:
    """From the overview: choose the template, fill in the rest, look at it, make it public."""
    today = now_there(person.house).date()
    person.open(f"/area/{area_code}/")
    person.picture("overview-before")
    person.follow(f"/area/{area_code}/calls/new/")
    person.picture("templates")
    person.follow(f"/area/{area_code}/calls/new/form/?template={template}")
    person.fill(
        people_needed="10",
        starts_on=today.isoformat(),
        ends_on=(today + timedelta(days=days)).isoformat(),
        place=place,
        contact_name="Lin",
        contact_phone="0572 1234 5678",
    )
    for box in person.page.locator('[name$="-requirements"]:checked').all():
        box.uncheck()
    person.picture("call-form")
    person.step("preview")
    person.picture("call-preview")
    person.step("publish")
    person.picture("call-issued")
    return Task.objects.get(code=person.path.split("/")[4])


def take_on(person: Person, organization_code: str, task: Task) -> None:
    """From the list of calls that wait: read it, and lead it."""
    person.open(f"/org/{organization_code}/calls/")
    person.picture("calls")
    person.follow(f"/org/{organization_code}/calls/{task.code}/")
    person.picture("call")
    person.press('main a[href^="?take=lead"]')
    person.picture("take-on")
    person.press()
    assert person.path == f"/org/{organization_code}/calls/{task.code}/shifts/", person.path


def post_shift(person: Person, *, starts: datetime, hours: int, seats_min: int, seats: int) -> Shift:
    """On the page that follows taking on: times and seats, a look at it, posted."""
    ends = starts + timedelta(hours=hours)
    person.fill(
        first_day=starts.date().isoformat(),
        starts=f"{starts:%H:%M}",
        ends=f"{ends:%H:%M}",
        **{"roles-0-seats_min": str(seats_min), "roles-0-seats": str(seats)},
        contact_name="Zhou Min",
        contact_phone="13800001111",
        address="Lane 4, number 12",
    )
    for box in person.page.locator('[name$="-requirements"]:checked').all():
        box.uncheck()
    person.picture("shift-form")
    person.step("preview")
    person.picture("shift-preview")
    person.step("post")
    person.picture("board")
    return Shift.objects.select_related("task").latest("id")


def move_shift(
    person: Person, organization_code: str, shift: Shift, *, starts: datetime, hours: int, why: str
) -> None:
    """Give a shift another time, after a look at whom that concerns."""
    person.open(f"/org/{organization_code}/shifts/{shift.code}/edit/")
    person.fill(
        day=starts.date().isoformat(),
        starts=f"{starts:%H:%M}",
        ends=f"{starts + timedelta(hours=hours):%H:%M}",
        reason=why,
    )
    person.picture("move-form")
    person.step("preview")
    person.picture("move-preview")
    person.step("save")


def check_by_site_code(person: Person, site_code: str) -> None:
    """Type the code that hangs at the entrance."""
    person.open("/me/check-in/")
    person.fill(code=site_code.lower())
    person.picture("site-code")
    person.press()
    assert person.path == "/me/", person.text


def check_at_desk(person: Person, organization_code: str, seat: Assignment, *, leaving: bool = False) -> None:
    """Type the four digits that somebody says; the desk then names them."""
    query = "?kind=out" if leaving else ""
    person.open(f"/org/{organization_code}/desk/{seat.shift.code}/{query}")
    person.page.locator('form.desk-form [name="code"]').fill(seat.spoken_code)
    person.page.locator("form.desk-form button[type=submit]").click()
    expect(person.page.locator(".desk-result")).to_contain_text(seat.volunteer.user.name)
    person.picture("desk-out" if leaving else "desk-in")


def confirm_all_hours(person: Person, organization_code: str) -> None:
    person.open(f"/org/{organization_code}/hours/")
    person.picture("hours-to-confirm")
    person.press('main button[name="do"][value="all"]')
    person.picture("hours-confirmed")


def cancel_shift(person: Person, organization_code: str, shift: Shift, why: str) -> None:
    person.open(f"/org/{organization_code}/shifts/{shift.code}/cancel/")
    person.fill(reason=why)
    person.picture("cancel")
    person.press()


def step_back(person: Person, seat: Assignment) -> None:
    person.open(f"/me/seats/{seat.code}/")
    person.follow(f"/me/seats/{seat.code}/cannot-come/")
    person.picture("cannot-come")
    person.press('main form[action$="/step-back/"] button')
    person.picture("stepped-back")


def stop_everything(person: Person, area_code: str, why: str) -> None:
    person.open(f"/area/{area_code}/stop/")
    person.fill(reason=why, typed=Area.objects.get(code=area_code).name)
    person.picture("stop")
    person.press()


def lift_stop(person: Person, area_code: str) -> None:
    person.open(f"/area/{area_code}/stop/lift/")
    person.picture("lift")
    person.press()
