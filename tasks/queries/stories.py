"""What happened around a call, read together with it: shares, who was asked, steps of both sides, how far it went up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, QuerySet, When
from django.db.models.functions import JSONObject

from areas.models import reads_chinese
from organizations.models import Organization
from tasks.models import Adoption, CallRequest, Escalation, Step, Task
from volunteers.models import Capability

# So many steps stand on a page of a call, and so many of those who were asked.
STEPS = 20
ASKED = 30


@dataclass(frozen=True)
class Share:
    """What an organization has taken on of a call; `people` is None where it did not say."""

    organization: str
    organization_id: int
    is_lead: bool
    people: int | None
    # Until when a first shift is waited for, and when more time was asked for.
    act_by: datetime | None = None
    extended_at: datetime | None = None

    @property
    def role(self) -> str:
        return str((Adoption.Role.LEAD if self.is_lead else Adoption.Role.PARTNER).label)


@dataclass(frozen=True)
class Asked:
    """An organization that was asked by name."""

    code: str
    organization: str
    organization_id: int
    asker: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None
    reason: str

    @property
    def answer_name(self) -> str:
        return str(CallRequest.Answer(self.answer).label) if self.answer else ""


@dataclass(frozen=True)
class Said:
    """A step: what one side proposed, and what the other one answered."""

    code: str
    kind: str
    organization: str
    organization_id: int
    by_authority: bool
    made_at: datetime
    words: str
    score: int | None
    answer: str
    answered_at: datetime | None
    answered_for: str
    answer_words: str

    @property
    def kind_name(self) -> str:
        return str(Step.Kind(self.kind).label)

    @property
    def answer_name(self) -> str:
        return str(Step.Answer(self.answer).label) if self.answer else ""


@dataclass(frozen=True)
class GoneUp:
    """An authority before which the call was brought, and when it said that it looks after it."""

    authority: str
    area_id: int
    escalated_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class Story:
    shares: list[Share]
    asked: list[Asked]
    steps: list[Said]
    gone_up: list[GoneUp]
    requirements: list[Capability]
    has_more_steps: bool
    has_more_asked: bool

    @property
    def lead(self) -> Share | None:
        return next((share for share in self.shares if share.is_lead), None)

    @property
    def promised(self) -> int:
        """How many people those who share the call mean to bring, as far as they said."""
        return sum(share.people or 0 for share in self.shares)

    def assessed_by(self, organization: Organization) -> bool:
        """Whether it looked back at the call, as far as the steps were read."""
        return any(
            said.kind == Step.Kind.ASSESS and said.organization_id == organization.pk for said in self.steps
        )

    def waits_for(self, organization: Organization) -> Asked | None:
        """What an organization was asked and has not answered."""
        return next(
            (each for each in self.asked if each.organization_id == organization.pk and not each.answer), None
        )


def with_story(tasks: QuerySet[Task], *, page: int = 1, asked_page: int = 1) -> QuerySet[Any]:
    """With what `story_in` reads, in the same statement; the pages are those of the steps and of those who were asked,
    from 1."""
    first, first_asked = (page - 1) * STEPS, (asked_page - 1) * ASKED
    own = {"task": OuterRef("pk")}
    shares = Adoption.objects.live().filter(**own).order_by("role", "adopted_at", "id")
    # Open ones first: they are what somebody waits for.
    asked = CallRequest.objects.filter(**own).order_by("answer", "-id")[first_asked : first_asked + ASKED + 1]
    steps = Step.objects.filter(**own).order_by("id")[first : first + STEPS + 1]
    wanted = Task.requirements.through.objects.filter(**own).order_by(
        "capability__kind", "capability__position"
    )
    return tasks.annotate(
        story_shares=_rows(
            shares,
            organization=_name("organization"),
            organization_id="organization_id",
            is_lead="role",
            people="people",
            act_by="act_by",
            extended_at="extended_at",
        ),
        story_asked=_rows(
            asked,
            code="code",
            organization=_name("organization"),
            organization_id="organization_id",
            asker=_name("asker"),
            asked_at="asked_at",
            answer="answer",
            answered_at="answered_at",
            reason="reason",
        ),
        story_steps=_rows(
            steps,
            code="code",
            kind="kind",
            organization=_name("organization"),
            organization_id="organization_id",
            side="organization__kind",
            made_at="made_at",
            words="words",
            score="score",
            answer="answer",
            answered_at="answered_at",
            answered_for=_name("answered_for"),
            answer_words="answer_words",
        ),
        story_up=_rows(
            Escalation.objects.filter(**own).order_by("id"),
            authority=_name("authority"),
            area_id="authority__home_area_id",
            escalated_at="escalated_at",
            seen_at="seen_at",
        ),
        story_wanted=_rows(
            wanted,
            id="capability_id",
            kind="capability__kind",
            name_zh="capability__name_zh",
            name_en="capability__name_en",
        ),
    )


def story_in(task: Any) -> Story:
    """What `with_story` put on a call."""
    asked = [Asked(**_moments(row, "asked_at", "answered_at")) for row in task.story_asked]
    steps = [_said(_moments(row, "made_at", "answered_at")) for row in task.story_steps]
    return Story(
        shares=[_share(_moments(row, "act_by", "extended_at")) for row in task.story_shares],
        asked=asked[:ASKED],
        steps=steps[:STEPS],
        gone_up=[GoneUp(**_moments(row, "escalated_at", "seen_at")) for row in task.story_up],
        requirements=[Capability(**row) for row in task.story_wanted],
        has_more_steps=len(steps) > STEPS,
        has_more_asked=len(asked) > ASKED,
    )


def _share(row: dict[str, Any]) -> Share:
    return Share(**row | {"is_lead": row["is_lead"] == Adoption.Role.LEAD})


def _said(row: dict[str, Any]) -> Said:
    side = row.pop("side")
    row["answered_for"] = row["answered_for"] or ""
    return Said(**row, by_authority=side == Organization.Kind.GOVERNMENT)


def _rows(rows: QuerySet[Any], **columns: Any) -> ArraySubquery:
    return ArraySubquery(rows.values(row=JSONObject(**columns)))


def _name(organization: str) -> Any:
    """The name of an organization in the active language, where it has one."""
    own = F(f"{organization}__name")
    if reads_chinese():
        return own
    return Case(When(**{f"{organization}__name_en": ""}, then=own), default=F(f"{organization}__name_en"))


def _moments(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """JSON has no moments."""
    return row | {name: datetime.fromisoformat(row[name]) for name in names if row[name]}
