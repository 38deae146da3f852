"""Every page of an organization opens for those who may, and for nobody else."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from core import clock
from organizations import actions
from tasks.actions.series import start_series
from tasks.actions.shifts import RoleWanted
from tasks.models import CheckIn, Incident
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, make_task, tomorrow_at
from tests.factories.volunteers import make_volunteer
from web.organization.views import incidents as incident_pages

pytestmark = pytest.mark.django_db

LEADERS = ("owner", "organizer")
EVERYBODY = ("owner", "organizer", "desk")


class Place:
    """An organization with a shift, somebody in it who has been there, a call that waits and an incident."""

    def __init__(self):
        at = clock.now()
        self.organization = make_organization()
        self.code = self.organization.code
        self.owner = make_member(self.organization, "owner")
        self.shift = make_shift(organization=self.organization, starts_at=tomorrow_at(9, days=-1), seats=6)
        self.seat = make_assignment(self.shift, make_volunteer())
        CheckIn.objects.create(
            assignment=self.seat,
            kind="in",
            method="desk",
            at=self.shift.starts_at,
            recorded_at=at,
            nonce="11111111-1111-4111-8111-111111111111",
        )
        self.ahead = make_shift(task=self.shift.task, organization=self.organization)
        self.held = make_assignment(self.ahead)
        self.call = make_task(area=self.organization.home_area)
        self.incident = Incident.objects.create(
            shift=self.shift, kind="other", text="A broken chair.", reported_at=at, reported_by=self.owner
        )
        self.desk = make_member(self.organization, "desk")
        day = timezone.localdate(at) + timedelta(days=3)
        self.series = start_series(
            task=self.shift.task,
            organization=self.organization,
            rule="FREQ=DAILY",
            starts_on=day,
            ends_on=day,
            starts=time(7),
            minutes=120,
            roles=[RoleWanted(seats_min=1, seats=2)],
            by=self.owner,
            at=at,
        )

    def address(self, name):
        extra = {
            "call": [self.call.code],
            "leave": [self.shift.task.code],
            "post_shifts": [self.shift.task.code],
            "edit_shift": [self.ahead.code],
            "cancel_shift": [self.ahead.code],
            "share": [self.ahead.code],
            "badges": [self.ahead.code],
            "task_poster": [self.shift.task.code],
            "series": [self.series.code],
            "end_series": [self.series.code],
            "roster": [self.ahead.code],
            "call_list": [self.ahead.code],
            "add_person": [self.ahead.code],
            "remove": [self.ahead.code, self.held.code],
            "report_incident": [self.shift.code],
            "desk": [self.shift.code],
            "walk_in": [self.shift.code],
            "paper": [self.shift.code],
            "departure": [self.seat.code],
            "role": [self.desk.code],
            "end": [self.desk.code],
            "handle_incident": [self.incident.code],
        }
        address = reverse(f"organization:{name}", args=[self.code, *extra.get(name, [])])
        return f"{address}?shift={self.ahead.code}" if name.startswith("schedule_") else address


PAGES = {
    "board": EVERYBODY,
    "profile": LEADERS,
    "calls": LEADERS,
    "new_call": LEADERS,
    "call": LEADERS,
    "leave": LEADERS,
    "post_shifts": LEADERS,
    "rosters": EVERYBODY,
    "edit_shift": LEADERS,
    "cancel_shift": LEADERS,
    "share": EVERYBODY,
    "badges": EVERYBODY,
    "task_poster": EVERYBODY,
    "schedule": EVERYBODY,
    "schedule_change": LEADERS,
    "schedule_copy": LEADERS,
    "schedule_cancel": LEADERS,
    "all_series": LEADERS,
    "series": LEADERS,
    "end_series": LEADERS,
    "roster": EVERYBODY,
    "call_list": EVERYBODY,
    "add_person": LEADERS,
    "remove": LEADERS,
    "report_incident": EVERYBODY,
    "desks": EVERYBODY,
    "desk": EVERYBODY,
    "walk_in": EVERYBODY,
    "paper": EVERYBODY,
    "hours": LEADERS,
    "departure": LEADERS,
    "team": EVERYBODY,
    "role": LEADERS,
    "end": LEADERS,
    "incidents": LEADERS,
    "handle_incident": LEADERS,
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_those_who_may(client, page):
    place = Place()

    for role in EVERYBODY:
        response = sign_in(client, make_member(place.organization, role)).get(place.address(page))
        assert response.status_code == (200 if role in PAGES[page] else 403), role


@pytest.mark.parametrize("page", PAGES)
def test_strangers_find_nothing_and_visitors_are_asked_to_sign_in(client, page):
    place = Place()

    assert client.get(place.address(page)).status_code == 302
    assert sign_in(client, make_user()).get(place.address(page)).status_code == 404
    colleague_elsewhere = make_member(make_organization(), "owner")
    assert sign_in(client, colleague_elsewhere).get(place.address(page)).status_code == 404


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"board", "profile", "team", "role", "end"}))
def test_a_suspended_organization_has_no_working_pages(client, page):
    place = Place()
    place.organization.status = "suspended"
    place.organization.save()

    response = sign_in(client, place.owner).get(place.address(page))

    assert response.status_code == 404


@pytest.mark.parametrize(("language", "tag"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_every_page_opens_in_both_languages(client, language, tag):
    place = Place()
    sign_in(client, place.owner)

    for page in PAGES:
        with translation.override(language):
            response = client.get(place.address(page))
        assert response.status_code == 200, page
        assert f'lang="{tag}"' in response.content.decode()


def test_an_organization_that_waits_sees_where_it_stands(client):
    organization = make_organization(status="pending")

    page = sign_in(client, make_member(organization, "owner")).get(
        reverse("organization:board", args=[organization.code])
    )

    assert organization.home_area.name in page.content.decode()


def test_a_declined_organization_reads_the_reason_and_can_ask_again(client):
    organization = make_organization(status="declined")
    owner = make_member(organization, "owner")
    at = clock.now()
    organization.verifications.create(
        requested_at=at,
        evidence="A letter.",
        decision="declined",
        decided_at=at,
        decided_by=make_user(),
        reason="No address.",
    )
    sign_in(client, owner)

    assert (
        "No address." in client.get(reverse("organization:board", args=[organization.code])).content.decode()
    )
    response = client.post(
        reverse("organization:again", args=[organization.code]), {"evidence": "A letter with the address."}
    )

    organization.refresh_from_db()
    assert response.status_code == 303
    assert organization.status == "pending"


def test_an_invitation_is_taken_up(client):
    organization = make_organization()
    invitation = actions.invite_member(
        organization=organization,
        contact="13800000044",
        role="desk",
        by=make_member(organization, "owner"),
        at=clock.now(),
    )
    person = make_user()
    address = reverse("organization:invitation", args=[invitation.code])
    sign_in(client, person)

    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 303
    assert client.get(address).url.endswith("/me/second-factor/")
    assert organization.memberships.live().filter(user=person, role="desk").exists()


def test_a_list_that_is_longer_than_a_page_goes_on_to_the_next(client, monkeypatch):
    monkeypatch.setattr(incident_pages, "PAGE", 1)
    place = Place()
    Incident.objects.create(
        shift=place.shift,
        kind="other",
        text="A wet floor.",
        reported_at=clock.now(),
        reported_by=place.owner,
        is_urgent=True,
    )
    browser = sign_in(client, place.owner)
    here = reverse("organization:incidents", args=[place.code])

    first, second = browser.get(here).context, browser.get(here, {"page": "2"}).context

    assert [row.is_urgent for row in (*first["rows"], *second["rows"])] == [True, False]
    assert (first["previous_url"], first["next_url"]) == ("", "?page=2")
    assert (second["previous_url"], second["next_url"]) == ("?page=1", "")


def test_a_call_begins_with_whom_people_asked_for_the_last_time(client):
    place = Place()
    make_task(
        area=place.organization.home_area,
        issuer=place.organization,
        contact_name="Wei Lan",
        contact_phone="+8613800000055",
        guarantees="Hot tea.",
    )

    page = sign_in(client, place.owner).get(reverse("organization:new_call", args=[place.code]))

    form = page.context["form"]
    found = [form[name].value() for name in ("contact_name", "contact_phone", "guarantees")]
    assert found == ["Wei Lan", "+8613800000055", "Hot tea."]
