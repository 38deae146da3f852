"""`bench pages`: every named page at the loaded size, beside a file from the same server."""

import gzip
import sys
import time
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from operations.bench.client import Link, Times, together
from operations.bench.ground import Ground, broker_alone, own_ground
from operations.bench.progress import say
from operations.bench.readers import GROUPS, NamedPage, pages
from operations.bench.serving import served
from tasks.models import Crisis, ServiceRecord
from volunteers.models import Volunteer

STATIC = "/static/web/main.css"
WARM_UP = 6


def run(*, size: str, clients: int, seconds: float, only: Sequence[str] = ()) -> dict[str, Any]:
    """Measure the pages of the configured database where a demo is loaded, else of a demo of that size of its own."""
    if is_loaded():
        with broker_alone(settings.DATABASE_URL) as ground:
            return _measure(ground, clients=clients, seconds=seconds, only=only)
    with own_ground() as ground:
        say(f"loading a demo of size {size}")
        call_command("load_demo", size=size, stdout=sys.stderr)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        return _measure(ground, clients=clients, seconds=seconds, only=only)


def is_loaded() -> bool:
    """Whether the configured database is there and holds a demo."""
    try:
        return Crisis.objects.exists()
    except DatabaseError:
        connection.close()
        say("the configured database does not answer or holds no tables")
        return False


def _measure(ground: Ground, *, clients: int, seconds: float, only: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with pages() as every, served(ground) as port:
        chosen = [page for page in every if not only or page.name in only or page.group in only]
        static = over_http(NamedPage("static", "public", STATIC), port, clients, seconds)
        for page in chosen:
            found[page.name] = (
                {"group": page.group} | over_http(page, port, clients, seconds) | statements_of(page)
            )
            said = found[page.name]
            say(f"{page.name:<20} p95 {said['p95_ms']:7.1f} ms  {said['queries']:3d} statements  {page.path}")
    return {
        "bench": "pages",
        "volunteers": Volunteer.objects.count(),
        "records": ServiceRecord.objects.count(),
        "clients": clients,
        "seconds_a_page": seconds,
        "pages": found,
        "static": {"path": STATIC} | static,
        "worst_p95_ms": {
            group: max((row["p95_ms"] for row in found.values() if row["group"] == group), default=None)
            for group in GROUPS
        },
        "queries_max": max((row["queries"] for row in found.values()), default=0),
        "errors": sorted(name for name, row in found.items() if row["errors"]),
    }


def over_http(page: NamedPage, port: int, clients: int, seconds: float) -> dict[str, Any]:
    """Closed loop: each client asks again as soon as it has its answer."""
    first = Link(port)
    answer = first.get(page.path, page.cookies)
    for _ in range(WARM_UP):
        first.get(page.path, page.cookies)
    first.close()
    until = time.monotonic() + seconds

    def ask() -> Times:
        times, link = Times(), Link(port)
        while (began := time.monotonic()) < until:
            status = link.get(page.path, page.cookies).status
            times.note(time.monotonic() - began, status)
        link.close()
        return times

    times = together([ask] * clients)
    packed = "gzip" in answer.header("content-encoding")
    body = answer.body if packed else gzip.compress(answer.body, 6)
    return {
        "requests_per_s": times.per_s,
        "p50_ms": times.ms(0.5),
        "p95_ms": times.ms(0.95),
        "gzip_bytes": len(body),
        "bytes": len(gzip.decompress(body)),
        "status": answer.status,
        "errors": len(times.seconds) - times.count(200, 200),
    }


def statements_of(page: NamedPage) -> dict[str, Any]:
    """How many statements one request takes, session and person included, and their milliseconds."""
    client = Client(raise_request_exception=False)
    for cookie in filter(None, page.cookies.split("; ")):
        name, _, value = cookie.partition("=")
        client.cookies[name] = value
    client.get(page.path)
    with CaptureQueriesContext(connection) as captured:
        client.get(page.path)
    spent = sum(float(query["time"]) for query in captured.captured_queries)
    return {"queries": len(captured), "sql_ms": round(spent * 1000, 1)}
