"""Playbooks: which there are, which may be followed where, and each as the file that it can be written to."""

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import JSONObject

from areas.models import Area
from organizations.models import Organization
from tasks.models import Crisis, Playbook, PlaybookPriority, PlaybookStage, TaskTemplate, TaskType
from tasks.policies.playbooks import Known, PlaybookGiven, StageGiven


def playbooks_for(area: Area) -> QuerySet[Playbook]:
    """Those that may be followed in the area: made for everywhere, for it, or for an area above; no retired ones."""
    reaching = Playbook.areas.through.objects.filter(
        playbook=OuterRef("pk"), area__path__in=area.paths_above()
    )
    return (
        Playbook.objects.filter(retired_at=None)
        .filter(Q(areas=None) | Exists(reaching))
        .order_by("-changed_at", "code")
        .distinct()
    )


def playbook_by_code(code: str) -> Playbook | None:
    return Playbook.objects.filter(code=code).select_related("changed_by").prefetch_related("areas").first()


def followers(playbook: Playbook) -> QuerySet[Crisis]:
    """The crises that follow a playbook now."""
    return Crisis.objects.running().filter(playbook=playbook).select_related("area").order_by("started_at")


def stages_of(playbook: Playbook) -> list[PlaybookStage]:
    """The stages in their order, with their priorities and templates; three statements."""
    return list(
        PlaybookStage.objects.filter(playbook=playbook)
        .prefetch_related(
            Prefetch("priorities", PlaybookPriority.objects.select_related("type")), "templates"
        )
        .order_by("stage")
    )


def given_of(playbook: Playbook) -> PlaybookGiven:
    """A playbook as its file says it. Two statements, one where its areas are loaded."""
    urgent = (
        PlaybookPriority.objects.filter(stage=OuterRef("pk"))
        .order_by("type__position", "type_id")
        .values(pair=JSONObject(type="type__code", priority="priority"))
    )
    texts = (
        PlaybookStage.templates.through.objects.filter(playbookstage=OuterRef("pk"))
        .order_by("tasktemplate__code")
        .values("tasktemplate__code")
    )
    stages = PlaybookStage.objects.filter(playbook=playbook).annotate(
        urgent=ArraySubquery(urgent), texts=ArraySubquery(texts)
    )
    return PlaybookGiven(
        code=playbook.code,
        name_zh=playbook.name_zh,
        name_en=playbook.name_en,
        summary_zh=playbook.summary_zh,
        summary_en=playbook.summary_en,
        areas=tuple(sorted(area.code for area in playbook.areas.all())),
        stages=tuple(
            _stage_given(stage, {pair["type"]: pair["priority"] for pair in stage.urgent}, stage.texts)
            for stage in stages.order_by("stage")
        ),
        version=playbook.version,
    )


def _stage_given(stage: PlaybookStage, priorities: dict[str, int], templates: Iterable[str]) -> StageGiven:
    return StageGiven(
        stage=stage.stage,
        name_zh=stage.name_zh,
        name_en=stage.name_en,
        summary_zh=stage.summary_zh,
        summary_en=stage.summary_en,
        first_day=stage.first_day,
        last_day=stage.last_day,
        publishers=tuple(stage.publishers),
        needs_review=stage.needs_review,
        lead_kinds=tuple(stage.lead_kinds),
        alert_reach=stage.alert_reach,
        escalate_hours=stage.escalate_hours,
        seat_weight=stage.seat_weight,
        priorities=priorities,
        templates=tuple(templates),
    )


def known(areas: Iterable[str]) -> Known:
    """What a playbook may name; of areas, those among the given. Three statements."""
    return Known(
        types=frozenset(TaskType.objects.values_list("code", flat=True)),
        templates=frozenset(TaskTemplate.objects.values_list("code", flat=True)),
        areas=frozenset(Area.objects.filter(code__in=list(areas)).values_list("code", flat=True)),
        kinds=frozenset(kind for kind in Organization.Kind.values if kind != Organization.Kind.GOVERNMENT),
        lead_kinds=frozenset(lead_kinds()),
        reaches=frozenset(PlaybookStage.Reach.values),
    )


def lead_kinds() -> dict[str, str]:
    """What may lead, by its code: the types of community-based organizations, and the other kinds."""
    kinds = {kind.value: str(kind.label) for kind in Organization.CboType}
    others = (Organization.Kind.COMMUNITY, Organization.Kind.ENTERPRISE, Organization.Kind.SCHOOL)
    return {**kinds, **{kind.value: str(kind.label) for kind in others}}
