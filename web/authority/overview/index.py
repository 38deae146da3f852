"""The index of areas: the versions of its weights."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from insights.models import IndexVersion
from insights.queries.index import PARTS
from web.wording import local


@dataclass(frozen=True)
class VersionLine:
    """A set of weights, in per cent, the heaviest first."""

    version: int
    made_on: date
    weights: list[tuple[str, int]]


def version_lines(versions: Iterable[IndexVersion]) -> list[VersionLine]:
    return [
        VersionLine(
            version.version,
            local(version.made_at).date(),
            sorted(
                ((str(PARTS.get(name, name)), weight) for name, weight in version.weights.items()),
                key=lambda pair: -pair[1],
            ),
        )
        for version in versions
    ]
