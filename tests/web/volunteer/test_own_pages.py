"""Today, finding work, one's seats, presence and hours."""

from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import localtime

from core import clock
from tasks.models import Assignment, CheckIn, Incident, ServiceRecord
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_shift, tomorrow_at
from tests.factories.volunteers import make_capability, make_volunteer
from tests.web.reading import check_page, page_of, statements
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
WARM = "/en/privacy/"


@pytest.fixture
def volunteer(client: Client) -> Volunteer:
    volunteer = make_volunteer()
    client.force_login(volunteer.user)
    return volunteer


def make_seat(volunteer: Volunteer, **fields: Any) -> Assignment:
    area = fields.pop("area", None) or small_tree().counties[0]
    shift = make_shift(
        area=area,
        address="12 Willow Lane",
        private_details="Ring twice",
        contact_name="Lin Yue",
        contact_phone="+8613900001111",
        **fields,
    )
    return make_assignment(shift, volunteer)


def make_record(seat: Assignment, minutes: int = 90) -> ServiceRecord:
    at = clock.now()
    for kind, moment in (("in", at - timedelta(minutes=minutes)), ("out", at)):
        CheckIn.objects.create(
            assignment=seat, kind=kind, at=moment, method="desk", nonce=uuid4(), recorded_at=moment
        )
    return ServiceRecord.objects.create(
        assignment=seat,
        volunteer=seat.volunteer,
        organization=seat.shift.organization,
        task=seat.shift.task,
        served_on=clock.today(),
        starts_at=at - timedelta(minutes=minutes),
        ends_at=at,
        minutes=minutes,
        confirmed_at=at,
        confirmed_by=seat.volunteer.user,
    )


def test_the_next_shift_is_large_with_address_and_telephone(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer)

    page = check_page(client.get("/en/me/"))

    assert "12 Willow Lane" in page.text
    assert "tel:+8613900001111" in page.links
    assert seat.spoken_code in page.text
    assert "A shift tomorrow, they count on you" in page.text


def test_larger_text_is_a_third_of_the_words_and_the_spoken_code(
    client: Client, volunteer: Volunteer
) -> None:
    seat = make_seat(volunteer)
    plain = page_of(client.get("/en/me/"))
    client.cookies["elder"] = "24"

    large = check_page(client.get("/en/me/"))

    assert seat.spoken_code in large.text
    assert "9 in the morning" in large.text
    assert 'class="qr"' not in large.html
    assert len(large.text) < len(plain.text)


def test_without_a_shift_there_is_one_next_step(client: Client, volunteer: Volunteer) -> None:
    near = make_shift(area=small_tree().counties[0])

    page = check_page(client.get("/en/me/"))

    assert "You have no shift yet" in page.text
    assert f"/en/needs/{near.code}/" in page.links


@pytest.mark.parametrize("seats", [1, 3])
def test_today_takes_a_constant_number_of_statements(
    client: Client, volunteer: Volunteer, seats: int
) -> None:
    area = small_tree().counties[0]
    for day in range(seats):
        make_seat(volunteer, area=area, starts_at=tomorrow_at(9, days=day + 1))
    client.get(WARM)

    with statements() as found:
        client.get("/en/me/")

    # One of them reads what somebody new has done already.
    assert len(found) == 10


@pytest.mark.parametrize("htmx", [False, True])
def test_being_on_duty_is_one_tap(client: Client, volunteer: Volunteer, htmx: bool) -> None:
    headers = {"HX-Request": "true"} if htmx else {}

    response = client.post("/en/me/on-duty/", {"on": "yes"}, headers=headers)

    volunteer.refresh_from_db()
    assert volunteer.on_duty_since is not None
    assert response.status_code == (200 if htmx else 303)
    if htmx:
        assert 'aria-checked="true"' in response.content.decode()


def test_found_is_only_what_the_volunteer_can_take(client: Client) -> None:
    tree = small_tree()
    volunteer = make_volunteer(area=tree.townships[0])
    client.force_login(volunteer.user)
    fits = make_shift(area=tree.counties[1], starts_at=tomorrow_at(9, days=2))
    make_shift(area=tree.counties[2])
    make_shift(area=tree.counties[0], requirements=[make_capability()], starts_at=tomorrow_at(9, days=3))
    make_assignment(make_shift(area=tree.counties[0]), volunteer)
    make_shift(area=tree.counties[0])
    make_assignment(make_shift(area=tree.counties[0], seats=1, seats_min=1, starts_at=tomorrow_at(9, days=4)))

    response = client.get("/en/me/find/")

    check_page(response)
    assert [row.code for row in response.context["rows"]] == [fits.code]


