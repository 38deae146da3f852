"""`bench signup`: a crowd signs up over real HTTP, beside the same statements without the product."""

import itertools
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from notifications.models import Message
from operations.bench import pgbench
from operations.bench.client import Link, Times, together
from operations.bench.crowd import Crowd, add_crowd, add_place, add_shifts
from operations.bench.ground import own_ground
from operations.bench.progress import say
from operations.bench.script import Script, script_of
from operations.bench.serving import served
from tasks.models import Assignment, Shift

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
ACCEPTED, REFUSED = 201, 409
# Whoever fills the last seats at once: so many seats, so many people.
LAST_SEATS, RUSH = 40, 320
# More than a machine of this kind takes in a second.
A_SECOND = 400
OVER = """
SELECT count(*) FROM (
  SELECT role.id FROM tasks_shiftrole role
  LEFT JOIN tasks_assignment held ON held.role_id = role.id AND held.status = 'active'
  GROUP BY role.id HAVING coalesce(sum(held.seats), 0) > role.seats OR coalesce(sum(held.seats), 0) <> role.seats_taken
) over
"""


def run(*, shifts: int, clients: int, seconds: float) -> dict[str, Any]:
    """Sign-ups per second of one machine with its real workers, and whether any seat was given twice."""
    with own_ground() as ground:
        size = round(seconds * A_SECOND) + RUSH + 1
        say(f"{shifts} shifts, {size * 2} volunteers with sessions")
        place = add_place()
        wanted = add_shifts(place, shifts, seats=size * 2)
        last = add_shifts(place, 1, seats=LAST_SEATS)[0]
        crowd = add_crowd(size * 2)
        script = _captured(wanted[0], crowd, number=0)
        with served(ground, with_queues=True) as port:
            say(f"{clients} clients sign up for {seconds:.0f} s")
            numbers = itertools.count(1)
            times = _crowd(port, clients, seconds, numbers, size - RUSH, lambda n: wanted[n % shifts])
            say(f"{times.count(ACCEPTED, ACCEPTED)} accepted; {RUSH} people rush for {LAST_SEATS} seats")
            rush = _crowd(port, clients, 60.0, itertools.count(size - RUSH), size, lambda n: last)
            sent = Message.objects.exclude(status=Message.Status.QUEUED).count()
            waiting = Message.objects.filter(status=Message.Status.QUEUED).count()
        over = _over()
        say("the same statements without the product")
        reference = pgbench.measure(
            script, crowd, url=ground.database_url, first=size, clients=clients, folder=ground.folder
        )
    accepted = times.count(ACCEPTED, ACCEPTED)
    per_s = round(accepted / times.took, 1)
    return {
        "bench": "signup",
        "shifts": shifts,
        "clients": clients,
        "seconds": round(times.took, 1),
        "accepted": accepted,
        "accepted_per_s": per_s,
        "p50_ms": times.ms(0.5),
        "p95_ms": times.ms(0.95),
        "p99_ms": times.ms(0.99),
        "refused": times.count(REFUSED, REFUSED),
        "oversubscribed": over,
        "errors_5xx": times.count(500, 599) + rush.count(500, 599),
        "other_answers": _others(times) | _others(rush),
        "rush": {"seats": LAST_SEATS, "people": RUSH, "accepted": rush.count(ACCEPTED, ACCEPTED)},
        "queries_per_signup": script.count,
        "messages_sent": sent,
        "messages_waiting": waiting,
        "pgbench_tps": round(reference.tps, 1),
        "pgbench_by": reference.by,
        "ratio_to_pgbench": round(per_s / reference.tps, 3),
    }


def _others(times: Times) -> dict[int, int]:
    return {status: count for status, count in times.statuses.items() if status not in {ACCEPTED, REFUSED}}


def _captured(shift: Shift, crowd: Crowd, *, number: int) -> Script:
    """The statements of one request, made in this process by a volunteer of the crowd."""
    client = Client(headers={"accept-language": "zh-hans"})
    client.cookies[settings.SESSION_COOKIE_NAME] = crowd.key(number)
    path = _address(shift)
    client.get(path)  # a refused method: whatever a first request loads is loaded
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(path, {"part": "1"})
    volunteer_id = crowd.first_volunteer_id + number
    seat = Assignment.objects.filter(volunteer_id=volunteer_id).first()
    if seat is None:
        raise CommandError(f"The first sign-up was answered with {answer.status_code}.")
    user_id = crowd.first_user_id + number
    codes = [seat.code, *Message.objects.filter(recipient_id=user_id).values_list("code", flat=True)]
    return script_of(
        [query["sql"] for query in captured.captured_queries],
        key=crowd.key(number),
        user_id=user_id,
        volunteer_id=volunteer_id,
        assignment_id=seat.pk,
        codes=codes,
    )


def _address(shift: Shift) -> str:
    with override("zh-hans"):
        return reverse("volunteer:sign_up", args=[shift.code])


@dataclass
class _Visitor:
    """One client: a connection and the token that its forms carry; it signs up in the name of many sessions."""

    port: int

    def __post_init__(self) -> None:
        self.link = Link(self.port)
        self.secret = self.token = ""

    def read_form(self, path: str, key: str) -> None:
        """Read the page with the form once, as a browser does, for the token that every form must carry."""
        page = self.link.get(path, f"{settings.SESSION_COOKIE_NAME}={key}")
        found = TOKEN.search(page.body)
        for cookie in page.header("set-cookie"):
            name, _, value = cookie.partition("=")
            if name == settings.CSRF_COOKIE_NAME:
                self.secret = value.split(";")[0]
        if found is None or not self.secret:
            raise CommandError(f"{path} was answered with {page.status} and shows no form to sign up.")
        self.token = found[1].decode()

    def sign_up(self, shift: Shift, key: str) -> int:
        """201 for a seat, 409 for a refusal, else the status."""
        cookies = f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={self.secret}"
        answer = self.link.post(_address(shift), cookies, f"csrfmiddlewaretoken={self.token}&part=1")
        taken = answer.status == 303 and any("/done/" in to for to in answer.header("location"))
        return ACCEPTED if taken else answer.status


def _crowd(
    port: int,
    clients: int,
    seconds: float,
    numbers: "itertools.count[int]",
    end: int,
    shift_of: Callable[[int], Shift],
) -> Times:
    """Each volunteer from `numbers` up to `end` signs up once, as fast as the clients can ask."""
    lock = threading.Lock()
    ready = threading.Barrier(clients)

    def work() -> Times:
        times, visitor = Times(), _Visitor(port)
        with lock:
            number = next(numbers)
        with override("zh-hans"):
            need = reverse("public:need", args=[shift_of(number).code])
        visitor.read_form(need, Crowd.key(number))
        ready.wait()
        until = time.monotonic() + seconds
        while number < end and (began := time.monotonic()) < until:
            status = visitor.sign_up(shift_of(number), Crowd.key(number))
            times.note(time.monotonic() - began, status)
            with lock:
                number = next(numbers)
        visitor.link.close()
        connection.close()
        times.took = time.monotonic() - (until - seconds)
        return times

    return together([work] * clients)


def _over() -> int:
    """Roles with more seats given than there are, or with a counter that differs from the seats given."""
    with connection.cursor() as cursor:
        cursor.execute(OVER)
        found: int = cursor.fetchone()[0]
    return found
