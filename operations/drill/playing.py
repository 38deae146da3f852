"""Puts a drill together, and lets it be played on a stage."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import Error

from core import deployment
from core.errors import DomainError
from operations.drill.cast import gather
from operations.drill.chance import Chance
from operations.drill.drama import Actor, Drama, Policy
from operations.drill.groups.actor import Groups
from operations.drill.hands import Hands
from operations.drill.officials.actor import Officials
from operations.drill.outcome.summary import summarize
from operations.drill.people.actor import People
from operations.drill.policies import POLICIES
from operations.drill.residents.actor import Residents
from operations.drill.story import Stage, Story
from operations.models import Drill

logger = logging.getLogger(__name__)

ACTORS: tuple[type[Actor], ...] = (Officials, Groups, Residents, People)
# How often, by the story's clock, it is written down how far it has come.
WRITTEN_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Scenario:
    """A crisis that can be played. `days`: from the first day of the crisis on."""

    name: str
    days: int


SCENARIOS = {"outbreak": Scenario("outbreak", days=61)}


class NotSynthetic(DomainError):
    code = "not-synthetic"
    text = "A drill is played in a database of invented people alone; this one holds others"


def compose(
    *, scenario: Scenario, policy: str, seed: int, begins_at: datetime, days: int | None = None
) -> Drama:
    """A drill that may begin at a moment of the story's clock. Raises NotSynthetic, and LookupError without a cast."""
    if not deployment.is_synthetic():
        raise NotSynthetic
    cast = gather()
    ends_at = begins_at + timedelta(days=days or scenario.days)
    chosen: Policy = POLICIES[policy]()
    drill = Drill.objects.create(
        scenario=scenario.name,
        policy=policy,
        seed=seed,
        begins_at=begins_at,
        ends_at=ends_at,
        reached_at=begins_at,
        started_at=datetime.now(UTC),
    )
    return Drama(drill, Story(begins_at, ends_at), Chance(seed), cast, Hands(), chosen)


def play(drama: Drama, stage: Stage) -> bool:
    """Let everybody play until the end; whether it was reached. The drill's row says how it ended."""
    for actor in ACTORS:
        actor().begin(drama)
    drama.policy.begin(drama)
    drama.story.every(WRITTEN_EVERY, drama.write_down, first=drama.story.begins_at)
    reached = drama.story.run(stage)
    drama.write_down(drama.story.ends_at if reached else drama.drill.reached_at)
    drama.drill.status = Drill.Status.DONE if reached else Drill.Status.STOPPED
    drama.drill.finished_at = datetime.now(UTC)
    drama.drill.summary = drama.hands.look(lambda: summarize(drama))
    drama.drill.save(update_fields=["status", "finished_at", "summary"])
    return reached


def break_off(drill: Drill, error: BaseException) -> None:
    """Say in its row why the story has no end: only one drill at a time counts as running."""
    drill.status = Drill.Status.FAILED
    drill.failure = f"{type(error).__name__}: {error}"[:2000]
    drill.finished_at = datetime.now(UTC)
    try:
        drill.save(update_fields=["status", "failure", "finished_at"])
    except Error as gone:
        logger.warning("the drill's row could not be written: %s", gone)