def test_with_a_point_the_reach_decides_and_the_nearest_may_come_first(client: Client) -> None:
    tree = small_tree()
    volunteer = make_volunteer(area=tree.counties[0], longitude=120.0, latitude=30.0, reach_km=10)
    client.force_login(volunteer.user)
    farther = make_shift(area=tree.counties[0], longitude=120.05, latitude=30.0)
    nearer = make_shift(
        area=tree.counties[0], longitude=120.01, latitude=30.0, starts_at=tomorrow_at(9, days=2)
    )
    make_shift(area=tree.counties[0], longitude=121.0, latitude=30.0)

    by_time = client.get("/en/me/find/").context["rows"]
    by_distance = client.get("/en/me/find/?sort=near").context["rows"]

    assert [row.code for row in by_time] == [farther.code, nearer.code]
    assert [row.code for row in by_distance] == [nearer.code, farther.code]


def test_what_fits_beyond_the_first_page_is_on_the_next(
    client: Client, volunteer: Volunteer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("web.volunteer.views.finding"), "ON_A_PAGE", 2)
    area = small_tree().counties[0]
    shifts = [make_shift(area=area, starts_at=tomorrow_at(9, days=day + 1)) for day in range(3)]

    first = client.get("/en/me/find/")
    second = client.get("/en/me/find/" + first.context["next_url"])

    check_page(second)
    assert [row.code for page in (first, second) for row in page.context["rows"]] == [
        shift.code for shift in shifts
    ]
    assert second.context["next_url"] == ""
    assert first.context["count"] == 3


@pytest.mark.parametrize("shifts", [1, 3])
def test_finding_takes_a_constant_number_of_statements(
    client: Client, volunteer: Volunteer, shifts: int
) -> None:
    area = small_tree().counties[0]
    for day in range(shifts):
        make_shift(area=area, starts_at=tomorrow_at(9, days=day + 1))
    client.get(WARM)

    with statements() as found:
        client.get("/en/me/find/")

    assert len(found) == 7


def test_a_seat_shows_private_details_to_its_holder_alone(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer)

    page = check_page(client.get(f"/en/me/seats/{seat.code}/"))
    assert "12 Willow Lane" in page.text
    assert "Ring twice" in page.text

    client.force_login(make_volunteer().user)
    assert client.get(f"/en/me/seats/{seat.code}/").status_code == 404


@pytest.mark.parametrize("path", ["", "done/", "shift.ics", "step-back/", "message/", "incident/"])
def test_nobody_reaches_the_seat_of_another(client: Client, volunteer: Volunteer, path: str) -> None:
    other = make_seat(make_volunteer())

    assert client.get(f"/en/me/seats/{other.code}/{path}").status_code == 404
    if path in {"step-back/", "message/", "incident/"}:
        assert client.post(f"/en/me/seats/{other.code}/{path}").status_code == 404


def test_a_seat_given_back_hides_what_is_private(client: Client, volunteer: Volunteer) -> None:
    shift = make_seat(make_volunteer()).shift
    former = make_assignment(shift, volunteer, status="released")

    html = client.get(f"/en/me/seats/{former.code}/").content.decode()

    assert "Willow" not in html
    assert "Ring twice" not in html
    assert "+8613900001111" not in html


def test_the_calendar_gets_public_details_only(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer)

    response = client.get(f"/en/me/seats/{seat.code}/shift.ics")

    text = response.content.decode()
    assert response["Content-Type"].startswith("text/calendar")
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert f"DTSTART;TZID=Asia/Shanghai:{localtime(seat.shift.starts_at):%Y%m%dT%H%M%S}" in text
    assert "Willow" not in text
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_stepping_back_asks_once_and_frees_the_seat(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer)
    address = f"/en/me/seats/{seat.code}/step-back/"

    check_page(client.get(address))
    response = client.post(address, {"reason": ""})

    seat.refresh_from_db()
    assert response.status_code == 303
    assert seat.status == "released"
    page = page_of(client.get("/en/me/"))
    assert "The seat is free for the next" in page.text and "I can come after all" in page.text
    assert f"/en/needs/{seat.shift.code}/" in page.links


def test_too_late_to_step_back_says_whom_to_call(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer, starts_at=clock.now() + timedelta(minutes=30))
    address = f"/en/me/seats/{seat.code}/step-back/"

    page = check_page(client.get(address))
    refused = client.post(address)

    assert "tel:+8613900001111" in page.links
    assert refused.status_code == 409
    assert "Call the organizer" in page_of(refused).text


def test_the_organizer_can_be_written_to(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer)
    address = f"/en/me/seats/{seat.code}/message/"

    empty = client.post(address, {"text": " "})
    sent = client.post(address, {"text": "I come ten minutes later."})

    assert empty.status_code == 422
    assert "Write a sentence first" in check_page(empty).text
    assert sent.status_code == 303


