"""Why the seats of a plan are worth what they are, and why some stay empty: the engine's numbers, as they are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.actions.solving import Solved, engine
from matching.policies.counting import rounded
from matching.policies.vocabulary import Kind, Word
from matching.queries.mapping import Arrays, Part, needs_of
from matching.queries.snapshot import Snapshot

if TYPE_CHECKING:
    from matching.engine.survey import Survey

# What whoever posts a shift can ask less of. The other bits are what people chose themselves, and where they live.
ASKED = (Kind.CAPABILITY, Kind.AGE)


@dataclass(frozen=True)
class RoleReasons:
    """What is stored of a role: the price of a seat, the engine's verdict, seats that stay empty, and rounded numbers
    of people.

    `people` has `qualify`, `others` (who qualify and are not planned for it), of these those `elsewhere` and the `idle`;
    and, where seats stay empty, who fails at one thing alone: `lacking`, `not_free`, `spent` hours, `far`.
    """

    role_id: int
    price: float
    verdict: str
    empty: int
    people: dict[str, int]


def survey_of(taken: Snapshot, part: Part, arrays: Arrays, solved: Solved) -> "Survey":
    """What else each volunteer of a part's plan could do, and who could come to each role."""
    here = engine()
    word = Word.of(needs_of(taken, [taken.roles[index] for index in part.members]))
    asked = sum(1 << bit for trait, bit in word.bits.items() if trait.kind in ASKED)
    plan = here.Plan(
        volunteer=solved.volunteer,
        shift=solved.shift,
        shift_price=solved.shift_price,
        objective=solved.objective,
        upper_bound=solved.upper_bound,
        is_optimal=False,
    )
    found: Survey = here.survey(here.Problem(**arrays), plan, asked=asked)
    return found


def reasons_of_roles(
    role_ids: Sequence[int], arrays: Arrays, solved: Solved, found: "Survey"
) -> list[RoleReasons]:
    """One entry a role of a part, in its order."""
    empty = arrays["shift_max"].astype(np.int64) - found.filled
    others = found.eligible - found.filled
    columns = {
        "qualify": found.eligible,
        "others": others,
        "elsewhere": found.needed_elsewhere,
        "idle": others - found.needed_elsewhere,
        "lacking": found.lacking,
        "not_free": found.not_free,
        "spent": found.spent,
        "far": found.far,
    }
    listed = {name: values.tolist() for name, values in columns.items()}
    return [
        RoleReasons(
            role_id=role_id,
            price=max(float(solved.shift_price[n]), 0.0),
            verdict=str(found.why[n]),
            empty=int(empty[n]),
            people={name: rounded(values[n]) for name, values in listed.items()} if empty[n] > 0 else {},
        )
        for n, role_id in enumerate(role_ids)
    ]
