"""How PostgreSQL reads what is asked most: by its indexes, whatever has gathered in the tables.

The rows are plain: enough of them that a whole table would cost more than the way through an index.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate
from pytest_django import DjangoDbBlocker

from areas.models import Area
from core import clock
from insights.actions import refresh
from insights.queries import overview
from notifications.models import Message
from notifications.queries import inbox_of
from organizations.models import Organization
from tasks.models import Shift, ShiftRole, Task
from tasks.queries import (
    board,
    claims,
    finding,
    hours,
    needs,
    own,
    reminders,
    roster,
    seats,
    shortage,
    warnings,
)
from tests.factories.areas import small_tree
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_task
from tests.factories.volunteers import make_capability
from tests.plugin.database import admin, connected_to
from volunteers.models import Volunteer
from volunteers.queries import claims_waiting, volunteer_of

LARGE = {
    "accounts_consent",
    "accounts_user",
    "core_auditrecord",
    "notifications_message",
    "tasks_assignment",
    "tasks_checkin",
    "tasks_servicerecord",
    "tasks_shift",
    "tasks_shiftrole",
    "tasks_task",
    "volunteers_volunteer",
    "volunteers_volunteercapability",
}
PEOPLE, SHIFTS, OPEN, SEATS = 6_000, 6_000, 150, 24_000

ROWS = """
INSERT INTO accounts_user (code, name, password, phone, email, language, contact_by, is_active, is_staff, is_superuser,
  joined_at)
SELECT 'P' || lpad(n::text, 11, '0'), 'Person ' || n, '!', '+86100' || lpad(n::text, 8, '0'), '', 'zh-hans', 'sms',
  true, false, false, %(at)s FROM generate_series(1, %(people)s) n;
INSERT INTO volunteers_volunteer (user_id, number, area_id, county_id, longitude, latitude, reach_km, max_hours_week,
  sex, takes_assignments, offers_a_day, guardian_name, guardian_phone, joined_at)
SELECT u.id, lpad((10000000 + u.id)::text, 8, '0'), area.id, area.county_id, 119 + random() * 2, 29 + random() * 2, 5,
  20, '', false, 2, '', '', %(at)s
FROM accounts_user u JOIN areas_area area ON area.id = (
  SELECT id FROM areas_area WHERE level = 4 ORDER BY id OFFSET u.id %% 8 LIMIT 1
) WHERE u.code LIKE 'P0%%';
INSERT INTO accounts_consent (user_id, purpose, version, decision, at)
SELECT id, purpose, '1', 'granted', %(at)s FROM accounts_user, unnest(ARRAY['terms', 'messages']) purpose;
INSERT INTO volunteers_volunteercapability (volunteer_id, capability_id, evidence, decline_reason, claimed_at,
  confirmed_at, confirmed_by_id)
SELECT v.id, c.id, 'No. 1', '', %(at)s, CASE WHEN v.id %% 200 > 0 THEN %(at)s::timestamptz END,
  CASE WHEN v.id %% 200 > 0 THEN v.user_id END
FROM volunteers_volunteer v, volunteers_capability c;
INSERT INTO tasks_shift (code, task_id, organization_id, area_id, county_id, starts_at, ends_at, status, place,
  longitude, latitude, address, private_details, contact_name, contact_phone, bring, release_notice_minutes, site_code,
  version, created_at, cancel_reason)
SELECT 'S' || lpad(n::text, 7, '0'), t.id, t.issuer_id, t.area_id, t.county_id, start, start + interval '3 hours',
  'open', 'Gate', 119 + random() * 2, 29 + random() * 2, '', '', '', '', '', 120, lpad(n::text, 7, '0'), 1, %(at)s, ''
FROM generate_series(1, %(shifts)s) n
CROSS JOIN LATERAL (
  SELECT CASE WHEN n <= %(open)s THEN %(at)s::timestamptz + n * interval '1 hour'
    ELSE %(at)s::timestamptz - n * interval '4 hours' END AS start
) times
JOIN tasks_task t ON t.id = (SELECT id FROM tasks_task ORDER BY id OFFSET n %% 40 LIMIT 1);
INSERT INTO tasks_task SELECT (jsonb_populate_record(NULL::tasks_task, to_jsonb(t) || jsonb_build_object(
  'id', nextval(pg_get_serial_sequence('tasks_task', 'id')), 'code', 'T' || lpad(n::text, 7, '0'), 'status', 'closed',
  'title', CASE WHEN n %% 1000 = 0 THEN '口罩分发' ELSE '社区巡逻' END, 'ended_at', %(at)s::timestamptz))).*
