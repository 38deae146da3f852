"""Which stage an area is in, and whether it is stopped."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.timezone import localdate
from django.utils.translation import get_language

from areas.models import Area
from organizations.models import Organization
from tasks.models import AreaStop, Crisis, PlaybookPriority, PlaybookStage, Stage, StageChange


@dataclass(frozen=True)
class StageView:
    """The stage in force in an area: since when, by whose word, and in which crisis."""

    stage: Stage
    # As the playbook of the crisis calls it; without one, as the three stages are called everywhere.
    name: str
    since: datetime
    crisis: Crisis
    decided_for: Area
    inherited: bool

    @property
    def number_name(self) -> str:
        """Its number in words: 第一阶段, Stage 1."""
        return number_name(self.stage)

    def day_number(self, at: datetime) -> int:
        """1 on the day on which the stage began, by the clock of the place."""
        return (localdate(at) - localdate(self.since)).days + 1


@dataclass(frozen=True)
class StageRules:
    """What the stage in force in an area sets. Without a crisis or a playbook nothing is narrowed."""

    stage: int = Stage.NONE
    name: str = ""
    crisis: Crisis | None = None
    # Kinds of organizations that make calls public; authorities always may.
    publishers: frozenset[str] = frozenset(Organization.Kind.values)
    needs_review: bool = False
    lead_kinds: tuple[str, ...] = ()
    alert_reach: str = PlaybookStage.Reach.PROVINCE
    escalate_hours: int = 24
    seat_weight: float = 1.0
    # How urgent a kind of work is, by the id of the type.
    priorities: dict[int, int] = field(default_factory=dict)
    template_ids: frozenset[int] = frozenset()

    def may_publish(self, kind: str) -> bool:
        """Whether organizations of this kind make calls public here."""
        return kind == Organization.Kind.GOVERNMENT or kind in self.publishers

    def priority_of(self, type_id: int, otherwise: int = 1) -> int:
        """How urgent a new call of the kind of work starts."""
        return self.priorities.get(type_id, otherwise)


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


def last_word(change: StageChange | None) -> str:
    """A change as forms carry it, so that nobody decides over one that they have not read; empty for none."""
    return change.decided_at.isoformat() if change else ""


def latest_decision(area: Area) -> StageChange | None:
    """The change over the area that was decided last, in force or planned."""
    return changes_over(area).order_by("-decided_at", "-id").first()


def stage_of(area: Area, at: datetime) -> StageView | None:
    """The stage in force in the area: the last change that took effect there or in an area above. One query."""
    of_playbook = PlaybookStage.objects.filter(
        playbook=OuterRef("crisis__playbook"), stage=OuterRef("stage")
    ).values(names=JSONObject(zh="name_zh", en="name_en"))
    change = changes_over(area).filter(effective_at__lte=at).annotate(names=Subquery(of_playbook)).first()
    if change is None:
        return None
    return StageView(
        stage=Stage(change.stage),
        name=_in_language(change.names) or str(Stage(change.stage).label),
        since=change.effective_at,
        crisis=change.crisis,
        decided_for=change.area,
        inherited=change.area_id != area.pk,
    )


def rules_of(area: Area, at: datetime) -> StageRules:
    """What the stage in force in the area sets, by the playbook that its crisis follows. Two queries."""
    in_force = StageChange.objects.filter(
        crisis=OuterRef("pk"), area__path__in=area.paths_above(), effective_at__lte=at
    ).order_by("-effective_at", "-area__level", "-id")
    crisis = (
        Crisis.objects.running()
        .filter(area__path__in=area.paths_above())
        .select_related("area", "playbook")
        .annotate(stage=Subquery(in_force.values("stage")[:1], output_field=IntegerField()))
        .order_by("-started_at")
        .first()
    )
    if crisis is None:
        return StageRules(name=str(Stage.NONE.label))
    stage = Stage(crisis.stage or Stage.NONE)
    return rules_in(crisis, stage)


def rules_in(crisis: Crisis, stage: int) -> StageRules:
    """What a stage sets in a crisis, whether or not it is in force anywhere. One query, none without a playbook."""
    neutral = StageRules(stage=stage, name=str(Stage(stage).label), crisis=crisis)
    if crisis.playbook_id is None:
        return neutral
    urgent = PlaybookPriority.objects.filter(stage=OuterRef("pk")).values(
        pair=JSONObject(type="type_id", priority="priority")
    )
    texts = PlaybookStage.templates.through.objects.filter(playbookstage=OuterRef("pk"))
    found = (
        PlaybookStage.objects.filter(playbook=crisis.playbook_id, stage=stage)
        .annotate(urgent=ArraySubquery(urgent), texts=ArraySubquery(texts.values("tasktemplate_id")))
        .first()
    )
    if found is None:
        return neutral
    return StageRules(
        stage=stage,
        name=found.name,
        crisis=crisis,
        publishers=frozenset(found.publishers),
        needs_review=found.needs_review,
        lead_kinds=tuple(found.lead_kinds),
        alert_reach=found.alert_reach,
        escalate_hours=found.escalate_hours,
        seat_weight=float(found.seat_weight),
        priorities={pair["type"]: pair["priority"] for pair in found.urgent},
        template_ids=frozenset(found.texts),
    )


def _in_language(names: dict[str, str] | None) -> str:
    if names is None:
        return ""
    return names["en" if (get_language() or "").startswith("en") else "zh"]


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
