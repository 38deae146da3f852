"""`manage.py drill`: where it refuses, how it waits, and one short crisis played and wiped."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from accounts.models import User
from core import clock, deployment
from core.models import ClockStretch
from operations.drill.chance import Chance
from operations.drill.checks.soak import ServerLog, drift_percent
from operations.drill.hands import Hands
from operations.drill.stages import ground, live
from operations.drill.stages.faults import drawn
from operations.drill.stages.live import LiveStage
from operations.drill.stages.reporting import Reporting
from operations.drill.story import Story
from operations.launcher import commands
from operations.models import Drill
from tests.factories.accounts import make_user
from tests.plugin.database import LiveDatabase
from tests.plugin.processes import RunProcess, free_port, wait_until

BEGIN = datetime(2020, 1, 23, 6, tzinfo=UTC)


def make_drill(**fields: Any) -> Drill:
    values = {
        "begins_at": BEGIN,
        "ends_at": BEGIN + timedelta(days=1),
        "started_at": BEGIN,
        "reached_at": BEGIN,
    }
    return Drill.objects.create(scenario="outbreak", policy="certified", seed=1, **{**values, **fields})


@pytest.fixture
def demo(settings: LazySettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.DEMO = True
    monkeypatch.setenv("MANYHANDS_LOCAL", str(tmp_path / "drill"))


def test_a_drill_is_refused_outside_the_demo(db: None) -> None:
    with pytest.raises(CommandError, match="MANYHANDS_DEMO=1"):
        call_command("drill")


def test_a_drill_is_refused_where_somebody_may_be_real(demo: None, db: None, tmp_path: Path) -> None:
    make_user()
    for asked in ({}, {"wipe": True, "yes": True}):
        with pytest.raises(CommandError, match="not known to be invented"):
            call_command("drill", **asked)
    assert User.objects.count() == 1
    assert not deployment.is_synthetic()
    assert not list(tmp_path.iterdir())


def test_servers_of_others_are_not_killed(demo: None, db: None) -> None:
    with pytest.raises(CommandError, match="Only servers of its own"):
        call_command("drill", faults=True)


def test_a_place_that_was_not_loaded_to_its_end_counts_as_empty(db: None) -> None:
    assert ground.look() == ground.Kind.EMPTY
    deployment.mark_synthetic(at=clock.now())
    assert ground.look() == ground.Kind.EMPTY
    make_user()
    assert ground.look() == ground.Kind.SYNTHETIC


def test_a_drill_whose_process_was_killed_failed(db: None) -> None:
    deployment.mark_synthetic(at=BEGIN)
    make_drill(reached_at=BEGIN + timedelta(hours=5))
    assert (ground.close_forsaken(), ground.close_forsaken()) == (1, 0)
    assert Drill.objects.get().status == Drill.Status.FAILED
    # Its clock would have gone on for as long as nobody looked.
    assert ClockStretch.objects.get().shows == BEGIN + timedelta(hours=5) + ground.LATER


def test_tables_of_something_else_are_left_alone(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user RENAME TO their_users")
    with pytest.raises(ground.Refused, match="something else"):
        ground.look()


@pytest.fixture
def stage(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A live stage whose processes are nobody's: `make(looks)`."""
    # The test's connection is in a transaction, which no stage ever is when it looks.
    monkeypatch.setattr(live, "close_old_connections", lambda: None)

    def make(**fields: Any) -> LiveStage:
        supervisor = SimpleNamespace(asked_to_stop=False)
        installation: Any = SimpleNamespace(supervisor=supervisor, keep=lambda seconds: None)
        drama: Any = SimpleNamespace(
            drill=make_drill(),
            story=Story(BEGIN, BEGIN + timedelta(days=1)),
            hands=Hands(),
            day=lambda at: 0.0,
        )
        return LiveStage(installation, drama, SimpleNamespace(line=lambda text: None), **fields)  # type: ignore[arg-type]

    return make


def test_a_stage_waits_until_its_clock_has_come_to_a_moment(stage: Callable[..., Any]) -> None:
    shown = iter(BEGIN + timedelta(minutes=number) for number in range(100))
    clock.read_from(lambda: next(shown))
    try:
        reached = stage().reach(BEGIN + timedelta(minutes=5))
    finally:
        clock.read_from(None)
    assert reached == BEGIN + timedelta(minutes=5)


