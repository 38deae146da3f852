"""Requests that are sent again: duplicated, reordered, at once, and after a reply was lost. One effect each."""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.models import AuditRecord, RequestKey
from core.request_keys import Answer, Asked
from notifications.models import Message
from tasks.models import Assignment, CheckIn, Incident
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, role_of, tomorrow_at
from tests.factories.tokens import Program, make_token
from tests.factories.volunteers import make_volunteer
from tests.plugin.database import LiveDatabase
from tests.plugin.processes import RunProcess, wait_until

TWINS = 6


@pytest.fixture
def pool(live_db: LiveDatabase) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(TWINS) as made:
        yield made


def at_once(pool: ThreadPoolExecutor, ask: Callable[[], Any]) -> list[Any]:
    """The same request by several connections at the same moment."""
    barrier = Barrier(TWINS)

    def one() -> Any:
        try:
            barrier.wait()
            return ask()
        finally:
            connection.close()

    return [asked.result() for asked in [pool.submit(one) for _ in range(TWINS)]]


def forget_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: the row of each answer has a key that nobody sent."""

    def row(asked: Asked, answer: Answer) -> RequestKey:
        return RequestKey(
            actor_id=asked.actor_id, key=os.urandom(8).hex(), body_hash=asked.fingerprint,
            status=answer.status, answer=answer.body, at=asked.at,
        )  # fmt: skip

    monkeypatch.setattr(Asked, "row", row)


def sign_up_at_once(pool: ThreadPoolExecutor) -> list[Any]:
    shift, volunteer = make_shift(), make_volunteer()
    token = make_token(volunteer.user)
    path = f"/api/v1/shifts/{shift.code}/sign-up/"
    answers = at_once(pool, lambda: Program(token=token).post(path, {"seats": 2}, key="one"))
    assert role_of(shift).seats_taken == 2
    return answers


def test_a_sign_up_sent_many_times_at_once_is_one_seat_and_one_answer(pool: ThreadPoolExecutor) -> None:
    answers = sign_up_at_once(pool)

    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert (Assignment.objects.count(), RequestKey.objects.count()) == (1, 1)
    assert AuditRecord.objects.filter(verb="seat.taken").count() == 1
    assert Message.objects.values("event", "channel").distinct().count() == Message.objects.count()


def test_without_keys_the_others_are_refused(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_keys(monkeypatch)

    answers = sign_up_at_once(pool)

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (TWINS - 1)


def report_at_once(pool: ThreadPoolExecutor) -> list[Any]:
    """A form of which nothing else keeps two apart."""
    seat = make_assignment()
    browser = sign_in(Client(), seat.volunteer.user)
    path = reverse("volunteer:incident", args=[seat.code])
    said = {"kind": "other", "text": "A fence fell.", "request_key": "form-1"}

    def ask() -> Any:
        client = Client()
        client.cookies = browser.cookies
        return client.post(path, said)

    return at_once(pool, ask)


def test_a_form_sent_many_times_at_once_is_one_report_and_leads_to_one_page(pool: ThreadPoolExecutor) -> None:
    answers = report_at_once(pool)

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Incident.objects.count() == 1


def test_without_keys_there_are_as_many_reports_as_clicks(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_keys(monkeypatch)

    report_at_once(pool)

    assert Incident.objects.count() == TWINS


def test_requests_in_any_order_and_any_number_have_one_effect_each(live_db: LiveDatabase) -> None:
    """What a bad line does: each request arrives several times, late ones after newer ones."""
    volunteer = make_volunteer()
    program = Program(volunteer.user)
    shifts = [make_shift(starts_at=tomorrow_at(9, days=day)) for day in (1, 3, 5)]
    sent = [(f"/api/v1/shifts/{shift.code}/sign-up/", f"take-{n}") for n, shift in enumerate(shifts)]
    first = [program.post(path, key=key).json() for path, key in sent]
    given_back = (f"/api/v1/assignments/{first[0]['id']}/release/", "give-0")
    program.post(given_back[0], key=given_back[1])
    again = [*enumerate(sent), (3, given_back)] * 4
    Random(7).shuffle(again)

    for number, (path, key) in again:
        answer = program.post(path, key=key)
        if number < len(first):
            assert (answer.status_code, answer.json()) == (201, first[number])
        else:
            assert (answer.status_code, answer.json()["status"]) == (200, "released")

    assert [role_of(shift).seats_taken for shift in shifts] == [0, 1, 1]
    assert Assignment.objects.count() == 3
    assert RequestKey.objects.count() == 4


@pytest.mark.parametrize("what", ["sign-up", "release"])
def test_a_reply_that_was_lost_after_the_commit_is_given_again(
    what: str, live_db: LiveDatabase, run_process: RunProcess, tmp_path: Path
) -> None:
    volunteer = make_volunteer()
    token = make_token(volunteer.user)
    shift = make_shift()
    path = f"/api/v1/shifts/{shift.code}/sign-up/"
    if what == "release":
        seat = make_assignment(shift, volunteer)
        path = f"/api/v1/assignments/{seat.code}/release/"
    mark = tmp_path / "killed"
    argv = [
        sys.executable,
        "-m",
        "tests.faults.killed_request",
        "answer-kept",
        str(mark),
        token,
        "k",
        path,
        "{}",
    ]
    doomed = run_process(argv, {"DATABASE_URL": live_db.url}, name="doomed")
    wait_until(lambda: not doomed.alive(), seconds=120, what="the process is gone")
    assert mark.exists(), doomed.output()
    audited = AuditRecord.objects.count()

    answer = Program(token=token).post(path, {}, key="k")

    seat = Assignment.objects.get()
    assert answer.status_code == (201 if what == "sign-up" else 200)
    assert answer.json()["id"] == seat.code
    assert answer.json()["status"] == seat.status
    assert AuditRecord.objects.count() == audited
    assert role_of(shift).seats_taken == (1 if what == "sign-up" else 0)
    assert not CheckIn.objects.exists()