def test_an_incident_can_be_reported(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer)
    address = f"/en/me/seats/{seat.code}/incident/"

    assert client.post(address, {"text": "x"}).status_code == 422
    check_page(client.get(address))
    response = client.post(address, {"kind": "injury", "text": "Somebody fell.", "is_urgent": "on"})

    incident = Incident.objects.get()
    assert response.status_code == 303
    assert (incident.shift, incident.kind, incident.is_urgent) == (seat.shift, "injury", True)


def test_the_code_of_the_site_checks_in_and_then_out(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer, starts_at=clock.now() + timedelta(minutes=10))
    typed = {"code": f" {seat.shift.site_code.lower()} "}

    page = check_page(client.get(f"/en/me/check-in/?code={seat.shift.site_code}"))
    arrived = client.post("/en/me/check-in/", {**typed, "nonce": str(uuid4())})
    there = page_of(client.get("/en/me/"))
    client.post("/en/me/check-in/", {**typed, "nonce": str(uuid4())})

    assert "You have arrived" in page.text
    assert arrived.status_code == 303
    assert "You are there. Good." in there.text
    kinds = list(CheckIn.objects.valid().order_by("pk").values_list("kind", "method"))
    assert kinds == [("in", "site_code"), ("out", "site_code")]


def test_a_second_tap_counts_once(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer, starts_at=clock.now() + timedelta(minutes=10))
    data = {"code": seat.shift.site_code, "nonce": str(uuid4())}

    for _ in range(2):
        client.post("/en/me/check-in/", data)

    assert CheckIn.objects.valid().count() == 1


def test_a_wrong_code_checks_nobody_in(client: Client, volunteer: Volunteer) -> None:
    make_seat(volunteer)
    other = make_shift()

    for code in ("XXXXXX", other.site_code, ""):
        response = client.post("/en/me/check-in/", {"code": code, "nonce": str(uuid4())})
        assert response.status_code == 422
        check_page(response)

    assert not CheckIn.objects.exists()


def test_codes_cannot_be_tried_without_end(client: Client, volunteer: Volunteer) -> None:
    for _ in range(20):
        client.post("/en/me/check-in/", {"code": "XXXXXX", "nonce": str(uuid4())})

    response = client.post("/en/me/check-in/", {"code": "XXXXXX", "nonce": str(uuid4())})

    assert "Too many tries" in page_of(response).text


def test_too_early_to_check_in_says_when(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(volunteer)

    response = client.post("/en/me/check-in/", {"code": seat.shift.site_code, "nonce": str(uuid4())})

    assert response.status_code == 422
    assert "an hour before the shift" in page_of(response).text


def test_hours_are_confirmed_or_wait(client: Client, volunteer: Volunteer) -> None:
    area = small_tree().counties[0]
    record = make_record(make_seat(volunteer, area=area, starts_at=clock.now() - timedelta(hours=3)))
    waiting = make_seat(volunteer, area=area, starts_at=clock.now() - timedelta(days=2))
    for kind, hours in (("in", 48), ("out", 46)):
        at = clock.now() - timedelta(hours=hours)
        CheckIn.objects.create(
            assignment=waiting, kind=kind, at=at, method="desk", nonce=uuid4(), recorded_at=at
        )

    page = check_page(client.get("/en/me/hours/"))

    assert "1.5 hours on 1 day" in page.text
    assert record.code in page.text
    assert "Waiting for confirmation" in page.text
    assert "2 h" in page.text


def test_history_lists_every_earlier_seat(client: Client, volunteer: Volunteer) -> None:
    seat = make_seat(make_volunteer())
    make_assignment(seat.shift, volunteer, status="released")

    page = check_page(client.get("/en/me/history/"))

    assert "Gave the seat back" in page.text


@pytest.mark.parametrize("records", [1, 3])
def test_hours_take_a_constant_number_of_statements(
    client: Client, volunteer: Volunteer, records: int
) -> None:
    area = small_tree().counties[0]
    for day in range(records):
        make_record(make_seat(volunteer, area=area, starts_at=clock.now() - timedelta(days=day + 1)))
    client.get(WARM)

    with statements() as found:
        client.get("/en/me/hours/")

    assert len(found) == 7


@pytest.mark.parametrize("path", ["me/", "me/find/", "me/hours/", "me/history/", "me/check-in/"])
def test_strangers_are_asked_to_sign_in(client: Client, path: str) -> None:
    response = client.get(f"/en/{path}")

    assert response.status_code == 302
    assert "/enter/?next=" in response["Location"]
