"""The one source of time: a machine's, a story's, or a process's own; and what lasts as long in all of them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import LazySettings, settings
from pytest_django import DjangoAssertNumQueries as Queries

from accounts.actions import CODE_LIFETIME, confirm_code, request_code
from core import clock, rates, story_time
from core.job_log import LONGEST, sweep
from core.models import JobRun, RateCount
from notifications.actions.relaying import LEASE, LONGEST_LEASE, claim
from notifications.actions.relaying import relay as relay_messages
from notifications.actions.relaying import sweep as sweep_messages
from notifications.models import Message
from operations import heartbeat
from privacy.retention import purge
from tests.factories.notifications import make_message
from tests.plugin.clock import SetSpeed

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def own_time() -> Iterator[datetime]:
    moment = datetime(2020, 1, 24, 9, 0, tzinfo=UTC)
    clock.read_from(lambda: moment)
    yield moment
    clock.read_from(None)


def test_a_process_with_a_time_of_its_own_shows_it_everywhere(own_time: datetime) -> None:
    assert clock.now() == clock.machine_now() == clock.of_database() == own_time
    assert clock.today().isoformat() == "2020-01-24"
    assert clock.of_machine(MINUTE) == MINUTE


def test_outside_a_demo_nobody_asks_for_a_story(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> story_time.Scale:
        raise AssertionError("a deployment of real people looked for a story")

    monkeypatch.setattr(story_time, "known", asked)
    assert clock.now() - datetime.now(UTC) < SECOND
    assert (clock.speed(), clock.of_machine(MINUTE), clock.is_scaled()) == (1.0, MINUTE, False)
    # The same look would be found in a demo.
    settings.DEMO = True
    with pytest.raises(AssertionError):
        clock.now()


def test_what_lasts_for_machines_lasts_as_long_at_every_speed(story: SetSpeed) -> None:
    assert clock.of_machine(MINUTE) == MINUTE * 3000
    assert clock.by_machine(MINUTE * 3000) == MINUTE
    assert clock.seconds_for(10) == 0
    story(0)
    stands = clock.now()
    assert clock.now() == stands, "a clock that stands still goes"
    assert clock.of_machine(MINUTE) == MINUTE * 3000, (
        "in a pause a lease would run out when the clock goes on"
    )
    story(60)
    assert clock.of_machine(MINUTE) == MINUTE * 60
    assert clock.now() >= stands


def test_the_time_of_a_story_costs_a_page_no_statement(
    story: SetSpeed, db: None, django_assert_num_queries: Queries
) -> None:
    with django_assert_num_queries(0):
        clock.now()
        clock.of_machine(MINUTE)
        clock.is_scaled()


def test_a_lease_of_messages_outlasts_minutes_of_a_fast_story(story: SetSpeed, db: None) -> None:
    at = clock.now()
    message = make_message(created_at=at)
    assert relay_messages(at=at) == 1
    # A second of a machine later the batch is still with its sender; without `of_machine` it would come back at once.
    assert sweep_messages(at=at + SECOND * 3000).taken_back == 0
    assert sweep_messages(at=at + LEASE * 3001).taken_back == 1
    message.refresh_from_db()
    # The planted fault: a lease by the story's own span is over within the blink of an eye.
    claim(at=clock.now() + timedelta(days=30), lease=at + LEASE, limit=1)
    assert sweep_messages(at=at + SECOND * 3000).taken_back == 1
    assert Message.objects.get().status == Message.Status.QUEUED


def test_a_lease_of_a_fast_story_is_over_in_time_when_the_clock_goes_slower(
    story: SetSpeed, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_message(created_at=clock.now())
    relay_messages(at=clock.now())
    story(1)
    assert sweep_messages(at=clock.now()).taken_back == 0, "its sender is at work"
    scale = story_time.known()
    longest = LONGEST_LEASE + SECOND
    earlier = tuple(replace(one, begins_at=one.begins_at - longest) for one in scale.stretches)
    monkeypatch.setattr(story_time._Known, "scale", story_time.Scale(earlier))
    # Minutes of a machine have passed at a speed of 1; by the story's own span it would be four days.
    assert sweep_messages(at=clock.now()).taken_back == 1


def test_a_code_may_be_typed_for_ten_minutes_of_a_machine(story: SetSpeed, db: None) -> None:
    at = clock.now()
    code = request_code(contact="lin@example.org", name="", language="en", at=at, ip="127.0.0.1")
    assert code.expires_at - at == CODE_LIFETIME * 3000
    assert purge(at=at + timedelta(days=3))["login_codes"] == 0, "purged while it is typed"
    assert confirm_code(token=code.token, code=code.secret, at=at + MINUTE * 9 * 3000)


def test_tries_are_counted_in_windows_of_a_machine_and_acts_in_those_of_the_story(
    story: SetSpeed, db: None
) -> None:
    rates.hit("tries", limit=1, seconds=600, by_machine=True)
    rates.hit("acts", limit=1, seconds=600)
    machine, of_story = sorted(RateCount.objects.values_list("window_start", flat=True), reverse=True)
    assert abs(machine - clock.machine_now().timestamp()) <= 601
    assert machine - of_story > timedelta(days=50).total_seconds()
    assert purge(at=clock.now())["rate_counts"] == 0


def test_machines_signs_of_life_go_by_their_own_clock(story: SetSpeed, db: None) -> None:
    heartbeat.leave()
    assert heartbeat.is_alive()
    last = heartbeat.last()
    assert last is not None and clock.machine_now() - last < MINUTE
    at = clock.now()
    JobRun.objects.create(name="tasks.remind", started_at=at, arguments={}, state=JobRun.State.RUNNING)
    assert sweep(at=at + LONGEST * 2) == 0, "a job of a second was given up"
    assert sweep(at=at + LONGEST * 3001) == 1


SPANS = re.compile(
    r"[+-] (?:\w+\.)?(?:LEASE|OPEN_FOR|ONE_LOOK|SAME_CALL|\w+_LIFETIME|LOGIN_CODES|REQUEST_KEYS)\b"
)


def spans_by_the_story(source: str) -> list[str]:
    """Where a span of machines, or of somebody at a keyboard, is added to a moment as it stands."""
    return [found[0] for found in SPANS.finditer(source)]


def test_no_lease_or_open_look_is_of_the_storys_own_span() -> None:
    packages = [app.path for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    assert len(packages) > 10
    wrong = {
        str(file): spans
        for package in packages
        for file in Path(package).rglob("*.py")
        if (spans := spans_by_the_story(file.read_text()))
    }
    assert not wrong, "clock.of_machine is missing"
    assert spans_by_the_story("leased_until=at + LEASE,") == ["+ LEASE"]
