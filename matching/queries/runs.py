"""Runs for the pages about them: those of an area, those that are plotted."""

from dataclasses import dataclass

from django.db.models import Avg, Count, Max, Sum

from areas.models import Area
from matching.models import MatchRun, MatchRunQuerySet, Repair

PLOTTED = 48


def all_runs() -> MatchRunQuerySet:
    """With the area that each plans."""
    return MatchRun.objects.select_related("scope")


def runs_around(area: Area) -> MatchRunQuerySet:
    """Those that plan for an area: a plan is made for its whole province."""
    return all_runs().filter(scope__path__in=area.paths_above())


def plotted(runs: MatchRunQuerySet) -> list[MatchRun]:
    """The last plans that stood, the oldest first; only what a plot needs. One statement."""
    found = runs.filter(status=MatchRun.Status.DONE).order_by("-pk")
    columns = ("requested_at", "seat_count", "proposal_count", "gap_percent")
    return list(found.select_related(None).only(*columns)[:PLOTTED])[::-1]


@dataclass(frozen=True)
class Mended:
    """Repairs of a plan after events of one kind: how many, seats filled, others moved by each on average, the slowest."""

    kind: Repair.Kind
    count: int
    filled: int
    moved: float
    milliseconds: int


def mended(run: MatchRun) -> list[Mended]:
    """What became of a plan since it was made, the most frequent kind of event first. One statement."""
    found = (
        Repair.objects.filter(run=run)
        .values("kind")
        .annotate(
            count=Count("pk"),
            filled=Sum("filled_count"),
            moved=Avg("moved_count"),
            slowest=Max("milliseconds"),
        )
        .order_by("-count", "kind")
    )
    return [
        Mended(Repair.Kind(row["kind"]), row["count"], row["filled"], row["moved"], row["slowest"])
        for row in found
    ]
