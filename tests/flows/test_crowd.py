"""A crowd at the door: seats are never over, nobody is in two places, and every refusal is one."""

import os
import random
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client as PageClient
from django.test.utils import CaptureQueriesContext

from core import clock
from tasks.models import Assignment, Shift, ShiftRole
from tests.factories.tasks import make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.flows.crowd import Client, at_once, close_all, make_crowd
from tests.plugin.database import LiveDatabase
from tests.plugin.processes import RunWeb

TAKEN, REFUSED = 303, 409
# A gate runs a share; CROWD_SHIFTS=10 runs the whole.
SHIFTS = int(os.environ.get("CROWD_SHIFTS", "3"))
ADVANCE = timedelta(days=2)


def counted() -> dict[int, tuple[int, int]]:
    """Seats by the counter and seats by those who hold one, for each shift."""
    held = dict(Assignment.objects.live().values("shift").annotate(n=Sum("seats")).values_list("shift", "n"))
    roles = ShiftRole.objects.values_list("shift", "seats_taken")
    return {shift: (taken, held.get(shift, 0)) for shift, taken in roles}


def overlaps() -> int:
    """Pairs of live seats of one volunteer at one time, counted without the constraint that forbids them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM tasks_assignment a JOIN tasks_assignment b ON a.volunteer_id = b.volunteer_id "
            "AND a.id < b.id AND a.period && b.period WHERE a.status = 'active' AND b.status = 'active'"
        )
        found: int = cursor.fetchone()[0]
    return found


def test_sixty_volunteers_at_once_fill_ten_seats_exactly(run_web: RunWeb) -> None:
    shifts = [make_shift(seats=10, starts_at=clock.now() + ADVANCE) for _ in range(SHIFTS)]
    crowd = make_crowd(60 * SHIFTS)
    url = run_web(workers=2, threads=8)
    answers: Counter[int] = Counter()

    def take(turn: tuple[Client, Shift]) -> None:
        client, shift = turn
        status, _ = client.sign_up(url, shift.code)
        answers[status] += 1

    # All sixty of a shift one after the other in the queue: twenty-four of them are at the same seats at once.
    at_once([(client, shifts[i // 60]) for i, client in enumerate(crowd)], take)
    close_all(crowd)

    assert answers == {TAKEN: 10 * SHIFTS, REFUSED: 50 * SHIFTS}
    assert set(counted().values()) == {(10, 10)}


def test_seats_stay_counted_while_some_step_back(run_web: RunWeb) -> None:
    shifts = [make_shift(seats=5, starts_at=clock.now() + ADVANCE) for _ in range(4)]
    crowd = make_crowd(96)
    url = run_web(workers=2, threads=8)
    answers: Counter[int] = Counter()

    def come_and_go(turn: tuple[int, Client]) -> None:
        number, client = turn
        shift = shifts[number % len(shifts)]
        for _ in range(2):
            status, location = client.sign_up(url, shift.code)
            answers[status] += 1
            if status == TAKEN and number % 3:
                back, _ = client.step_back(url, location.split("/seats/")[1].split("/")[0])
                answers[back] += 1

    at_once(list(enumerate(crowd)), come_and_go)
    for taken, held in counted().values():
        assert taken == held <= 5
    # Thirty-two of them want to stay: once the others are gone, nobody is refused while a seat is free.
    for number, client in enumerate(crowd):
        if number % 3 == 0:
            answers[client.sign_up(url, shifts[number % len(shifts)].code)[0]] += 1
    close_all(crowd)

    assert set(answers) <= {TAKEN, REFUSED}
    assert set(counted().values()) == {(5, 5)}


def test_nobody_is_in_two_places_at_once(run_web: RunWeb) -> None:
    choose = random.Random(7204)
    base = tomorrow_at(6, days=2)
    shifts = [
        make_shift(
            seats=100, starts_at=base + timedelta(hours=choose.uniform(0, 30)), hours=choose.uniform(1, 6)
        )
        for _ in range(24)
    ]
    people = make_crowd(6)
    # Several devices of one person, each with a connection of its own.
    devices = [Client(person.volunteer, person.session_key) for person in people for _ in range(4)]
    url = run_web(workers=2, threads=8)
    answers: Counter[int] = Counter()

    def grab(turn: tuple[Client, list[Shift]]) -> None:
        client, wanted = turn
        for shift in wanted:
            status, _ = client.sign_up(url, shift.code)
            answers[status] += 1

    at_once([(device, choose.sample(shifts, 8)) for device in devices], grab, threads=len(devices))
    close_all(devices)

    assert set(answers) == {TAKEN, REFUSED}
    assert overlaps() == 0
    assert all(taken == held for taken, held in counted().values())


def test_reading_first_and_writing_then_would_overfill(live_db: LiveDatabase) -> None:
    """The control: what the conditional update is for."""
    shift = make_shift(seats=10)
    role = role_of(shift)
    people = [make_volunteer() for _ in range(20)]
    all_have_read = threading.Barrier(len(people))

    def check_then_insert(number: int) -> None:
        link = psycopg2.connect(live_db.url)
        try:
            with link, link.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM tasks_assignment WHERE role_id = %s AND status = 'active'",
                    [role.pk],
                )
                free = role.seats - cursor.fetchone()[0]
                all_have_read.wait()
                if free > 0:
                    cursor.execute(
                        "INSERT INTO tasks_assignment (code, role_id, shift_id, volunteer_id, status, seats, "
                        "spoken_code, created_at, override_reason, end_reason) "
                        "VALUES (%s, %s, %s, %s, 'active', 1, '0000', now(), '', '')",
                        [f"control{number}", role.pk, shift.pk, people[number].pk],
                    )
        finally:
            link.close()

    at_once(range(len(people)), check_then_insert, threads=len(people))

    assert Assignment.objects.live().filter(role=role).count() == 20 > role.seats


@pytest.mark.django_db
def test_a_sign_up_by_its_page_takes_four_statements_after_authentication(client: PageClient) -> None:
    [person] = make_crowd(1)
    shift = make_shift()
    client.cookies["sessionid"] = person.session_key

    with CaptureQueriesContext(connection) as captured:
        answer: Any = client.post(f"/zh-hans/me/needs/{shift.code}/sign-up/", {"part": "1"})

    assert answer.status_code == TAKEN
    words = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    seen = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(words)]
    tables = [sql.split('"')[1] if '"' in sql else sql for sql in seen[:2]]
    assert tables == ["django_session", "accounts_user"]
    assert len(seen) == 2 + 4, seen
