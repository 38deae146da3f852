"""What was decided about an area on a day, by which office: for reports. No person is named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import reduce
from typing import Any

from django.db.models import Case, CharField, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, NullIf
from django.utils.timezone import make_aware
from django.utils.translation import get_language

from areas.models import Area
from insights.models import Release
from organizations.models import Delegation, Membership, Organization, Verification
from residents.models import Promise
from tasks.models import AreaStop, ModeChange, Review, StageChange, Transfer


class What(StrEnum):
    """Kinds of decisions; `code` of the decision says which way it went."""

    STAGE = "stage"
    MODE = "mode"
    STOP = "stop"
    LIFT = "lift"
    REVIEW = "review"
    VERIFICATION = "verification"
    TRANSFER = "transfer"
    DELEGATION = "delegation"
    DELEGATION_BACK = "delegation_back"
    PROMISE = "promise"
    CORRECTION = "correction"


Pair = tuple[Any, Any]
NONE = Value("", output_field=CharField())
NEVER = Value(None, output_field=DateTimeField())


@dataclass(frozen=True)
class Named:
    """A name in both languages; empty where there is none."""

    zh: str = ""
    en: str = ""

    def __str__(self) -> str:
        return self.en or self.zh if (get_language() or "").startswith("en") else self.zh

    def __bool__(self) -> bool:
        return bool(self.zh)


@dataclass(frozen=True)
class Decision:
    """One decision: when, about what, where, by which office and why.

    `until` is when a stop was lifted, or from when a stage or a mode is in force. `subject` is what it was about: the
    call, the organization, the area that gives hands. `reason` is what was written for it, where that is about areas.
    """

    what: What
    at: datetime
    code: str
    area: Named
    subject: Named
    office: Named
    reason: str
    until: datetime | None


def decisions_on(area: Area, day: date) -> list[Decision]:
    """What was decided on the day about the area, what lies in it, and for stages, modes and stops what lies over it;
    also the stops that were in force on it. The latest last; one statement."""
    start = make_aware(datetime.combine(day, time()))
    end = make_aware(datetime.combine(day + timedelta(days=1), time()))
    parts = _parts(area, start, end)
    rows = reduce(lambda first, other: first.union(other, all=True), parts)
    return sorted((_decision(row) for row in rows), key=lambda decision: decision.at)


def _parts(area: Area, start: datetime, end: datetime) -> list[QuerySet[Any, Any]]:
    inside = Q(area__path__startswith=area.path)
    around = inside | Q(area__path__in=area.paths_above())
    of_task = Q(task__area__path__startswith=area.path)
    call = _titles("task")
    agreed = Transfer.objects.annotate(agreed_at=Greatest("giver_agreed_at", "taker_agreed_at"))
    ours = Q(giver__path__startswith=area.path) | Q(taker__path__startswith=area.path)
    giver_said_last = Q(giver_agreed_at__gt=F("taker_agreed_at"))

    def within(name: str) -> dict[str, datetime]:
        return {f"{name}__gte": start, f"{name}__lt": end}

    return [
        _rows(
            StageChange.objects.filter(around, **within("decided_at")),
            What.STAGE, at="decided_at", by="decided_by", code=Cast("stage", CharField()),
            reason=F("reason"), until=F("effective_at"),
        ),
        _rows(
            ModeChange.objects.filter(around, **within("decided_at")),
            What.MODE, at="decided_at", by="decided_by", code=F("mode"),
            reason=F("reason"), until=F("effective_at"),
        ),
        _rows(
            AreaStop.objects.filter(around, Q(lifted_at=None) | Q(lifted_at__gte=start), stopped_at__lt=end),
            What.STOP, at="stopped_at", by="stopped_by", reason=F("reason"), until=F("lifted_at"),
        ),
        _rows(
            AreaStop.objects.filter(around, **within("lifted_at")),
            What.LIFT, at="lifted_at", by="lifted_by", until=F("stopped_at"),
        ),
        _rows(
            Review.objects.filter(of_task, decision__in=("approved", "returned"), **within("decided_at")),
            What.REVIEW, at="decided_at", office=_names("decided_for"), code=F("decision"), area="task__area",
            subject=call,
        ),
        _rows(
            Verification.objects.filter(
                organization__home_area__path__startswith=area.path, **within("decided_at")
            ),
            What.VERIFICATION, at="decided_at", by="decided_by", code=F("decision"),
            area="organization__home_area", subject=_names("organization"),
        ),
        _rows(
            agreed.filter(ours, giver_said_last, status="agreed", **within("agreed_at")),
            What.TRANSFER, at="agreed_at", office=_names("giver_agreed_for"), code=F("status"), area="taker",
            subject=_names("giver", "_zh"),
        ),
        _rows(
            agreed.filter(ours, ~giver_said_last, status="agreed", **within("agreed_at")),
            What.TRANSFER, at="agreed_at", office=_names("taker_agreed_for"), code=F("status"), area="taker",
            subject=_names("giver", "_zh"),
        ),
        _rows(
            Transfer.objects.filter(ours, status="declined", **within("ended_at")),
            What.TRANSFER, at="ended_at", by="ended_by", code=F("status"), area="taker",
            subject=_names("giver", "_zh"),
        ),
        _rows(
            Delegation.objects.filter(around, **within("granted_at")),
            What.DELEGATION, at="granted_at", by="granted_by", code=F("kind"),
            subject=_names("delegate"), reason=F("reason"), until=F("ends_at"),
        ),
        _rows(
            Delegation.objects.filter(around, **within("revoked_at")),
            What.DELEGATION_BACK, at="revoked_at", by="revoked_by", code=F("kind"),
            subject=_names("delegate"),
        ),
        _rows(
            Promise.objects.filter(around, **within("decided_at")),
            What.PROMISE, at="decided_at", by="decided_by",
            code=_joined("answer_minutes", "done_minutes"),
            subject=_names("type", "_zh"), until=F("starts_at"),
        ),
        _rows(
            Release.objects.filter(version__gt=1, **within("released_at")),
            What.CORRECTION, at="released_at", area="",
            code=_joined("period", "starts_on", "ends_on"), reason=F("correction"),
        ),
    ]  # fmt: skip


def _rows(
    found: QuerySet[Any],
    what: What,
    *,
    at: str,
    by: str = "",
    office: Pair | None = None,
    code: Any = NONE,
    area: str = "area",
    subject: Pair = (NONE, NONE),
    reason: Any = NONE,
    until: Any = NEVER,
) -> QuerySet[Any, Any]:
    """One part of the union: the same columns in the same order, whatever the table."""
    areas = _names(area, "_zh") if area else (NONE, NONE)
    offices = office or (_office_of(by) if by else (NONE, NONE))
    columns = {
        "r_what": Value(what.value, output_field=CharField()),
        "r_at": F(at),
        "r_code": code,
        "r_area_zh": areas[0],
        "r_area_en": areas[1],
        "r_subject_zh": subject[0],
        "r_subject_en": subject[1],
        "r_office_zh": offices[0],
        "r_office_en": offices[1],
        "r_reason": reason,
        "r_until": until,
    }
    return found.order_by().annotate(**columns).values_list(*columns)


def _names(of: str, suffix: str = "") -> Pair:
    """The names of what a row points at: areas and kinds have `name_zh`, organizations `name`."""
    return F(f"{of}__name{suffix}"), F(f"{of}__name_en")


def _titles(of: str) -> Pair:
    """The titles of a call: what it says first is in its own language."""
    is_chinese = Q(**{f"{of}__language__startswith": "zh"})
    first, second = F(f"{of}__title"), F(f"{of}__second_title")
    own = Coalesce(NullIf(second, Value("")), first)
    return Case(When(is_chinese, then=first), default=own), Case(When(is_chinese, then=own), default=first)


def _office_of(by: str) -> Pair:
    """The organization for which somebody decided: an authority before any other of theirs."""
    rank = Case(When(organization__kind=Organization.Kind.GOVERNMENT, then=Value(0)), default=Value(1))
    member = Membership.objects.filter(user=OuterRef(by)).order_by(rank, "-started_at")
    zh, en = (Subquery(member.values(f"organization__{name}")[:1]) for name in ("name", "name_en"))
    return zh, en


def _joined(*names: str) -> Any:
    first, *others = (Cast(name, CharField()) for name in names)
    return Concat(first, *(part for other in others for part in (Value(" "), other)))


def _decision(row: Iterable[Any]) -> Decision:
    what, at, code, area_zh, area_en, about_zh, about_en, office_zh, office_en, reason, until = row
    return Decision(
        what=What(what),
        at=at,
        code=str(code),
        area=Named(area_zh, area_en),
        subject=Named(about_zh or "", about_en or ""),
        office=Named(office_zh or "", office_en or ""),
        reason=reason or "",
        until=until,
    )
