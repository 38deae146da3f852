"""What a seat is worth and what a person's coming costs. Every number that weighs anything stands here, versioned.

Nothing in this module knows a person's sex, whether they study, or their age: they never weigh.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Raised whenever a number or a formula of this module changes; each run notes it.
VERSION = 3
MOST_LOAD = 5


@dataclass(frozen=True)
class Weights:
    """Points. A kilometre, a cause that is not preferred and a step of recent load cost; a filled seat gains."""

    version: int = VERSION
    kilometre: int = 10
    other_cause: int = 250
    recent_load: int = 30
    # What a suggestion of the plan before is worth more in the next: a kilometre.
    kept: int = 10
    seat: int = 2000
    # Of the seat's value, for each seat above the least number.
    extra_share: float = 0.5
    # By stage of a playbook ("zhejiang-2020/1"), as a factor of the seat's value; where none is in force it counts once.
    stages: dict[str, float] = field(default_factory=dict)
    # By stage of a playbook, how urgent kinds of work are, by their code: a stage lifts what a call says, never lowers it.
    priorities: dict[str, dict[str, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def seat_values(priority: int, stage: str, kind: str, weights: Weights) -> tuple[int, int]:
    """Value of each seat up to the least number, and above it: 2000 · 2^priority, times the stage's weight; half.

    The priority is the call's, or what the stage gives the kind of work where that is more.
    """
    urgent = max(priority, weights.priorities.get(stage, {}).get(kind, 0))
    value = round(weights.seat * 2**urgent * weights.stages.get(stage, 1.0))
    return value, round(value * weights.extra_share)


def recent_load(served: NDArray[np.integer], asked: NDArray[np.integer]) -> NDArray[np.int16]:
    """0–5, as `tasks.policies.recent_load` counts it: shifts, and every second alert of the last days, rounded up.

    Whoever did nothing and was not asked stands at 0, so that the idle gain over everybody else.
    """
    load = served.astype(np.int32) + (asked.astype(np.int32) + 1) // 2
    return np.minimum(load, MOST_LOAD).astype(np.int16)