FROM generate_series(1, %(shifts)s) n, (SELECT * FROM tasks_task ORDER BY id LIMIT 1) t;
INSERT INTO tasks_shiftrole (shift_id, name, seats_min, seats, seats_taken, seats_held, min_age, version)
SELECT id, '', 5, 20, 0, 0, 0, 1 FROM tasks_shift;
INSERT INTO tasks_assignment (code, role_id, shift_id, volunteer_id, county_id, status, seats, period, spoken_code,
  created_at, override_reason, end_reason)
SELECT 'A' || lpad(n::text, 11, '0'), r.id, s.id, v.id, s.county_id, 'active', 1, tstzrange(s.starts_at, s.ends_at),
  '1234', s.starts_at - interval '1 day', '', ''
FROM generate_series(1, %(seats)s) n
JOIN tasks_shift s ON s.code = 'S' || lpad((1 + n %% %(shifts)s)::text, 7, '0')
JOIN tasks_shiftrole r ON r.shift_id = s.id
JOIN volunteers_volunteer v ON v.number = lpad((
  10000000 + %(first_user)s + (n * 7 + n / %(shifts)s) %% %(people)s
)::text, 8, '0');
UPDATE tasks_shiftrole r SET seats_taken = held.count
FROM (SELECT role_id, count(*) FROM tasks_assignment GROUP BY role_id) held WHERE held.role_id = r.id;
INSERT INTO tasks_checkin (assignment_id, kind, at, method, nonce, recorded_at)
SELECT a.id, kind, lower(a.period), 'scan', gen_random_uuid(), lower(a.period)
FROM tasks_assignment a, unnest(ARRAY['in', 'out']) kind WHERE upper(a.period) < %(at)s;
INSERT INTO tasks_servicerecord (code, assignment_id, volunteer_id, organization_id, task_id, county_id, served_on,
  starts_at, ends_at, minutes, confirmed_at, confirmed_by_id)
SELECT 'R' || substr(a.code, 2), a.id, a.volunteer_id, s.organization_id, s.task_id, a.county_id, s.starts_at::date,
  s.starts_at, s.ends_at, 180, s.ends_at, v.user_id
FROM tasks_assignment a JOIN tasks_shift s ON s.id = a.shift_id JOIN volunteers_volunteer v ON v.id = a.volunteer_id
WHERE s.ends_at < %(at)s::timestamptz - interval '2 days';
INSERT INTO notifications_message (code, event, kind, recipient_id, channel, address, language, context, created_at,
  status, outcome, attempt_count, provider_reference, next_try_at, ended_at)
SELECT 'M' || lpad(u.id::text, 10, '0') || n, 'e' || n || '-' || u.id, 'hours_confirmed', u.id, 'inbox', '', 'zh-hans',
  '{}', %(at)s, CASE WHEN u.id %% 500 = 0 THEN 'queued' ELSE 'sent' END, '', 1, '', %(at)s,
  CASE WHEN u.id %% 500 > 0 THEN %(at)s::timestamptz END
