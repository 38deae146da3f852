"""What everybody who plays in a drill shares."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.utils import timezone

from core.doorbell import Job
from operations.drill.cast import Cast
from operations.drill.chance import Chance
from operations.drill.hands import Hands
from operations.drill.story import Story
from operations.models import Drill, DrillEntry
from tasks.models import Crisis, Task

ENTRIES_KEPT = 300


@dataclass
class Drama:
    """One drill that is played. Actors know each other only by what they find in the database."""

    drill: Drill
    story: Story
    chance: Chance
    cast: Cast
    hands: Hands
    policy: "Policy"
    # Set by the official on the first day.
    crisis: Crisis | None = None
    # Seconds of the machine that each job took, where the stage carries them out itself.
    jobs_s: dict[str, float] = field(default_factory=dict)
    _said: list[DrillEntry] = field(default_factory=list)

    def day(self, at: datetime) -> float:
        """Days since the crisis began, with their fraction; its first day is day 0."""
        return (at - self.story.begins_at) / timedelta(days=1)

    def moment(self, day: int, hour: float) -> datetime:
        """An hour of a day of the crisis, by the clock on the wall of the place."""
        on = timezone.localtime(self.story.begins_at).replace(hour=0, minute=0, second=0, microsecond=0)
        return on + timedelta(days=day, hours=hour)

    def say(self, kind: str, at: datetime, **data: Any) -> None:
        """Note what happened, in a kind of `words`; written with the next look of the stage."""
        self._said.append(DrillEntry(drill=self.drill, at=at, kind=kind, data=data))

    def write_down(self, at: datetime) -> None:
        """Write what was said and how far the story has come; forget what nobody reads any more."""
        self.drill.reached_at = at
        self.drill.counts = {"done": dict(self.hands.done), "refused": dict(self.hands.refused)}
        self.drill.save(update_fields=["reached_at", "counts"])
        DrillEntry.objects.bulk_create(self._said[-ENTRIES_KEPT:])
        self._said.clear()
        oldest = self.drill.entries.order_by("-id").values_list("id", flat=True)[
            ENTRIES_KEPT : ENTRIES_KEPT + 1
        ]
        for key in oldest:
            self.drill.entries.filter(id__lte=key).delete()


class Actor(Protocol):
    """Somebody who plays: plans their first happenings, which plan the next ones."""

    def begin(self, drama: Drama) -> None: ...


class Policy(Protocol):
    """How people are asked. `filling`: what groups choose for the calls that they take on. `without`: jobs that the
    platform of this policy does not have."""

    name: str
    filling: Task.Filling
    without: frozenset[Job]

    def begin(self, drama: Drama) -> None:
        """Plan what a dispatcher does by hand; nothing where the product does it by itself."""
