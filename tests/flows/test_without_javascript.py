"""The same work with scripts turned off, and the volunteer reading large text."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from core import clock
from notifications.models import Message
from tasks.models import Assignment, CheckIn, ServiceRecord
from tests.factories.tasks import make_task
from tests.flows import acts
from tests.flows.house import House
from tests.flows.person import Person, arrive, leave
from tests.flows.places import County, let_a_night_pass, make_county, session_of


@pytest.fixture(scope="module")
def county(bare_house: House) -> County:
    return make_county()


@pytest.fixture
def volunteer(browser: Browser, bare_house: House) -> Iterator[Person]:
    person = arrive(
        browser, bare_house, "Anna", "en", pictures="plain/volunteer", phone=True, scripts=False, elder="24"
    )
    yield person
    leave(person)


@pytest.fixture
def organizer(browser: Browser, bare_house: House, county: County) -> Iterator[Person]:
    person = arrive(browser, bare_house, "Zhou Min", "en", pictures="plain/organizer", scripts=False)
    person.carry(session_of(county.organizer))
    yield person
    leave(person)


def code_on_its_way() -> str:
    """No worker runs here: the code waits in the outbox."""
    message = Message.objects.filter(kind="login_code").latest("id")
    return str(message.context["secret"])


def test_everything_works_without_scripts(
    bare_house: House, county: County, volunteer: Person, organizer: Person
) -> None:
    group = county.organization.code
    call = make_task(
        area=county.area,
        title="小区门口测温登记",
        second_title="Screening at the gate",
        language="zh-hans",
        # The house has a clock of its own, on which it may be another day.
        starts_on=acts.now_there(bare_house).date(),
    )

    # The organizer takes a call on, and posts a shift of tomorrow.
    acts.take_on(organizer, group, call)
    tomorrow = acts.now_there(bare_house).replace(hour=9, minute=0) + timedelta(days=1)
    shift = acts.post_shift(organizer, starts=tomorrow, hours=3, seats_min=2, seats=4)

    # A volunteer joins, takes a seat, steps back, and takes it again.
    volunteer.open("/")
    assert volunteer.page.locator("html.elder-24").count() == 1
    volunteer.picture("home")
    volunteer.open(f"/needs/{shift.code}/")
    volunteer.follow(f"/join/?next=%2Fen%2Fneeds%2F{shift.code}%2F")
    acts.join(volunteer, "138 0000 2222", code_on_its_way)
    seat = acts.seat_taken(volunteer)
    acts.step_back(volunteer, seat)
    seat.refresh_from_db()
    assert seat.status == Assignment.Status.RELEASED
    volunteer.open(f"/needs/{shift.code}/")
    seat = acts.sign_up(volunteer, shift)

    # The shift moves into the hour of arrival; the desk checks her in by her digits, and out.
    begins = acts.now_there(bare_house) + timedelta(minutes=30)
    acts.move_shift(organizer, group, shift, starts=begins, hours=3, why="The buses arrive early")
    seat.shift.refresh_from_db()
    volunteer.open("/me/")
    volunteer.picture("today")
    volunteer.sees(seat.spoken_code)
    acts.check_at_desk(organizer, group, seat)
    acts.check_at_desk(organizer, group, seat, leaving=True)
    assert [check.method for check in CheckIn.objects.filter(assignment=seat)] == ["spoken", "spoken"]

    # Her hours are confirmed, and she sees them.
    yesterday = acts.now_there(bare_house).replace(hour=9, minute=0) - timedelta(days=1)
    let_a_night_pass(shift, begins=yesterday, hours=3)
    acts.confirm_all_hours(organizer, group)
    assert ServiceRecord.objects.get(assignment=seat).minutes == 180
    volunteer.open("/me/hours/")
    volunteer.picture("hours")
    volunteer.sees("3 h")


def test_a_refused_form_keeps_what_was_typed_without_scripts(
    bare_house: House, county: County, organizer: Person
) -> None:
    task = make_task(area=county.area, adopted_by=county.organization)
    organizer.open(f"/org/{county.organization.code}/calls/{task.code}/shifts/")
    day = clock.today() + timedelta(days=1)
    organizer.fill(
        first_day=day.isoformat(),
        starts="12:00",
        ends="11:00",
        contact_name="Zhou Min",
        contact_phone="12345",
    )
    organizer.step("preview")
    organizer.picture("refused")

    error = organizer.page.locator(".govuk-error-summary a")
    assert error.count() == 1 and error.get_attribute("href") == "#id_ends"
    assert organizer.page.locator('[name="ends"]').input_value() == "11:00"
    assert organizer.page.locator('[name="contact_name"]').input_value() == "Zhou Min"
