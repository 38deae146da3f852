"""The desk, paper lists, call lists, hours and incidents."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from core import clock
from core.models import AccessRecord
from tasks.models import Assignment, CheckIn, Incident, ServiceRecord, Shift
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def shift(organization):
    """One that began an hour ago."""
    return make_shift(organization=organization, starts_at=clock.now() - timedelta(hours=1), seats=6)


@pytest.fixture
def browser(client, organization):
    return sign_in(client, make_member(organization, "desk"))


@pytest.fixture
def leader(client, organization):
    return sign_in(client, make_member(organization, "organizer"))


def page(name, organization, *args):
    return reverse(f"organization:{name}", args=[organization.code, *args])


def checks(seat, kind="in"):
    return CheckIn.objects.valid().filter(assignment=seat, kind=kind)


@pytest.mark.parametrize(
    ("typed", "method"),
    [
        (lambda seat: seat.spoken_code, "spoken"),
        (lambda seat: seat.code, "scan"),
        (lambda seat: f"https://example.org/zh-hans/me/pass/{seat.code}/", "scan"),
        (lambda seat: seat.volunteer.number, "desk"),
    ],
)
def test_a_code_checks_in_and_says_how(browser, organization, shift, typed, method):
    seat = make_assignment(shift)

    response = browser.post(
        page("desk", organization, shift.code), {"code": typed(seat), "kind": "in", "nonce": uuid4()}
    )

    assert response.status_code == 303
    assert checks(seat).get().method == method


def test_a_button_of_the_list_checks_in_and_twice_is_once(browser, organization, shift):
    seat = make_assignment(shift)
    sent = {"assignment": seat.code, "kind": "in", "nonce": uuid4()}

    for _ in range(2):
        assert browser.post(page("desk", organization, shift.code), sent).status_code == 303

    assert checks(seat).get().method == "desk"


def test_a_wrong_code_is_named_and_kept(browser, organization, shift):
    response = browser.post(page("desk", organization, shift.code), {"code": "0000", "kind": "in"})

    assert response.status_code == 200
    assert "code" in response.context["form"].errors
    assert response.context["form"]["code"].value() == "0000"


def test_two_people_with_the_same_four_digits_are_told_apart_by_name(browser, organization, shift):
    first = make_assignment(shift, spoken_code="4417")
    make_assignment(shift, spoken_code="4417")

    response = browser.post(page("desk", organization, shift.code), {"code": "4417", "kind": "in"})

    assert first.volunteer.user.name in response.content.decode()
    assert not CheckIn.objects.exists()


def test_a_person_of_another_shift_is_not_known_here(browser, organization, shift):
    seat = make_assignment(make_shift(organization=organization))

    response = browser.post(page("desk", organization, shift.code), {"code": seat.code, "kind": "in"})

    assert "code" in response.context["form"].errors


def test_leaving_is_checked_out_and_the_last_entry_can_be_taken_back(browser, organization, shift):
    seat = make_assignment(shift)
    desk = page("desk", organization, shift.code)
    browser.post(desk, {"code": seat.code, "kind": "in"})
    CheckIn.objects.update(at=clock.now() - timedelta(minutes=30))
    response = browser.post(desk, {"code": seat.code, "kind": "out"})
    assert response.url.endswith("?kind=out&at=code")

    last = browser.get(desk).context["last"]
    browser.post(page("undo", organization, shift.code), {"nonce": last.nonce})

    assert last.kind == "out"
    assert not checks(seat, "out").exists()
    assert checks(seat).exists()


def test_a_walk_in_gets_a_seat_and_is_here(browser, organization, shift):
    volunteer = make_volunteer()

    response = browser.post(
        page("walk_in", organization, shift.code), {"who": volunteer.number, "nonce": uuid4()}
    )

    assert response.status_code == 303
    assert checks(Assignment.objects.get(volunteer=volunteer)).get().method == "walk_in"
    assert AccessRecord.objects.get().person_id == volunteer.user_id


def test_a_family_that_shares_a_telephone_is_asked_who_it_is(browser, organization, shift):
    mother = make_volunteer(user=make_user(name="Chen", phone="+8613800000044"))
    make_volunteer(user=make_user(name="Little Chen", phone="+8613800000044"))

    response = browser.post(page("walk_in", organization, shift.code), {"who": "138 0000 0044"})
    assert "Little Chen" in response.content.decode()
    assert not Assignment.objects.exists()
    browser.post(page("walk_in", organization, shift.code), {"who": mother.number})

    assert Assignment.objects.get().volunteer == mother


@pytest.mark.parametrize("who", ["99999999", "138 0000 004", "13900009999", "abc", ""])
def test_a_walk_in_nobody_knows_is_named_and_kept(browser, organization, shift, who):
    response = browser.post(page("walk_in", organization, shift.code), {"who": who})

    assert list(response.context["form"].errors) == ["who"]
    assert response.context["form"]["who"].value() == who


def paper_sheet(shift, *seats, **changes):
    start = timezone.localtime(shift.starts_at) + timedelta(minutes=5)
    return {"kind": "in", "at": f"{start:%H:%M}", "people": [seat.code for seat in seats], **changes}


def test_a_paper_list_is_entered_at_once_and_twice_is_once(browser, organization, shift):
    seats = [make_assignment(shift) for _ in range(3)]
    paper = page("paper", organization, shift.code)

    for _ in range(2):
        assert browser.post(paper, paper_sheet(shift, *seats)).status_code == 303

    assert CheckIn.objects.filter(method="paper").count() == 3


def test_one_wrong_line_of_a_paper_list_stops_all_and_names_the_person(browser, organization, shift):
    here, absent = make_assignment(shift), make_assignment(shift)
    browser.post(page("desk", organization, shift.code), {"code": here.code, "kind": "in"})
    CheckIn.objects.update(at=shift.starts_at)

    response = browser.post(
        page("paper", organization, shift.code), paper_sheet(shift, here, absent, kind="out")
    )

    assert absent.volunteer.user.name in str(response.context["form"].errors)
    assert not checks(here, "out").exists()


def test_an_empty_paper_list_is_named(browser, organization, shift):
    make_assignment(shift)

    response = browser.post(page("paper", organization, shift.code), {"kind": "in", "at": ""})

    assert sorted(response.context["form"].errors) == ["at", "people"]


def test_a_call_list_opens_with_a_purpose_and_everybody_on_it_can_read_so(browser, organization, shift):
    seat = make_assignment(shift)
    phone = seat.volunteer.user.phone
    address = page("call_list", organization, shift.code)

    assert phone not in browser.get(address).content.decode()
    nameless = browser.post(address, {"purpose": "other", "other": ""})
    browser.post(address, {"purpose": "missing"})
    opened = browser.get(address).content.decode()
    browser.get(address)

    assert list(nameless.context["form"].errors) == ["other"]
    assert f"tel:{phone}" in opened
    assert [record.person_id for record in AccessRecord.objects.all()] == [seat.volunteer.user_id]


def test_a_call_list_closes_three_days_after_the_shift(browser, organization, shift):
    seat = make_assignment(shift)
    address = page("call_list", organization, shift.code)
    browser.post(address, {"purpose": "missing"})
    assert seat.volunteer.user.phone in browser.get(address).content.decode()

    over = clock.now() - timedelta(days=3, minutes=1)
    Shift.objects.filter(pk=shift.pk).update(starts_at=over - timedelta(hours=3), ends_at=over)
    closed = browser.get(address).content.decode()
    browser.post(address, {"purpose": "missing"})

    assert 'class="title"' in closed
    assert seat.volunteer.user.phone not in closed
    assert seat.volunteer.user.phone not in browser.get(address).content.decode()


def test_whoever_signs_up_while_the_list_is_open_is_logged_too(browser, organization, shift):
    make_assignment(shift)
    address = page("call_list", organization, shift.code)
    browser.post(address, {"purpose": "missing"})
    browser.get(address)

    later = make_assignment(shift)
    browser.get(address)

    assert AccessRecord.objects.filter(person_id=later.volunteer.user_id).count() == 1


def test_a_roster_holds_no_telephone(browser, organization, shift):
    seat = make_assignment(shift)

    sheet = browser.get(page("roster", organization, shift.code)).content.decode()

    assert seat.volunteer.user.name in sheet
    assert seat.volunteer.user.phone not in sheet


def over(organization, *, left=True):
    """A shift that is over, with one person in it."""
    start = clock.now() - timedelta(hours=5)
    seat = make_assignment(make_shift(organization=organization, starts_at=start, hours=3))
    at = clock.now()
    moments = [("in", start), *([("out", start + timedelta(hours=3))] if left else [])]
    for kind, moment in moments:
        CheckIn.objects.create(
            assignment=seat, kind=kind, method="desk", at=moment, recorded_at=at, nonce=uuid4()
        )
    return seat


def test_hours_are_confirmed_by_tick_and_twice_is_once(leader, organization):
    seat, other = over(organization), over(organization)
    hours = page("hours", organization)

    leader.post(hours, {"do": "ticked", "assignment": [seat.code]})
    again = leader.post(hours, {"do": "ticked", "assignment": [seat.code]})

    assert ServiceRecord.objects.get().minutes == 180
    assert again.context["error"]
    assert other.volunteer.user.name in again.content.decode()


def test_all_complete_hours_are_confirmed_and_the_rest_waits(leader, organization):
    over(organization)
    over(organization)
    open_one = over(organization, left=False)

    leader.post(page("hours", organization), {"do": "all"})

    assert ServiceRecord.objects.count() == 2
    assert open_one.code in leader.get(page("hours", organization)).content.decode()


def test_hours_without_a_departure_stand_apart_with_one_way_to_enter_them(leader, organization):
    ready = over(organization)
    seat = over(organization, left=False)
    make_in = make_assignment(seat.shift)
    CheckIn.objects.create(
        assignment=make_in,
        kind="in",
        method="desk",
        at=seat.shift.starts_at,
        recorded_at=clock.now(),
        nonce=uuid4(),
    )

    found = leader.get(page("hours", organization))

    assert [each.row.assignment_code for each in found.context["timed"][0].timed] == [ready.code]
    assert {each.row.assignment_code for each in found.context["open"][0].open} == {seat.code, make_in.code}
    assert f"{page('paper', organization, seat.shift.code)}?kind=out" in found.content.decode()


def test_a_missing_departure_is_entered(leader, organization):
    seat = over(organization, left=False)
    left = timezone.localtime(seat.shift.ends_at)

    wrong = leader.post(
        page("departure", organization, seat.code), {"at": f"{left - timedelta(hours=9):%Y-%m-%dT%H:%M}"}
    )
    right = leader.post(page("departure", organization, seat.code), {"at": f"{left:%Y-%m-%dT%H:%M}"})

    assert list(wrong.context["form"].errors) == ["at"]
    assert right.status_code == 303
    assert checks(seat, "out").exists()


def test_an_incident_is_reported_once_and_dealt_with(leader, organization, shift):
    report = page("report_incident", organization, shift.code)
    words = {"kind": "injury", "text": "Somebody slipped on the ice.", "is_urgent": "on"}

    assert list(leader.post(report, {"kind": "injury", "text": ""}).context["form"].errors) == ["text"]
    leader.post(report, words)
    leader.post(report, words)
    incident = Incident.objects.get()
    leader.post(page("handle_incident", organization, incident.code), {"handling": "Salt was spread."})

    incident.refresh_from_db()
    assert incident.is_urgent
    assert incident.handling == "Salt was spread."


def test_a_seat_is_taken_back_with_a_reason(leader, organization):
    shift = make_shift(organization=organization)
    seat = make_assignment(shift)
    address = page("remove", organization, shift.code, seat.code)

    assert list(leader.post(address, {"reason": ""}).context["form"].errors) == ["reason"]
    assert leader.post(address, {"reason": "The gate is closed."}).status_code == 303

    seat.refresh_from_db()
    assert (seat.status, seat.end_reason) == ("removed", "The gate is closed.")


def test_the_desk_finds_somebody_by_a_part_of_the_name(browser, organization, shift):
    seat = make_assignment(shift)
    name = seat.volunteer.user.name

    page_found = browser.post(page("desk", organization, shift.code), {"code": name[:-1], "kind": "in"})

    assert [each.pk for each, _ in page_found.context["same"]] == [seat.pk]
    assert not CheckIn.objects.exists()


def test_work_at_the_list_goes_on_below_the_line_that_was_entered(browser, organization, shift):
    first, second, third = (make_assignment(shift) for _ in range(3))
    sent = {"assignment": second.code, "kind": "in"}

    after = browser.get(browser.post(page("desk", organization, shift.code), sent).url)

    assert {each.row.assignment_code: each.is_next for each in after.context["to_do"]} == {
        first.code: False,
        third.code: True,
    }


def test_the_list_of_the_desk_asks_again_and_is_sent_only_when_somebody_came(browser, organization, shift):
    seat = make_assignment(shift)
    desk = page("desk", organization, shift.code)
    here = desk + browser.get(desk).context["here"]

    same = browser.get(here, headers={"HX-Request": "true"})
    browser.post(desk, {"assignment": seat.code, "kind": "in"})
    other = browser.get(here, headers={"HX-Request": "true"})

    assert same.status_code == 204
    assert "<html" not in other.content.decode()
    assert other.context["came_count"] == 1
