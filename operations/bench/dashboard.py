"""`bench dashboard`: officials' pages and public figures, what a day's changes cost, and what one statement would."""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse

from areas.models import Area
from core import clock
from insights.actions.refresh import rebuild, refresh
from insights.actions.release import release_due, release_for
from insights.actions.window import last_day
from insights.models import Release
from operations.bench.changes import change_a_day
from operations.bench.client import Link, Times, together
from operations.bench.ground import Ground, broker_alone, own_ground
from operations.bench.pages import STATIC, is_loaded, over_http, statements_of
from operations.bench.progress import say
from operations.bench.raw import beside_raw_rows
from operations.bench.readers import NamedPage, pages
from operations.bench.serving import served
from tasks.models import ServiceRecord
from volunteers.models import Volunteer

# What officials read beside their own pages.
BESIDE = ("figures", "figures-city", "definitions", "stages")
# Of the records that were asked for, so many must be there: an invented place does not hit a number exactly.
NEAR = 0.95
DIGEST = """
SELECT
  (SELECT md5(string_agg(md5((to_jsonb(d) - 'refreshed_at' - 'id')::text), '' ORDER BY area_id, day))
    FROM insights_areaday d),
  (SELECT md5(string_agg(md5((to_jsonb(k) - 'id')::text), '' ORDER BY area_id, day, type_id))
    FROM insights_areadaykind k)
"""


def run(*, volunteers: int, records: int, clients: int, seconds: float) -> dict[str, Any]:
    """Measure the configured database where it holds as many volunteers, else an invented place of its own.

    What the measurements change is taken back. What stays is what jobs do anyway: first changes that wait are counted,
    and the figures of yesterday are released if they are not.
    """
    if is_loaded() and Volunteer.objects.count() >= volunteers:
        with broker_alone(settings.DATABASE_URL) as ground:
            return _measure(ground, records=records, clients=clients, seconds=seconds)
    with own_ground() as ground:
        say(f"loading an invented place of {volunteers} volunteers")
        size = "city" if volunteers <= 3_000 else "province"
        call_command("load_demo", size=size, volunteers=volunteers, stdout=sys.stderr)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        return _measure(ground, records=records, clients=clients, seconds=seconds)


def _measure(ground: Ground, *, records: int, clients: int, seconds: float) -> dict[str, Any]:
    known = ServiceRecord.objects.count()
    if known < records * NEAR:
        raise CommandError(
            f"The place holds {known} records, not {records}. Ask for fewer, or for more volunteers."
        )
    at = clock.now()
    refresh(at=at)
    release_due(at=at)
    found, api, static = _pages(ground, clients, seconds)
    say("counting a day's changes, and everything anew")
    costs = _costs()
    worst = max(found, key=lambda name: found[name]["p95_ms"])
    return {
        "bench": "dashboard",
        "volunteers": Volunteer.objects.count(),
        "records": known,
        "clients": clients,
        "seconds_a_page": seconds,
        "p95_ms": found[worst]["p95_ms"],
        "worst_page": worst,
        "queries_max": max(row["queries"] for row in found.values()),
        "pages": found,
        "api": api,
        "static": {"path": STATIC} | static,
        **costs,
        **beside_raw_rows(),
        "errors": sorted(name for name, row in (found | api).items() if row["errors"]),
    }


def _pages(
    ground: Ground, clients: int, seconds: float
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Every page of an official, the public figures as programs ask for them, and a file from the same server."""
    found: dict[str, Any] = {}
    with pages() as every, served(ground) as port:
        static = over_http(NamedPage("static", "public", STATIC), port, clients, seconds)
        for page in every:
            if page.group != "official" and page.name not in BESIDE:
                continue
            row = over_http(page, port, clients, seconds) | statements_of(page)
            found[page.name] = {"path": page.path} | row
            say(f"{page.name:<20} p95 {row['p95_ms']:7.1f} ms  {row['queries']:3d} statements  {page.path}")
        api = {name: _api(path, port, clients, seconds, again=again) for name, path, again in _asked()}
        for name, row in api.items():
            say(f"{name:<20} p95 {row['p95_ms']:7.1f} ms  {row['queries']:3d} statements  {row['path']}")
    return found, api, static


def _asked() -> list[tuple[str, str, bool]]:
    """By name: the address, and whether it is asked for again and again, so that processes have it in memory."""
    path = reverse("api:figures")
    county = Area.objects.at_level(Area.Level.COUNTY).order_by("code")[0]
    today = clock.today().isoformat()
    return [
        ("api-kept", f"{path}?area=33", True),
        ("api-newest", f"{path}?area={county.code}", False),
        ("api-month", f"{path}?area=33&to={today}", False),
    ]


def _api(path: str, port: int, clients: int, seconds: float, *, again: bool) -> dict[str, Any]:
    """Each client asks with a number of its own unless the same answer is wanted again: then none is made twice."""
    numbers = count()
    until = time.monotonic() + seconds

    def ask() -> Times:
        times, link = Times(), Link(port)
        while (began := time.monotonic()) < until:
            address = path if again else f"{path}&asked={next(numbers)}"
            status = link.get(address).status
            times.note(time.monotonic() - began, status)
        link.close()
        return times

    times = together([ask] * clients)
    answer = Link(port).get(path)
    return {
        "path": path,
        "requests_per_s": times.per_s,
        "p50_ms": times.ms(0.5),
        "p95_ms": times.ms(0.95),
        "gzip_bytes": len(answer.body),
        "status": answer.status,
        "errors": len(times.seconds) - times.count(200, 200),
        **statements_of(NamedPage("api", "public", path)),
    }


def _costs() -> dict[str, Any]:
    """Seconds of a refresh after a day's changes, of one after nothing, of the first of a morning, of a release, of a
    rebuild; each is taken back, and the first is checked to leave what a rebuild leaves."""
    at = clock.now()
    with transaction.atomic():
        changed = change_a_day(at)
        refreshed, rows = _timed(lambda: refresh(at=at))
        after = _digest()
        quiet, _ = _timed(lambda: refresh(at=at))
        rebuilt, _ = _timed(lambda: rebuild(at=at))
        same = _digest() == after
        connection.set_rollback(True)
    with transaction.atomic(), connection.cursor() as cursor:
        # Persons are counted once a morning: as if this one had none yet.
        cursor.execute("DELETE FROM insights_areawindow")
        morning, _ = _timed(lambda: refresh(at=at))
        connection.set_rollback(True)
    earlier = Release.objects.filter(period=Release.Period.DAY, version=1).count()
    newest = Release.objects.aggregate(day=Max("ends_on"))["day"] or last_day(at)
    with transaction.atomic():
        # Releases cannot be taken back and made again: the next day's, as if it were over.
        released, periods = _timed(lambda: len(release_for(newest + timedelta(days=1), at=at)))
        connection.set_rollback(True)
    return {
        "refresh_s": refreshed,
        "refreshed_rows": rows,
        "changed": changed,
        "quiet_s": quiet,
        "morning_s": morning,
        "release_s": released,
        "released_periods": periods,
        "days_released_before": earlier,
        "rebuild_s": rebuilt,
        "rebuild_same": same,
    }


def _timed(act: Callable[[], int]) -> tuple[float, int]:
    began = time.monotonic()
    found = act()
    return round(time.monotonic() - began, 3), found


def _digest() -> str:
    """All that the aggregates say of days and of their kinds of work, without when they were made."""
    with connection.cursor() as cursor:
        cursor.execute(DIGEST)
        days, kinds = cursor.fetchone()
    return f"{days} {kinds}"
