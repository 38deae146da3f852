"""The story's time in tests: nobody looks for it beside them, and a test lets it go as it wants."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings

from core import story_time
from core.story_time import Scale, Stretch

# Two months before whenever a test runs: no hour of a story is ever that of the machine.
AWAY = timedelta(days=60)
SetSpeed = Callable[[float], None]


@pytest.fixture(autouse=True)
def _nobody_looks_for_a_story(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that reads the stretches would keep the database of one test open into the next."""
    monkeypatch.setattr(story_time, "_look_beside", lambda: None)
    monkeypatch.setattr(story_time._Known, "scale", Scale())


@pytest.fixture
def story(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> SetSpeed:
    """Let this process play a story, 3000 times as fast as a machine; called with another speed it goes on at that."""
    settings.DEMO = True
    now = datetime.now(UTC)
    monkeypatch.setattr(story_time._Known, "scale", Scale((Stretch(now, now - AWAY, 3000.0),)))

    def go_on(speed: float) -> None:
        before, at = story_time.known(), datetime.now(UTC)
        after = Scale((Stretch(at, before.at(at), speed), *before.stretches))
        monkeypatch.setattr(story_time._Known, "scale", after)

    return go_on