def test_a_stage_leaves_off_where_somebody_asks_for_it(
    stage: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "ASKED_EVERY_S", 0.0)
    by_signal = stage()
    assert by_signal.reach(BEGIN) is not None
    by_signal.installation.supervisor.asked_to_stop = True
    assert by_signal.reach(BEGIN) is None

    by_signal.installation.supervisor.asked_to_stop = False
    Drill.objects.update(status=Drill.Status.STOPPED)
    assert by_signal.reach(BEGIN) is None


def test_what_the_database_broke_off_happens_once_more(
    stage: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    played = stage()
    monkeypatch.setattr(played.drama.hands, "wait_for_database", lambda error, until: None)
    tried = []

    def act(at: datetime) -> None:
        tried.append(at)
        if len(tried) == 1:
            raise OperationalError

    played.drama.story.plan(BEGIN, act)
    clock.read_from(lambda: BEGIN + timedelta(days=2))
    try:
        assert played.drama.story.run(played)
    finally:
        clock.read_from(None)
    assert len(tried) == 2


def test_the_same_seed_kills_the_same_at_the_same_moments() -> None:
    def faults(days: int, seed: int) -> list[Any]:
        story = Story(BEGIN, BEGIN + timedelta(days=days))
        drama: Any = SimpleNamespace(story=story, chance=Chance(seed))
        return drawn(drama, commands.QUEUES)

    assert faults(61, 1) == faults(61, 1) != faults(61, 2)
    assert len(faults(61, 1)) == 20
    assert {fault.what for fault in faults(1, 1)} == {*commands.QUEUES, "broker", "database"}
    assert all(BEGIN < fault.at < BEGIN + timedelta(days=55) for fault in faults(61, 1))


def test_drift_is_what_the_last_fifth_has_more_than_the_second() -> None:
    assert drift_percent([100.0] * 14) is None
    assert drift_percent([10.0, 100.0, 100.0, 100.0, 105.0] * 4) is not None
    warming = [50.0] * 10 + [100.0] * 30
    assert drift_percent([*warming, *[106.0] * 10]) == pytest.approx(6.0)


def test_only_errors_that_nobody_asked_for_count(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    log.write_text("2020-01-23 [1] ERROR:  an old one\n")
    seen = ServerLog(log)
    with log.open("a") as file:
        file.write(
            '2020-01-23 [1] ERROR:  duplicate key value violates unique constraint "one"\n'
            "2020-01-23 [1] LOG:  checkpoint starting\n"
            "2020-01-23 [1] ERROR:  division by zero\n"
        )
    assert [line.rpartition("  ")[2] for line in seen.errors()] == ["division by zero"]


def test_lines_of_processes_are_kept_and_errors_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    console = Reporting(tmp_path)
    for line in ("INFO web: served", "ERROR web: broke", "Exception in thread worker:"):
        console.of("web", line)
    console.close()
    assert console.errors == {"web": 2}
    assert "served" in (tmp_path / "web.log").read_text()
    assert "served" not in capsys.readouterr().out


def test_a_short_crisis_is_played_with_real_processes_and_wiped(
    live_db: LiveDatabase, run_process: RunProcess, tmp_path: Path
) -> None:
    env = {"MANYHANDS_DEMO": "1", "MANYHANDS_LOCAL": str(tmp_path / "local")}
    asked = ["--days", "1", "--volunteers", "500", "--speed", "20000", "--port", str(free_port())]
    played = run_process(list(commands.manage("drill", *asked)), env, name="drill")
    played.process.wait(300)

    output = played.output()
    told = json.loads(next(line for line in output.splitlines() if line.startswith('{"drill"')))
    assert played.process.returncode == 0, output
    assert told["problems"] == []
    assert told["done"] > 10
    assert told["figures_equal"] is True
    assert "day   0" in output
    drill = Drill.objects.get()
    assert (drill.status, drill.code) == (Drill.Status.DONE, told["drill"])
    assert drill.summary["figures"]
    assert clock_speed(live_db) == 1

    wiped = run_process(list(commands.manage("drill", "--wipe", "--yes")), env, name="wipe")
    wait_until(lambda: not wiped.alive(), seconds=60, what="wiped")
    assert "was dropped" in wiped.output()
    with pytest.raises(psycopg2.OperationalError, match="does not exist"):
        psycopg2.connect(live_db.url)


def clock_speed(database: LiveDatabase) -> float:
    link = psycopg2.connect(database.url)
    try:
        with link.cursor() as cursor:
            cursor.execute("SELECT speed FROM core_clockstretch ORDER BY begins_at DESC LIMIT 1")
            (speed,) = cursor.fetchone()
            return float(speed)
    finally:
        link.close()
