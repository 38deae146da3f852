"""Runs for the pages about them: those of an area, those that are plotted."""

from areas.models import Area
from matching.models import MatchRun, MatchRunQuerySet

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
