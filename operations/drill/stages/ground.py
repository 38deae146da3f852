"""Where a drill may be played: an empty database or one of invented people alone; and what is prepared there."""

import shutil
import time
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg2
from django.core.management.base import OutputWrapper
from django.db import OperationalError, connection
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from core import clock, deployment, story_time
from operations.drill.cast import Cast
from operations.drill.hands import Hands
from operations.drill.place import fill
from operations.launcher import places
from operations.launcher.console import Console
from operations.models import Drill
from operations.synthetic.progress import Progress
from operations.up import bring_up_to_date
from tasks.actions.stages import end_crisis
from tasks.models import Crisis

# The folder of drills, beside whatever else the launcher keeps.
FOLDER = "drill"
BEGINS_AT_HOUR = 6
TABLES_WITHOUT_MODEL = ("django_migrations", "core_cache")
# Processes that outlive a killed drill do so for some seconds, which are hours of its story.
LATER = timedelta(days=1)
NO_SUCH_DATABASE = "does not exist"
ENDS_BEFORE = "疫情已经平息，应急响应结束。"


class Kind(StrEnum):
    """Of a database where a drill may be played."""

    EMPTY = "empty"
    SYNTHETIC = "synthetic"


class Refused(Exception):
    """No drill is played here; the message says why. Nothing was changed."""


def folder() -> Path:
    """Where drills keep their things: never where a demo keeps its own, so that both may run at once."""
    local = places.local()
    return local if local.name == FOLDER else local / FOLDER


def share_key() -> None:
    """Let drills open what a demo beside them has sealed, where they are played in its database."""
    own, demos = folder() / "secret-key", places.local() / "secret-key"
    if own != demos and demos.exists() and not own.exists():
        own.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(demos, own)


def look() -> Kind:
    """What kind of database this is. Raises Refused where somebody in it may be real. Changes nothing."""
    try:
        tables = set(connection.introspection.table_names())
    except OperationalError as error:
        raise Refused(f"The database cannot be reached: {str(error).strip()}") from error
    if User._meta.db_table not in tables:
        # A migration that was interrupted leaves some of its own.
        if tables - {*connection.introspection.django_table_names(), *TABLES_WITHOUT_MODEL}:
            raise Refused("This database holds the tables of something else. A drill needs an empty one.")
        return Kind.EMPTY
    marked = "core_deployment" in tables and _exists("SELECT 1 FROM core_deployment WHERE id = 1")
    peopled = _exists("SELECT 1 FROM accounts_user")
    if peopled and not marked:
        raise Refused(
            "A drill is played among invented people alone. This database holds accounts that are not known to be "
            "invented; use an empty one."
        )
    # Also where it was marked and the place was not loaded to its end.
    return Kind.SYNTHETIC if peopled else Kind.EMPTY


def make_where_missing() -> None:
    """Make the database that the address names, where only the database itself is missing: a wiped one is gone."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        if NO_SUCH_DATABASE not in str(error):
            raise Refused(f"The database cannot be reached: {str(error).strip()}") from error
        link = psycopg2.connect(**maintenance())
        try:
            link.autocommit = True
            with link.cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(database_name())}")
        finally:
            link.close()


def database_name() -> str:
    return str(connection.settings_dict["NAME"])


def maintenance() -> dict[str, Any]:
    """How to reach the server beside the database itself."""
    return {**connection.get_connection_params(), "dbname": "postgres", "cursor_factory": None}


def prepare(kind: Kind, *, days: int, volunteers: int, console: Console) -> None:
    """Fill an empty database with a place whose story is about to begin; bring any up to date."""
    bring_up_to_date(console, verbosity=0)
    if kind == Kind.SYNTHETIC:
        return
    begins_at = first_morning(days)
    # First of all: only what is synthetic may have a time of its own.
    deployment.mark_synthetic(at=begins_at)
    stand_still(begins_at)
    with console.step(f"Inventing a place with {volunteers} volunteers"):
        fill(volunteers=volunteers, at=clock.now(), progress=Progress(OutputWrapper(console.stream)))


def first_morning(days: int) -> datetime:
    """Six o'clock in the morning so many days before today, where the place is."""
    today = timezone.localtime(datetime.now(UTC)).replace(
        hour=BEGINS_AT_HOUR, minute=0, second=0, microsecond=0
    )
    return today - timedelta(days=days)


def stand_still(at: datetime) -> None:
    """Let the clock show `at`, until the story begins."""
    story_time.go_on(speed=0, shows=at)
    time.sleep((story_time.NOTICE + timedelta(seconds=2 * story_time.LOOK_S)).total_seconds())


def close_forsaken() -> int:
    """Say of drills whose process was killed that they failed, and take the clock back to where they were.

    It went on as fast as before, though nobody lived by it. Returns how many there were.
    """
    forsaken = Drill.objects.filter(status=Drill.Status.RUNNING)
    reached = forsaken.aggregate(latest=Max("reached_at"))["latest"]
    closed = forsaken.update(
        status=Drill.Status.FAILED,
        finished_at=clock.machine_now(),
        failure="Its process ended in the middle.",
    )
    if closed and story_time.read().at(clock.machine_now()) > reached + LATER:
        story_time.go_on(speed=1, shows=reached + LATER)
    return closed


def end_earlier_crises(cast: Cast, hands: Hands) -> int:
    """Let an official end whatever crisis still goes on, as officials do; how many there were."""
    running = list(Crisis.objects.running().select_related("area"))
    for crisis in running:
        by = cast.office_over(crisis.area).official
        hands.do("end crisis", end_crisis, crisis=crisis, by=by, reason=ENDS_BEFORE)
    return len(running)


def _exists(statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({statement})")
        (found,) = cursor.fetchone()
        return bool(found)