FROM accounts_user u, generate_series(1, 3) n;
ANALYZE;
"""


class World:
    """Who asks: one volunteer, one organization, one shift, in a province where much has happened."""

    def __init__(self) -> None:
        self.at: datetime = clock.now()
        tree = small_tree()
        self.province: Area = tree.province
        self.counties = tree.counties
        organizations = [make_organization(home_area=tree.counties[n % 4]) for n in range(40)]
        for organization in organizations:
            make_task(area=tree.townships[organization.pk % 8], issuer=organization, adopted_by=organization)
        make_capability(kind="qualification")
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('accounts_user', 'id'))")
            numbers = {"people": PEOPLE, "shifts": SHIFTS, "open": OPEN, "seats": SEATS}
            cursor.execute(ROWS, {"at": self.at, "first_user": cursor.fetchone()[0] + 1, **numbers})
        refresh(at=self.at)
        self.volunteer: Volunteer = Volunteer.objects.select_related("user", "area").order_by("pk")[100]
        self.open_shift = Shift.objects.order_by("starts_at").filter(starts_at__gt=self.at)[0]
        self.role = ShiftRole.objects.get(shift=self.open_shift)
        self.organization = Organization.objects.get(pk=self.open_shift.organization_id)
        self.point = (self.volunteer.longitude or 0.0, self.volunteer.latitude or 0.0)


@pytest.fixture(scope="module")
def world(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """A database of this module's own: its rows are made once."""
    name = f"plans_{uuid4().hex[:12]}"
    admin(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"')
    try:
        with django_db_blocker.unblock(), connected_to(name):
            yield World()
    finally:
        admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def nodes_of(statement: str) -> Iterator[dict[str, Any]]:
    """Every step of a statement's plan that was really taken."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        [[found]] = cursor.fetchall()
    waiting = [plan["Plan"] for plan in (json.loads(found) if isinstance(found, str) else found)]
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", [])
        if node.get("Actual Loops"):
            yield node


def read(ask: Callable[[], Any]) -> tuple[set[str], set[str]]:
    """The large tables that a read goes through from end to end, and the indexes that it uses."""
    whole, indexes = set(), set()
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
        if isinstance(answer, Iterable):
            list(answer)
    statements = [query["sql"] for query in captured.captured_queries]
    assert statements
    for statement in statements:
        if not statement.lstrip().upper().startswith(("SELECT", "WITH", "(SELECT", "EXECUTE")):
            continue
        for node in nodes_of(statement):
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE:
                whole.add(node["Relation Name"])
            if "Index Name" in node:
                indexes.add(node["Index Name"])
    return whole, indexes


# What a read is made of, and the indexes without which it would be another; where two serve alike, none is named.
READS: dict[str, tuple[Callable[[World], Any], set[str]]] = {
    "the list of needs": (
        lambda w: needs.open_shifts(w.at).order_by("starts_at", "pk")[:20],
        {"shift_open"},
    ),
    "needs by two characters": (
        lambda w: needs.narrowed(needs.open_shifts(w.at), needs.NeedsWanted(words="口罩"), w.at)[:20],
        {"shift_by_words"},
    ),
    "calls by two characters": (
        lambda w: Task.objects.holding("口罩").order_by("-pk")[:20],
        {"task_by_words"},
    ),
    "how many needs there are": (lambda w: needs.open_shifts(w.at).count(), {"shift_open"}),
    "the most urgent shifts": (lambda w: needs.most_urgent(w.at, limit=40), {"shift_open"}),
    "what else is near": (
        lambda w: needs.nearest_short(w.at, near=w.volunteer.area, point=w.point, limit=2),
        {"shift_open"},
    ),
    "whom to remind": (lambda w: reminders.due_reminders(at=w.at, limit=500), {"shift_open"}),
    "which shifts run short": (lambda w: warnings.due_warnings(at=w.at), set()),
    "work not begun": (lambda w: list(claims.claims_waiting(w.at)), set()),
    "hands missing now": (lambda w: shortage.short_now(w.at), {"shift_open"}),
    "one shift": (lambda w: needs.shift_with_seats(w.open_shift.code, w.volunteer), set()),
    "what fits a volunteer": (
        lambda w: finding.find_work(w.volunteer, finding.WorkWanted(), w.at),
        {"shift_open"},
    ),
    "what a sign-up reads": (
        lambda w: seats.for_sign_up(role=w.role, user_id=w.volunteer.user_id, at=w.at),
        {"tasks_shiftrole_pkey", "volunteers_volunteer_user_id_key", "consent_last_word"},
    ),
    "the coming seats": (lambda w: own.coming_seats(w.volunteer, w.at), set()),
    "seats of the past": (lambda w: own.earlier_seats(w.volunteer, w.at)[:30], set()),
    "hours that wait": (lambda w: own.unconfirmed(w.volunteer), set()),
    "confirmed hours": (lambda w: hours.records_of(w.volunteer)[:30], set()),
    "days served": (lambda w: hours.served_by(w.volunteer), {"record_by_volunteer"}),
    "the profile": (lambda w: volunteer_of(w.volunteer.user), {"volunteers_volunteer_user_id_key"}),
    "the board": (
        lambda w: board.shifts_ahead(w.organization, w.at, until=w.at + timedelta(days=3)),
        set(),
    ),
    "hours to confirm": (lambda w: roster.hours_rows(w.organization.pk, at=w.at), set()),
    "the roster": (lambda w: roster.roster_of(w.open_shift, at=w.at), set()),
    "papers that wait": (lambda w: claims_waiting(w.province)[:25], {"claims_waiting_since"}),
    "how many papers wait": (lambda w: claims_waiting(w.province).count(), {"claims_waiting_since"}),
    "the messages of a person": (
        lambda w: inbox_of(w.volunteer.user)[:20],
        set(),
    ),
    "messages to send": (lambda w: Message.objects.due(at=w.at).order_by("next_try_at")[:100], set()),
    "an official's overview": (
        lambda w: overview(
            w.province,
            w.counties,
            span=(localdate(w.at) - timedelta(days=28), localdate(w.at)),
            chosen=(localdate(w.at), localdate(w.at)),
            at=w.at,
        ),
        {"shift_open"},
    ),
}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_often_goes_through_no_large_table(world: World, name: str) -> None:
    ask, wanted = READS[name]

    whole, indexes = read(lambda: ask(world))

    assert whole == set()
    assert wanted <= indexes


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("the list of needs", "shift_open"),
        ("needs by two characters", "shift_by_words"),
        ("calls by two characters", "task_by_words"),
        ("papers that wait", "claims_waiting_since"),
    ],
)
def test_a_lost_index_is_noticed(world: World, name: str, index: str) -> None:
    ask, wanted = READS[name]

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX {index}")
        whole, indexes = read(lambda: ask(world))
        transaction.set_rollback(True)

    assert whole or not wanted <= indexes
