"""`bench rush`: the opening minute. Ten times as many people as can be served, and strangers who read the list."""

import itertools
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from operations.bench.client import Times
from operations.bench.crowd import Crowd, add_crowd, add_place, add_shifts
from operations.bench.doors import ACCEPTED, api_request
from operations.bench.flood import flood
from operations.bench.ground import own_ground
from operations.bench.progress import say
from operations.bench.serving import served
from operations.bench.signup import oversubscribed
from tasks.models import Assignment, Shift

SHED = 503
CLIENTS = 16
# Connections of those who come on top: enough that the server never waits for the clients.
CROWD_CONNECTIONS = 256
WARM_UP_S = 2.0
# More than a machine of this kind takes in a second.
A_SECOND = 500
FEWEST_OFFERED = 200


def run(*, shifts: int, seconds: float, times: int) -> dict[str, Any]:
    """Sign-ups per second without and with `times` as many offered, what the others are told, and pages read."""
    with own_ground() as ground:
        calm = round((WARM_UP_S + seconds) * A_SECOND)
        size = calm + round(seconds * A_SECOND * times)
        say(f"{shifts} shifts, {size} volunteers with tokens")
        wanted = add_shifts(add_place(), shifts, seats=size)
        add_crowd(size)
        with served(ground, with_queues=True) as port:
            asked = _requests(port, wanted)
            flood(port, asked, seconds=WARM_UP_S, connections=CLIENTS)
            say(f"{CLIENTS} clients sign up for {seconds:.0f} s")
            alone = flood(port, asked, seconds=seconds, connections=CLIENTS)
            capacity = _count(alone, ACCEPTED) / seconds
            offered = max(FEWEST_OFFERED, capacity * times)
            say(f"{capacity:.0f} a second; now {offered:.0f} a second are asked for")
            before, began = Assignment.objects.count(), time.monotonic()
            crowd = flood(port, asked, seconds=seconds, connections=CROWD_CONNECTIONS, per_s=offered)
            took = time.monotonic() - began
            good = (Assignment.objects.count() - before) / took
            say(f"{good:.0f} a second got a seat; strangers read the list for {seconds:.0f} s")
            reads = _reads(port, seconds)
        over = oversubscribed()
    shed = crowd.get(SHED, Times())
    return {
        "bench": "rush",
        "shifts": shifts,
        "capacity_per_s": round(capacity, 1),
        "offered_per_s": round(sum(len(each.seconds) for each in crowd.values()) / seconds, 1),
        "goodput_per_s": round(good, 1),
        "goodput_percent": round(100 * good / capacity, 1) if capacity else 0.0,
        "accepted_p95_ms": crowd.get(ACCEPTED, Times()).ms(0.95),
        "shed": len(shed.seconds),
        "shed_p50_ms": shed.ms(0.5),
        "shed_p95_ms": shed.ms(0.95),
        "other_answers": {
            status: len(each.seconds) for status, each in crowd.items() if status not in {201, 503}
        },
        "oversubscribed": over,
        "reads_per_s": reads.per_s,
        "reads_p95_ms": reads.ms(0.95),
    }


def _count(found: dict[int, Times], status: int) -> int:
    return len(found[status].seconds) if status in found else 0


def _requests(port: int, shifts: list[Shift]) -> Iterator[bytes]:
    """Each volunteer of the crowd asks once."""
    for number in itertools.count():
        yield api_request(port, shifts[number % len(shifts)], number, Crowd.token(number))


def _reads(port: int, seconds: float) -> Times:
    with override("zh-hans"):
        path = reverse("public:needs")
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n"
    language = f"Cookie: {settings.LANGUAGE_COOKIE_NAME}=zh-hans\r\n\r\n"
    page = itertools.repeat((request + language).encode())
    return flood(port, page, seconds=seconds, connections=CLIENTS).get(200, Times())
