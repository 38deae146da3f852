"""No page reads more as its lists grow, and none reads more than twelve times."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import clock
from tasks.actions.series import start_series
from tasks.actions.shifts import RoleWanted
from tasks.models import CheckIn, Incident
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, make_task, tomorrow_at

pytestmark = pytest.mark.django_db

MOST = {
    "board": 12,
    "calls": 12,
    "call": 12,
    "post": 12,
    "rosters": 12,
    "roster": 12,
    "schedule": 12,
    "schedule_change": 12,
    "schedule_copy": 12,
    "schedule_cancel": 12,
    "badges": 12,
    "task_poster": 12,
    "all_series": 12,
    "series": 12,
    "call_list": 12,
    "desks": 12,
    "desk": 12,
    "paper": 12,
    "hours": 12,
    "team": 12,
    "incidents": 12,
    "cancel_shift": 12,
    "edit_shift": 12,
    "post_shifts": 12,
    "new_call": 12,
    "profile": 12,
}


def grow(organization, owner, times):
    """`times` of everything that a list shows."""
    area = organization.home_area
    at = clock.now()
    for _ in range(times):
        make_task(area=area)
        make_member(organization)
        organization.invitations.create(
            code=uuid4().hex[:24],
            contact="a@example.org",
            role="desk",
            invited_by=owner,
            invited_at=at,
            expires_at=at + timedelta(days=14),
        )
        running = make_shift(organization=organization, starts_at=at - timedelta(hours=1))
        past = make_shift(organization=organization, starts_at=tomorrow_at(8, days=-2))
        for shift in (running, past):
            seat = make_assignment(shift)
            for kind, hours in (("in", 0), ("out", 2)):
                CheckIn.objects.create(
                    assignment=seat,
                    kind=kind,
                    method="desk",
                    at=shift.starts_at + timedelta(hours=hours),
                    recorded_at=at,
                    recorded_by=owner,
                    nonce=uuid4(),
                )
            Incident.objects.create(
                shift=shift, kind="other", text="A chair.", reported_at=at, reported_by=owner
            )


def grow_series(organization, task, owner, hour):
    day = timezone.localdate(clock.now()) + timedelta(days=2)
    return start_series(
        task=task,
        organization=organization,
        rule="FREQ=DAILY",
        starts_on=day,
        ends_on=day + timedelta(days=3),
        starts=time(hour),
        minutes=60,
        roles=[RoleWanted(seats_min=1, seats=2)],
        by=owner,
        at=clock.now(),
    )


@pytest.mark.parametrize("page", MOST)
def test_a_page_reads_no_more_with_three_rows_than_with_one(client, page):
    organization = make_organization()
    owner = make_member(organization, "owner")
    sign_in(client, owner)
    grow(organization, owner, 1)
    shift = make_shift(organization=organization)
    make_assignment(shift)
    with_shift = ("roster", "call_list", "desk", "paper", "cancel_shift", "edit_shift", "badges")
    extra = [shift.code] if page in with_shift else []
    if page in ("call", "post_shifts", "task_poster"):
        extra = [shift.task.code]
    if page == "series":
        extra = [grow_series(organization, shift.task, owner, 1).code]
    address = reverse(f"organization:{page}", args=[organization.code, *extra])
    if page == "board":
        address += f"?shift={shift.code}"
    if page.startswith("schedule_"):
        address += f"?week={timezone.localdate(shift.starts_at):%Y-%m-%d}"
    if page == "call_list":
        client.post(address, {"purpose": "missing"})
        client.get(address)
    counts = []
    for more in (0, 2):
        grow(organization, owner, more)
        for number in range(more):
            make_assignment(shift)
            make_shift(
                task=shift.task, organization=organization, starts_at=shift.starts_at, place=f"Gate {number}"
            )
            if page in ("series", "all_series"):
                grow_series(organization, shift.task, owner, number + 2)
        if page == "call_list":
            client.get(address)
        with CaptureQueriesContext(connection) as seen:
            response = client.get(address)
        assert response.status_code in (200, 303)
        counts.append([query["sql"][:150] for query in seen.captured_queries])

    assert len(counts[0]) == len(counts[1]), "\n".join(counts[1])
    assert len(counts[0]) <= MOST[page], "\n".join(counts[0])
