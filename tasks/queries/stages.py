"""Which stage an area is in, and whether it is stopped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import get_language

from areas.models import Area
from tasks.models import AreaStop, Crisis, Stage, StageChange


@dataclass(frozen=True)
class StageView:
    """The stage in force in an area: since when, by whose word, and in which crisis."""

    stage: Stage
    since: datetime
    crisis: Crisis
    decided_for: Area
    inherited: bool

    @property
    def name(self) -> str:
        return str(self.stage.label)

    @property
    def number_name(self) -> str:
        """Its number in words: 第一阶段, Stage 1."""
        return number_name(self.stage)

    def day_number(self, at: datetime) -> int:
        """1 on the day on which the stage began, by the clock of the place."""
        return (localdate(at) - localdate(self.since)).days + 1


def number_name(stage: int) -> str:
    """A stage's number as one says it; its name where it has no number."""
    if stage == Stage.NONE:
        return str(Stage.NONE.label)
    if (get_language() or "zh-hans").startswith("zh"):
        return f"第{'一二三'[stage - 1]}阶段"
    return f"Stage {stage}"


def running_crisis(area: Area) -> Crisis | None:
    """The crisis that is on in the area."""
    return (
        Crisis.objects.running()
        .filter(area__path__in=area.paths_above())
        .select_related("area")
        .order_by("-started_at")
        .first()
    )


def changes_over(area: Area) -> QuerySet[StageChange]:
    """Every change of running crises that reaches the area, the latest in force first; on a tie the nearer area's."""
    return (
        StageChange.objects.filter(area__path__in=area.paths_above(), crisis__ended_at=None)
        .select_related("crisis", "area", "decided_by")
        .order_by("-effective_at", "-area__level", "-id")
    )


def stage_of(area: Area, at: datetime) -> StageView | None:
    """The stage in force in the area: the last change that took effect there or in an area above. One query."""
    change = changes_over(area).filter(effective_at__lte=at).first()
    if change is None:
        return None
    return StageView(
        stage=Stage(change.stage),
        since=change.effective_at,
        crisis=change.crisis,
        decided_for=change.area,
        inherited=change.area_id != area.pk,
    )


def stages_below(area: Area, at: datetime) -> QuerySet[StageChange]:
    """Changes in force by which areas below went their own way, the latest of each area."""
    return (
        StageChange.objects.filter(
            area__path__startswith=area.path,
            area__level__gt=area.level,
            crisis__ended_at=None,
            effective_at__lte=at,
        )
        .select_related("area")
        .order_by("area_id", "-effective_at")
        .distinct("area_id")
    )


def live_stops_over(area: Area) -> QuerySet[AreaStop]:
    """The stops in force over the area, its own and those of the areas above."""
    return (
        AreaStop.objects.live()
        .filter(area__path__in=area.paths_above())
        .select_related("area", "stopped_by")
        .order_by("area__level")
    )


def live_stops_around(areas: Iterable[Area]) -> QuerySet[AreaStop]:
    """The stops in force over any of the areas or inside of one, the widest first."""
    around = Q(pk__in=())
    for area in areas:
        around |= Q(area__path__in=area.paths_above()) | Q(area__path__startswith=area.path)
    return (
        AreaStop.objects.live()
        .filter(around)
        .select_related("area__parent__parent")
        .order_by("area__level", "-stopped_at")
    )


def live_stops_within(area: Area) -> QuerySet[AreaStop]:
    """The stops in force in the area and below it."""
    return (
        AreaStop.objects.live()
        .filter(area__path__startswith=area.path)
        .select_related("area", "stopped_by")
        .order_by("-stopped_at")
    )
