"""The plan that stands before a run: where the engine begins, and what it keeps where nothing is lost by it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.models import MatchRun
from matching.policies.weights import Weights
from matching.queries import packed
from matching.queries.mapping import Arrays, Part
from matching.queries.snapshot import Snapshot

_PAIRS = """
SELECT proposal.role_id, proposal.volunteer_id AS who FROM matching_proposal proposal
JOIN matching_matchrun run ON run.id = proposal.run_id WHERE run.scope_id = %(scope)s AND run.status = 'done'
"""
_PRICES = """
SELECT price.role_id, price.price FROM matching_roleprice price
JOIN matching_matchrun run ON run.id = price.run_id WHERE run.scope_id = %(scope)s AND run.status = 'done'
"""


@dataclass(frozen=True)
class Standing:
    """Suggestions (role, person) and prices (role, price) by ids."""

    pairs: packed.Columns
    prices: packed.Columns

    def arrays(self, taken: Snapshot, part: Part, weights: Weights) -> Arrays:
        """What the engine is told of it for a part; nothing where it knows none of its roles.

        `start_price` (float64, S; NaN where there is none), `kept_volunteer` and `kept_shift` (int32), and what keeping
        a pair is worth, `kept_bonus` (int64, 1).
        """
        ids = np.array([taken.roles[index].id for index in part.members], np.int64)
        of_price, known = _places(ids, self.prices["role_id"])
        if not known.any():
            return {}
        price = np.full(len(ids), np.nan)
        price[of_price[known]] = self.prices["price"][known]
        shift, is_here = _places(ids, self.pairs["role_id"])
        volunteer, is_known = _places(taken.people["id"], self.pairs["who"])
        kept = is_here & is_known
        return {
            "start_price": price,
            "kept_volunteer": volunteer[kept].astype(np.int32),
            "kept_shift": shift[kept].astype(np.int32),
            "kept_bonus": np.array([weights.kept], np.int64),
        }


def standing_plan(run: MatchRun) -> Standing:
    """The plan that stands where a run plans; without rows where there is none. Two statements."""
    params: dict[str, Any] = {"scope": run.scope_id}
    return Standing(
        packed.fetch(_PAIRS, params, {"role_id": "int8", "who": "int8"}),
        packed.fetch(_PRICES, params, {"role_id": "int8", "price": "float8"}),
    )


def _places(ids: NDArray[Any], wanted: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each of `wanted` stands in `ids`, and whether it does."""
    if not len(ids):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), np.bool_)
    order = np.argsort(ids, kind="stable")
    place = order[np.minimum(np.searchsorted(ids, wanted, sorter=order), len(ids) - 1)]
    return place, ids[place] == wanted
