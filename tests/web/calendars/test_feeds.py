"""Calendars by a secret address, read back as a calendar would read them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar

from core import clock
from core.models import AuditRecord
from organizations.models import Membership, Organization
from tasks.actions.seats import release
from tasks.models import Assignment, Shift
from tasks.rendering.calendars import Entry, Standing, calendar_of
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, make_task, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_waiting
from tests.web.reading import check_page, statements
from volunteers.actions.feeds import make_feed, revoke_feed
from volunteers.models import CalendarFeed, Volunteer
from web.calendars import limits

ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "America/St_Johns",
    "UTC",
)


@pytest.fixture(autouse=True)
def unread() -> None:
    limits.forget_all()


@pytest.fixture
def volunteer(db: None) -> Volunteer:
    return make_volunteer(user=make_user(language="en"))


def entry(starts_at: datetime, ends_at: datetime, **fields) -> Entry:
    values = {
        "uid": "a@manyhands",
        "sequence": 1,
        "changed_at": starts_at,
        "title": "Night checkpoint",
        "place": "East gate",
        "text": "Group",
        "url": "http://example.org/",
        **fields,
    }
    return Entry(starts_at=starts_at, ends_at=ends_at, **values)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("month", range(1, 13))
def test_every_moment_reads_back_as_itself_in_every_zone_and_season(zone: str, month: int) -> None:
    starts_at = datetime(2027, month, 15, 22, 30, tzinfo=UTC)

    text = calendar_of([entry(starts_at, starts_at + timedelta(hours=9))], name="Mine", zone=zone)

    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert event.decoded("dtstart").astimezone(UTC) == starts_at
    assert event.decoded("dtend").astimezone(UTC) == starts_at + timedelta(hours=9)


@pytest.mark.parametrize(
    ("zone", "changes_at"),
    [
        ("Europe/Berlin", datetime(2027, 3, 28, 1, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2027, 10, 31, 1, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 3, 14, 7, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2027, 4, 3, 15, tzinfo=UTC)),
    ],
)
def test_a_shift_over_the_change_of_summer_time_keeps_its_length(zone: str, changes_at: datetime) -> None:
    start, end = changes_at - timedelta(hours=3), changes_at + timedelta(hours=3)

    text = calendar_of([entry(start, end)], name="Mine", zone=zone)

    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert (event.decoded("dtstart").astimezone(UTC), event.decoded("dtend").astimezone(UTC)) == (start, end)
    # Calendars that know no zones by name read the offsets from here.
    [zone_told] = Calendar.from_ical(text).walk("VTIMEZONE")
    told = zone_told.to_tz(lookup_tzid=False)
    for moment in (start, end):
        local = moment.astimezone(ZoneInfo(zone))
        assert local.replace(tzinfo=told).utcoffset() == local.utcoffset()


def test_the_same_entries_give_the_same_bytes_and_lines_stay_short() -> None:
    start = datetime(2027, 2, 6, 10, tzinfo=UTC)
    entries = [entry(start, start + timedelta(hours=1), title="卡口测温登记；请带身份证明, " * 6)]

    text = calendar_of(entries, name="我的班次", zone="Asia/Shanghai")

    assert text == calendar_of(entries, name="我的班次", zone="Asia/Shanghai")
    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert Calendar.from_ical(text).walk("VEVENT")[0]["summary"].startswith("卡口测温登记；请带身份证明, ")


def test_work_without_a_time_stands_on_the_day_of_its_deadline() -> None:
    at = datetime(2027, 2, 6, 10, tzinfo=UTC)
    due = Entry(
        uid="b@manyhands",
        sequence=1,
        changed_at=at,
        title="Sewing",
        place="From home",
        text="",
        url="http://example.org/",
        on=date(2027, 2, 9),
    )

    [event] = Calendar.from_ical(calendar_of([due], name="Mine", zone="Asia/Shanghai")).walk("VEVENT")

    assert event.decoded("dtstart") == date(2027, 2, 9)
    assert event["transp"] == "TRANSPARENT"


def events(client: Client, feed: CalendarFeed) -> dict[str, dict[str, Any]]:
    response = client.get(f"/cal/{feed.secret}.ics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    found = Calendar.from_ical(response.content).walk("VEVENT")
    return {
        str(event["uid"]): {
            "status": str(event["status"]),
            "title": str(event["summary"]),
            "sequence": int(event["sequence"]),
            "start": event.decoded("dtstart"),
        }
        for event in found
    }


def test_a_volunteer_reads_their_own_seats_and_nothing_private(client: Client, volunteer: Volunteer) -> None:
    shift = make_shift(
        address="12 Willow Lane",
        private_details="Ring twice",
        contact_name="Lin Yue",
        contact_phone="+8613900001111",
    )
    seat = make_assignment(shift, volunteer)
    make_assignment(make_shift())
    feed = make_feed(owner=volunteer, by=volunteer.user, at=clock.now())

    found = events(client, feed)

    assert list(found) == [f"own-{shift.code}@manyhands"]
    text = client.get(f"/cal/{feed.secret}.ics").content.decode()
    for secret in (
        "Willow",
        "Ring",
        "Lin Yue",
        "13900001111",
        seat.code,
        seat.spoken_code + '"',
        shift.site_code,
    ):
        assert secret not in text
    assert f"/needs/{shift.code}/" in text.replace("\r\n ", "")


def test_what_moves_is_cancelled_or_taken_again_counts_up_under_one_name(
    client: Client, volunteer: Volunteer
) -> None:
    shift = make_shift()
    seat = make_assignment(shift, volunteer)
    feed = make_feed(owner=volunteer, by=volunteer.user, at=clock.now())

    def look() -> dict[str, str]:
        [(uid, event)] = events(client, feed).items()
        assert uid == f"own-{shift.code}@manyhands"
        return event

    taken = look()
    Shift.objects.filter(pk=shift.pk).update(
        starts_at=shift.starts_at + timedelta(hours=1), ends_at=shift.ends_at + timedelta(hours=1), version=2
    )
    moved = look()
    release(assignment=Assignment.objects.get(pk=seat.pk), by=volunteer.user, at=clock.now())
    given_back = look()
    make_assignment(Shift.objects.get(pk=shift.pk), volunteer)
    again = look()

    assert [event["status"] for event in (taken, moved, given_back, again)] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
        "CONFIRMED",
    ]
    numbers = [event["sequence"] for event in (taken, moved, given_back, again)]
    assert numbers == sorted(set(numbers))
    assert moved["start"] - taken["start"] == timedelta(hours=1)
    assert given_back["title"].startswith("Cancelled: ")


def test_a_held_seat_is_tentative(client: Client, volunteer: Volunteer) -> None:
    make_waiting(role_of(make_shift(seats=1, seats_min=1)), volunteer, status="offered")
    feed = make_feed(owner=volunteer, by=volunteer.user, at=clock.now())

    [event] = events(client, feed).values()

    assert event["status"] == "TENTATIVE"
    assert event["title"].startswith("Held for you until")


@pytest.mark.django_db
def test_an_organization_reads_its_shifts_without_names(client: Client) -> None:
    organization = make_organization()
    owner = make_member(organization, role=Membership.Role.OWNER)
    shift = make_shift(organization=organization, task=make_task(adopted_by=organization))
    person = make_volunteer(user=make_user(name="Wang Guifang"))
    make_assignment(shift, person)
    make_shift()
    feed = make_feed(owner=organization, by=owner, at=clock.now())

    assert list(events(client, feed)) == [f"shift-{shift.code}@manyhands"]
    assert "Guifang" not in client.get(f"/cal/{feed.secret}.ics").content.decode()


def test_nothing_changed_is_answered_without_the_file(client: Client, volunteer: Volunteer) -> None:
    make_assignment(make_shift(), volunteer)
    feed = make_feed(owner=volunteer, by=volunteer.user, at=clock.now())
    address = f"/cal/{feed.secret}.ics"
    first = client.get(address)

    same = client.get(address, headers={"If-None-Match": first["ETag"]})
    make_assignment(make_shift(starts_at=tomorrow_at(9, days=3)), volunteer)
    other = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert (same.status_code, same.content) == (304, b"")
    assert other.status_code == 200


@pytest.mark.parametrize("seats", [1, 3])
def test_reading_takes_three_statements_and_writes_nothing(
    client: Client, volunteer: Volunteer, seats: int
) -> None:
    for day in range(seats):
        make_assignment(make_shift(starts_at=tomorrow_at(9, days=day + 1)), volunteer)
    feed = make_feed(owner=volunteer, by=volunteer.user, at=clock.now())
    client.get(f"/cal/{feed.secret}.ics")

    with statements() as found:
        client.get(f"/cal/{feed.secret}.ics")

    assert len(found) == 3
    assert all(statement.startswith("SELECT") for statement in found)


def test_an_address_is_renewed_and_revoked(client: Client, volunteer: Volunteer) -> None:
    at = clock.now()
    old = make_feed(owner=volunteer, by=volunteer.user, at=at)
    new = make_feed(owner=volunteer, by=volunteer.user, at=at)

    assert old.secret != new.secret
    assert client.get(f"/cal/{old.secret}.ics").status_code == 404
    assert client.get(f"/cal/{new.secret}.ics").status_code == 200
    revoke_feed(owner=volunteer, by=volunteer.user, at=at)
    assert client.get(f"/cal/{new.secret}.ics").status_code == 404
    verbs = list(AuditRecord.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["calendar.made", "calendar.revoked", "calendar.made", "calendar.revoked"]


def test_whose_account_is_closed_has_no_calendar(client: Client, volunteer: Volunteer) -> None:
    feed = make_feed(owner=volunteer, by=volunteer.user, at=clock.now())
    volunteer.user.is_active = False
    volunteer.user.save(update_fields=["is_active"])
    organization = make_organization()
    owner = make_member(organization, role=Membership.Role.OWNER)
    shared = make_feed(owner=organization, by=owner, at=clock.now())
    Organization.objects.filter(pk=organization.pk).update(status=Organization.Status.SUSPENDED)

    assert client.get(f"/cal/{feed.secret}.ics").status_code == 404
    assert client.get(f"/cal/{shared.secret}.ics").status_code == 404


@pytest.mark.django_db
def test_a_flood_from_one_address_is_told_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_A_MINUTE", 3)
    answers = [client.get("/cal/NOTHING.ics").status_code for _ in range(5)]

    assert answers == [404, 404, 404, 429, 429]
    assert client.get("/cal/NOTHING.ics")["Retry-After"] == "60"
    assert client.get("/cal/NOTHING.ics", REMOTE_ADDR="10.9.8.7").status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_makes_shows_and_revokes_the_address(
    client: Client, volunteer: Volunteer, language: str
) -> None:
    client.force_login(volunteer.user)
    page = f"/{language}/me/calendar/"
    check_page(client.get(page))

    assert client.post(page, {"act": "make"}).status_code == 303
    feed = CalendarFeed.objects.live().get(volunteer=volunteer)
    shown = check_page(client.get(page))
    assert f"http://testserver/cal/{feed.secret}.ics" in shown.html
    assert f"webcal://testserver/cal/{feed.secret}.ics" in shown.html
    assert client.post(page, {"act": "revoke"}).status_code == 303
    assert client.post(page, {"act": "revoke"}).status_code == 409


@pytest.mark.django_db
def test_only_organizers_share_the_calendar_of_an_organization(client: Client) -> None:
    organization = make_organization()
    owner = make_member(organization, role=Membership.Role.OWNER)
    desk = make_member(organization, role=Membership.Role.DESK)
    page = f"/en/org/{organization.code}/calendar/"

    sign_in(client, desk)
    assert client.post(page, {"act": "make"}).status_code == 403
    client.force_login(make_user())
    assert client.post(page, {"act": "make"}).status_code == 404
    sign_in(client, owner)
    assert client.post(page, {"act": "make"}).status_code == 303
    assert CalendarFeed.objects.live().filter(organization=organization).count() == 1


def test_one_shift_is_added_by_its_page_and_by_ones_seat(client: Client, volunteer: Volunteer) -> None:
    shift = make_shift(address="12 Willow Lane")
    seat = make_assignment(shift, volunteer)
    client.force_login(volunteer.user)

    for address in (f"/en/needs/{shift.code}/shift.ics", f"/en/me/seats/{seat.code}/shift.ics"):
        text = client.get(address).content
        [event] = Calendar.from_ical(text).walk("VEVENT")
        assert event.decoded("dtstart") == shift.starts_at
        assert event["status"] == str(Standing.CONFIRMED)
        assert Calendar.from_ical(text).walk("VALARM")
        assert b"Willow" not in text
        assert seat.code.encode() not in text
