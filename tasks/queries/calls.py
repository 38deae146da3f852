"""Reads of calls: lists for an area or an organization, who shares one, what a new one starts from."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from areas.models import Area
from core.words import words_of
from organizations.models import Organization, OrganizationQuerySet
from organizations.queries import paths_served
from tasks.models import Adoption, CallRequest, Shift, ShiftRole, Step, Task, TaskTemplate, Transfer
from tasks.models.task import TaskQuerySet
from tasks.queries.escalations import is_brought_before
from tasks.queries.stages import StageRules

# How long after its end an organization is reminded to look back at a call.
LOOKED_BACK_WITHIN = timedelta(days=30)
# Of calls that ended a list holds so many, the latest, and counts no further: it costs the same in ten years.
ENDED_MOST = 1_000
# What a list of calls can be narrowed to.
NARROWINGS = {
    "waiting": Q(status=Task.Status.CALLED),
    "taken": Q(status=Task.Status.ADOPTED, filled_at=None),
    "filled": Q(status=Task.Status.ADOPTED, filled_at__isnull=False),
    "drafts": Q(status=Task.Status.DRAFT),
    "ended": Q(status__in=(Task.Status.CLOSED, Task.Status.CANCELLED)),
}


def calls_within(area: Area) -> TaskQuerySet:
    """Every call for the area or an area below it, whatever its state."""
    return Task.objects.filter(area__path__startswith=area.path)


def holding_words(calls: QuerySet[Task], typed: str) -> QuerySet[Task]:
    """Those whose titles or place hold every word that was typed."""
    for word in words_of(typed):
        calls = calls.filter(pk__in=Task.objects.holding(word))
    return calls


def calls_of(organization: Organization) -> TaskQuerySet:
    """The calls that an organization wrote."""
    return Task.objects.filter(issuer=organization)


def with_seats(calls: TaskQuerySet) -> TaskQuerySet:
    """Adds `seats_taken`, `seats_asked` (of shifts that are not cancelled) and `lead_name`, and loads names."""
    roles = ShiftRole.objects.filter(shift__task=OuterRef("pk"), shift__status=Shift.Status.OPEN).order_by()
    lead = Adoption.objects.live().filter(task=OuterRef("pk"), role=Adoption.Role.LEAD)

    def total(field: str) -> Coalesce:
        sums = roles.values("shift__task").annotate(total=Sum(field)).values("total")
        return Coalesce(Subquery(sums, output_field=IntegerField()), 0)

    return calls.select_related("area__parent__parent", "issuer", "type").annotate(
        seats_taken=total("seats_taken"),
        seats_asked=total("seats"),
        lead_name=Subquery(lead.values("organization__name")[:1]),
        lead_name_en=Subquery(lead.values("organization__name_en")[:1]),
    )


def counts_within(area: Area) -> dict[str, int]:
    """How many calls of the area there are of each narrowing, "brought" those brought before its authority, of those that
    ended `ENDED_MOST` at most. Two statements."""
    going = {name: condition for name, condition in NARROWINGS.items() if name != "ended"}
    going["brought"] = is_brought_before(area)
    found: dict[str, int] = (
        calls_within(area)
        .filter(ended_at=None)
        .aggregate(**{name: Count("pk", filter=condition) for name, condition in going.items()})
    )
    return {**found, "ended": calls_within(area).filter(NARROWINGS["ended"])[:ENDED_MOST].count()}


def calls_to_adopt(organization: Organization) -> TaskQuerySet:
    """Open calls in reach of an organization in which it has no share yet, with `is_asked`: those for which it was asked by
    name first, then those without a lead.

    In reach lies what its areas hold, and what lies elsewhere where one of its areas agreed to help.
    """
    served = paths_served(organization)
    above = {path for own in served for path in Area(path=own).paths_above()}

    def within(field: str) -> Q:
        found = Q(**{f"{field}__in": above})
        for path in served:
            found |= Q(**{f"{field}__startswith": path})
        return found

    helped = Transfer.objects.filter(within("giver__path"), status=Transfer.Status.AGREED).values("task")
    shares = Adoption.objects.live().filter(organization=organization).values("task")
    return (
        Task.objects.public()
        .filter(within("area__path") | Q(pk__in=helped))
        .exclude(pk__in=shares)
        .annotate(is_asked=Exists(_asked_of(organization)))
        .order_by("-is_asked", F("adopted_at").asc(nulls_first=True), "-priority", "starts_on", "id")
    )


def calls_to_look_back_at(organization: Organization, at: datetime) -> TaskQuerySet:
    """Calls of authorities that it shared and that were done lately, until it looked back at them; the latest first."""
    said = Step.objects.filter(task=OuterRef("pk"), organization=organization, kind=Step.Kind.ASSESS)
    shares = Adoption.objects.live().filter(organization=organization).values("task")
    return Task.objects.filter(
        ~Exists(said),
        pk__in=shares,
        issuer__kind=Organization.Kind.GOVERNMENT,
        status=Task.Status.CLOSED,
        ended_at__gte=at - LOOKED_BACK_WITHIN,
    ).order_by("-ended_at", "id")


def _asked_of(organization: Organization) -> QuerySet[CallRequest]:
    """By call: whether the organization was asked by name and has not answered."""
    return CallRequest.objects.open().filter(task=OuterRef("pk"), organization=organization)


def in_reach(task: Task) -> OrganizationQuerySet:
    """Approved organizations that may take a call on: they serve its area, or one that agreed to help there."""
    givers = Transfer.objects.filter(task=task, status=Transfer.Status.AGREED).select_related("giver")
    areas = [task.area, *(transfer.giver for transfer in givers)]
    serving = Q()
    for area in areas:
        serving |= Q(pk__in=Organization.objects.serving(area).values("pk"))
    return Organization.objects.approved().filter(serving)


def shares_of(task: Task) -> QuerySet[Adoption]:
    """Who has a share in a call, the lead first."""
    return (
        Adoption.objects.live()
        .filter(task=task)
        .select_related("organization", "adopted_by")
        .order_by("role", "adopted_at")
    )


def shifts_of(task: Task) -> QuerySet[Any]:
    """Shifts of a call with `taken`, `needed` and `seats`, those of unknown time last."""
    return (
        Shift.objects.filter(task=task)
        .with_seats()
        .select_related("organization", "area__parent__parent")
        .order_by(F("starts_at").asc(nulls_last=True), "id")
    )


def response_time(task: Task, at: datetime) -> timedelta | None:
    """From the call until an organization took it on, or until now; None for what was never public."""
    if task.called_at is None:
        return None
    return (task.adopted_at or task.ended_at or at) - task.called_at


def templates_for(rules: StageRules) -> QuerySet[TaskTemplate]:
    """Templates that fit a stage: those that its playbook puts in front, then its own, then those of every stage.

    `is_front` says which are in front.
    """
    front = Q(pk__in=rules.template_ids)
    return (
        TaskTemplate.objects.filter(front | Q(stage__in=(0, rules.stage)))
        .annotate(is_front=ExpressionWrapper(front, output_field=BooleanField()))
        .select_related("type")
        .order_by("-is_front", "-stage", "type__position", "id")
    )
