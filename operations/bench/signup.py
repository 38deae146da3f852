"""`bench signup`: a crowd signs up over real HTTP, beside the same statements without the product."""

import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from notifications.models import Message
from operations.bench import pgbench
from operations.bench.client import Times, together
from operations.bench.crowd import Crowd, add_crowd, add_place, add_shifts
from operations.bench.doors import ACCEPTED, DOORS, REFUSED, Door
from operations.bench.ground import own_ground
from operations.bench.progress import say
from operations.bench.script import Script, script_of
from operations.bench.serving import served
from tasks.models import Assignment, Shift

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


def run(*, shifts: int, clients: int, seconds: float, door: str = "token") -> dict[str, Any]:
    """Sign-ups per second of one machine with its real workers, and whether any seat was given twice.

    `door` is token, the API with a token and a key, or page, the form with a session.
    """
    through = DOORS[door]
    with own_ground() as ground:
        size = round(seconds * A_SECOND) + RUSH + 1
        say(f"{shifts} shifts, {size * 2} volunteers with sessions and tokens")
        place = add_place()
        wanted = add_shifts(place, shifts, seats=size * 2)
        last = add_shifts(place, 1, seats=LAST_SEATS)[0]
        crowd = add_crowd(size * 2)
        script = _captured(through, wanted[0], crowd, number=0)
        with served(ground, with_queues=True) as port:
            say(f"{clients} clients sign up for {seconds:.0f} s")
            numbers = itertools.count(1)
            times = _crowd(
                through, port, clients, seconds, numbers, size - RUSH, lambda n: wanted[n % shifts]
            )
            say(f"{times.count(ACCEPTED, ACCEPTED)} accepted; {RUSH} people rush for {LAST_SEATS} seats")
            rush = _crowd(through, port, clients, 60.0, itertools.count(size - RUSH), size, lambda n: last)
            sent = Message.objects.exclude(status=Message.Status.QUEUED).count()
            waiting = Message.objects.filter(status=Message.Status.QUEUED).count()
        over = oversubscribed()
        say("the same statements without the product")
        reference = pgbench.measure(
            script, crowd, url=ground.database_url, first=size, clients=clients, folder=ground.folder
        )
        say("the transaction that pgbench brings along")
        tpcb = pgbench.tpcb(url=ground.database_url, clients=clients)
    accepted = times.count(ACCEPTED, ACCEPTED)
    per_s = round(accepted / times.took, 1)
    return {
        "bench": "signup",
        "door": door,
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
        "queries_per_signup": script.count - script.knowing_count,
        "queries_to_know_who_asks": script.knowing_count,
        "messages_sent": sent,
        "messages_waiting": waiting,
        "pgbench_tps": round(reference.tps, 1),
        "pgbench_by": reference.by,
        "ratio_to_pgbench": round(per_s / reference.tps, 3),
        "tpcb_tps": round(tpcb.tps, 1),
        "ratio_to_tpcb": round(per_s / tpcb.tps, 3) if tpcb.tps else None,
    }


def _others(times: Times) -> dict[int, int]:
    return {status: count for status, count in times.statuses.items() if status not in {ACCEPTED, REFUSED}}


def _captured(door: Door, shift: Shift, crowd: Crowd, *, number: int) -> Script:
    """The statements of one request, made in this process by a volunteer of the crowd."""
    # Whole, not by the names under which a connection of the product has planned them.
    with override_settings(PREPARE_STATEMENTS=False):
        door.warm_up(shift, number)
        with CaptureQueriesContext(connection) as captured:
            answer = door.ask(shift, number)
    volunteer_id = crowd.first_volunteer_id + number
    seat = Assignment.objects.filter(volunteer_id=volunteer_id).first()
    if seat is None:
        raise CommandError(f"The first sign-up was answered with {answer.status_code}.")
    user_id = crowd.first_user_id + number
    told = Message.objects.filter(recipient_id=user_id).values_list("code", flat=True)
    return script_of(
        [query["sql"] for query in captured.captured_queries],
        known_by=door.known_by(number),
        user_id=user_id,
        volunteer_id=volunteer_id,
        assignment_id=seat.pk,
        codes=[seat.code, *told, *door.codes(number)],
    )


def _crowd(
    door: Door,
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
        times = Times()
        with lock:
            number = next(numbers)
        visitor = door.visitor(port, shift_of(number), number)
        ready.wait()
        until = time.monotonic() + seconds
        while number < end and (began := time.monotonic()) < until:
            status = visitor.sign_up(shift_of(number), number)
            times.note(time.monotonic() - began, status)
            with lock:
                number = next(numbers)
        visitor.link.close()
        connection.close()
        times.took = time.monotonic() - (until - seconds)
        return times

    return together([work] * clients)


def oversubscribed() -> int:
    """Roles with more seats given than there are, or with a counter that differs from the seats given."""
    with connection.cursor() as cursor:
        cursor.execute(OVER)
        found: int = cursor.fetchone()[0]
    return found
