"""The stretches of a story's clock: written once, and followed by every process of the demo from one moment on."""

import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection

from core import clock, deployment, story_time
from core.models import ClockStretch
from core.story_time import NEWEST, NOTICE, ChangedTooOften, NoStory, Scale, Stretch, go_on, read
from tests.plugin.clock import SetSpeed
from tests.plugin.database import LiveDatabase
from tests.plugin.processes import RunProcess, wait_until

START = datetime(2020, 1, 24, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

# A process of the demo, and one that it forks: both say how fast time goes for them, whenever that changes.
FOLLOWS = """
import os, threading
from config.wsgi import application
from core import clock
clock.now()
name = "parent" if os.fork() else "child"
said = None
while True:
    speed = clock.speed()
    if speed != said:
        print(name, speed, flush=True)
        said = speed
    threading.Event().wait(0.05)
"""


@pytest.fixture
def synthetic(db: None) -> None:
    deployment.mark_synthetic(at=clock.now())


def test_a_stretch_shows_the_speeds_multiple_of_what_has_passed() -> None:
    begins = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
    scale = Scale((Stretch(begins, START, 3000.0),))
    assert scale.at(begins - SECOND) == begins - SECOND, "before the story time is the machine's"
    assert scale.at(begins) == START
    assert scale.at(begins + SECOND * 28.8) == START + timedelta(days=1)
    assert [scale.speed_at(begins - SECOND), scale.speed_at(begins)] == [1.0, 3000.0]


@pytest.mark.usefixtures("synthetic")
def test_each_change_goes_on_from_where_the_clock_is_then() -> None:
    for speed in (3000.0, 0.0, 60.0):
        go_on(speed=speed, shows=START if speed == 3000 else None)
    scale = read()
    sixty, still, fast = scale.stretches
    assert (fast.shows, still.shows) == (START, START + (still.begins_at - fast.begins_at) * 3000)
    assert sixty.shows == still.shows, "in a pause time went on"
    for change in scale.stretches[:-1]:
        gap = scale.at(change.begins_at) - scale.at(change.begins_at - timedelta(microseconds=1))
        assert timedelta(0) <= gap <= timedelta(milliseconds=3), "time jumped"
    assert scale.at(sixty.begins_at + SECOND) == sixty.shows + SECOND * 60


@pytest.mark.usefixtures("synthetic")
def test_a_change_is_announced_so_that_all_begin_it_at_one_moment() -> None:
    written = datetime.now(UTC)
    go_on(speed=3000, shows=START)
    begins = read().stretches[0].begins_at
    assert written + NOTICE <= begins
    # Whoever looked early and whoever looks late show the same, before and after.
    early, late = read(), read()
    for moment in (written, begins - SECOND, begins, begins + SECOND):
        assert early.at(moment) == late.at(moment)
    assert early.at(written) == written
    assert early.fastest_at(written) == 3000, "a lease of this moment would run out once it begins"


def test_a_place_with_real_people_has_no_story(db: None) -> None:
    with pytest.raises(NoStory):
        go_on(speed=60)
    assert not ClockStretch.objects.exists()


@pytest.mark.usefixtures("synthetic")
def test_a_clock_goes_neither_back_nor_beyond_measure_nor_changes_all_the_time() -> None:
    for speed in (-1.0, 20_001.0, float("nan")):
        with pytest.raises(ValueError, match="a clock goes"):
            go_on(speed=speed)
    with pytest.raises(ChangedTooOften):
        for _ in range(NEWEST + 1):
            go_on(speed=60)
    # The planted fault: with one more, no known stretch would have begun, and time would fall back to the machine's.
    assert any(stretch.begins_at > datetime.now(UTC) for stretch in read().stretches[-2:])


@pytest.mark.usefixtures("db")
def test_a_process_whose_database_is_away_keeps_its_last_time(
    story: SetSpeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = story_time.known()

    def away() -> Scale:
        raise OperationalError("the server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(story_time, "read", away)
        patch.setattr(connection, "close", lambda: None)
        assert not story_time._look()
    assert story_time.known() is known
    assert clock.speed() == 3000
    # Back again: the rows hold, and this database has none.
    assert story_time._look()
    assert story_time.known() == Scale()


def test_a_process_and_its_fork_follow_the_clock_by_themselves(
    live_db: LiveDatabase, run_process: RunProcess
) -> None:
    deployment.mark_synthetic(at=clock.now())
    follows = run_process([sys.executable, "-c", FOLLOWS], {"MANYHANDS_DEMO": "1"}, name="follows")
    wait_until(lambda: follows.output().count(" 1.0\n") == 2, seconds=30, what="both look", running=follows)
    go_on(speed=3000, shows=START)
    wait_until(
        lambda: follows.output().count(" 3000.0\n") == 2, seconds=30, what="both follow", running=follows
    )
    # Their connections are cut: they keep the speed, and find the next one.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [live_db.name],
        )
        assert cursor.fetchone()[0] == 2, "one connection each, and none of a request"
    go_on(speed=0)
    wait_until(
        lambda: follows.output().count(" 0.0\n") == 2, seconds=30, what="both stand still", running=follows
    )
    assert follows.output().count("1.0\n") == 2, (
        "without its database a process fell back to the machine's time"
    )
