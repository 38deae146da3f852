"""What a change of stage would change, and what was changed and planned: for the page before it, and the one after."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.timezone import localdate

from accounts.models import User
from areas.models import Area, reads_chinese
from core.models import AuditRecord
from organizations.models import Organization
from tasks.models import Crisis, PlaybookStage, Shift, StageChange, Task, TaskTemplate, TaskType
from tasks.queries.stages import StageRules, changes_over, rules_in, stages_below

LIVE = (Task.Status.CALLED, Task.Status.ADOPTED)
EVENTS = ("playbook.saved", "crisis.playbook_chosen", "crisis.started")


@dataclass(frozen=True)
class Names:
    """Names in the reader's language by id: of kinds of work in their order, and of templates."""

    types: dict[int, str]
    templates: dict[int, str]


@dataclass(frozen=True)
class CallsAffected:
    """Calls in the area that a transition bears on. `open`: public and not over; `lifted`: of these, the more urgent in
    plans; `alerts`: with shifts ahead, whose alerts reach farther or less far; `blocked` and `to_review`: drafts of
    groups that could be made public at once, and no longer can."""

    open: int = 0
    lifted: int = 0
    alerts: int = 0
    blocked: int = 0
    to_review: int = 0


@dataclass(frozen=True)
class Preview:
    """A transition before it is decided."""

    before: StageRules
    after: StageRules
    counties: int
    townships: int
    # Changes of areas below that went their own way, and will follow.
    own_way: list[StageChange]
    planned: StageChange | None
    calls: CallsAffected
    names: Names


def preview(*, crisis: Crisis, area: Area, stage: int, effective_at: datetime, at: datetime) -> Preview:
    """Everything that putting the area into a stage would change. Nine statements."""
    changes = changes_over(area).filter(crisis=crisis)
    in_force = changes.filter(effective_at__lte=effective_at).first()
    before = rules_in(crisis, in_force.stage if in_force else 0)
    after = rules_in(crisis, stage)
    below = Area.objects.within(area).aggregate(
        counties=Count("pk", filter=Q(level=Area.Level.COUNTY)),
        townships=Count("pk", filter=Q(level=Area.Level.TOWNSHIP)),
    )
    return Preview(
        before=before,
        after=after,
        counties=below["counties"],
        townships=below["townships"],
        own_way=list(stages_below(area, effective_at + timedelta(seconds=1))),
        planned=changes.filter(effective_at__gt=effective_at).last(),
        calls=calls_affected(area, before, after, at),
        names=names(),
    )


def calls_affected(area: Area, before: StageRules, after: StageRules, at: datetime) -> CallsAffected:
    """How many calls in the area a change of the rules bears on. One statement."""
    lifted = nobody = Q(pk__in=[])
    for type_id, priority in after.priorities.items():
        if priority > before.priorities.get(type_id, 0):
            lifted |= Q(type=type_id, priority__lt=priority)
    groups = ~Q(issuer__kind=Organization.Kind.GOVERNMENT)
    drafts = Q(status=Task.Status.DRAFT) & groups & Q(issuer__kind__in=before.publishers)
    still = Q(issuer__kind__in=after.publishers)
    ahead = Shift.objects.filter(task=OuterRef("pk"), status=Shift.Status.OPEN).filter(
        Q(starts_at=None) | Q(starts_at__gt=at)
    )
    reach = before.alert_reach != after.alert_reach
    counted = Task.objects.filter(
        area__path__startswith=area.path, status__in=(Task.Status.DRAFT, *LIVE)
    ).aggregate(
        open=Count("pk", filter=Q(status__in=LIVE)),
        lifted=Count("pk", filter=Q(status__in=LIVE) & lifted),
        alerts=Count("pk", filter=Q(Q(status__in=LIVE, is_remote=False), Exists(ahead)) if reach else nobody),
        blocked=Count("pk", filter=drafts & ~still),
        to_review=Count("pk", filter=drafts & still),
    )
    if before.needs_review or not after.needs_review:
        counted["to_review"] = 0
    return CallsAffected(**counted)


def names() -> Names:
    """Names of kinds of work in their order, and of templates, in the reader's language. Two statements."""
    language = "zh" if reads_chinese() else "en"
    return Names(
        types=dict(TaskType.objects.order_by("position", "pk").values_list("pk", f"name_{language}")),
        templates=dict(TaskTemplate.objects.values_list("pk", f"title_{language}")),
    )


def former_stage(changes: list[StageChange]) -> int | None:
    """The stage before the one in force, to go back to; `changes` are those in force so far, the latest first."""
    if not changes:
        return None
    return next(
        (change.stage for change in changes if change.stage != changes[0].stage),
        0 if changes[0].stage else None,
    )


@dataclass(frozen=True)
class Stretch:
    """A stage in force from a change to the next."""

    change: StageChange
    until: datetime | None
    is_planned: bool


@dataclass(frozen=True)
class PlannedStage:
    """A stage of the playbook with the days on which it is expected, and those on which it was in force."""

    stage: PlaybookStage
    first: date | None
    last: date | None
    began: date | None
    ended: date | None
    is_in_force: bool


def stretches(changes: list[StageChange], at: datetime) -> list[Stretch]:
    """Changes over an area, the latest first, each until the next one."""
    found, until = [], None
    for change in changes:
        found.append(Stretch(change, until, change.effective_at > at))
        until = change.effective_at
    return found


def planned_beside(crisis: Crisis, stages: list[PlaybookStage], found: list[Stretch]) -> list[PlannedStage]:
    """The playbook's days as dates of this crisis, day 1 that on which it began, beside what came about."""
    begin = localdate(crisis.started_at)
    rows = []
    for stage in stages:
        came = [one for one in found if one.change.stage == stage.stage and not one.is_planned]
        last = came[0] if came else None
        rows.append(
            PlannedStage(
                stage=stage,
                first=begin + timedelta(days=stage.first_day - 1) if stage.first_day else None,
                last=begin + timedelta(days=stage.last_day - 1) if stage.last_day else None,
                began=localdate(came[-1].change.effective_at) if came else None,
                ended=localdate(last.until) if last and last.until else None,
                is_in_force=last is not None
                and last is next((one for one in found if not one.is_planned), None),
            )
        )
    return rows


@dataclass(frozen=True)
class Event:
    """Something that was decided about a crisis beside its stages, and by whom."""

    record: AuditRecord
    person: str


def playbook_events(crisis: Crisis, limit: int = 20) -> list[Event]:
    """When the crisis began, which playbooks it followed, and how that playbook was changed since; the latest first.

    Two statements.
    """
    of_crisis = Q(subject_type="tasks.crisis", subject_id=crisis.pk)
    of_playbook = Q(subject_type="tasks.playbook", subject_id=crisis.playbook_id, at__gte=crisis.started_at)
    found = AuditRecord.objects.filter(verb__in=EVENTS).filter(
        of_crisis | of_playbook if crisis.playbook_id else of_crisis
    )
    records = list(found.exclude(data__changed=["created"]).order_by("-at", "-pk")[:limit])
    people = dict(
        User.objects.filter(pk__in={record.actor_id for record in records}).values_list("pk", "name")
    )
    return [Event(record, people.get(record.actor_id or 0, "")) for record in records]
