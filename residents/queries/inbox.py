"""The requests that an organization looks at, and those of an area without whoever asked."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from areas.models import Area
from core.models import AuditRecord
from core.words import words_of
from organizations.models import Organization
from residents.models import HelpRequest, RequestEvent
from residents.policies import Verb
from residents.queries.progress import late_at
from tasks.models import TaskType

_STATUS = HelpRequest.Status
ENDED = (_STATUS.CONFIRMED, _STATUS.MERGED, _STATUS.DECLINED, _STATUS.WITHDRAWN)
# More areas than this are found by words instead.
AREAS_MOST = 100
EVENTS_MOST = 60
# Lists, their counts and their choices go this far back.
ENDED_DAYS = 90
# Of those that ended so many are listed, the latest, and counted: a page costs the same after years.
ENDED_MOST = 1_000
# In the order of the page.
NARROWINGS = ("late", "new", "verified", "placed", "served", "ended")


def narrowed(requests: QuerySet[HelpRequest], chosen: str, at: datetime) -> QuerySet[HelpRequest]:
    """One narrowing, in the order in which it is worked off: the oldest first, of those that ended the latest."""
    if chosen == "ended":
        return requests.filter(status__in=ENDED).order_by("-asked_at", "-id")
    found = requests.filter(late_at(at)) if chosen == "late" else requests.filter(status=chosen)
    return found.order_by("asked_at", "id")


def soonest_due(requests: QuerySet[HelpRequest], chosen: str) -> QuerySet[HelpRequest]:
    """A narrowing of one organization's, in the order in which its promises run out: an answer to the new ones, help to
    those that were looked at. What was promised nothing comes last, and what is late or over stays in its order."""
    due = {"new": "answer_due_at", "verified": "done_due_at", "placed": "done_due_at"}.get(chosen)
    if due is None:
        return requests
    return requests.order_by(F(due).asc(nulls_last=True), "asked_at", "id")


def requests_of(organization: Organization) -> QuerySet[HelpRequest]:
    """Whatever an organization looks at, in every state."""
    return HelpRequest.objects.filter(organization=organization)


def requests_within(area: Area) -> QuerySet[HelpRequest]:
    """Whatever was asked for in an area and below it."""
    return HelpRequest.objects.filter(area__path__startswith=area.path)


def recent(requests: QuerySet[HelpRequest], at: datetime) -> QuerySet[HelpRequest]:
    """Those that are waited for, and those that ended within `ENDED_DAYS`: a list of ten years is no list to work by."""
    return requests.filter(Q(ended_at=None) | Q(ended_at__gt=at - timedelta(days=ENDED_DAYS)))


def counts_of(requests: QuerySet[HelpRequest], at: datetime) -> dict[str, int]:
    """How many there are of each narrowing, of those that ended `ENDED_MOST` at most. Two statements."""
    conditions = {
        "late": late_at(at),
        **{str(status): Q(status=status) for status in ("new", "verified", "placed", "served")},
    }
    found: dict[str, int] = requests.filter(ended_at=None).aggregate(
        **{f"of_{name}": Count("pk", filter=condition) for name, condition in conditions.items()}
    )
    found["of_ended"] = requests.filter(status__in=ENDED)[:ENDED_MOST].count()
    return {name: found[f"of_{name}"] for name in NARROWINGS}


def with_words(requests: QuerySet[HelpRequest], typed: str) -> QuerySet[HelpRequest]:
    """Those that hold every word in what was written, the place or the name."""
    for word in words_of(typed):
        requests = requests.filter(
            Q(words__icontains=word) | Q(place__icontains=word) | Q(name__icontains=word)
        )
    return requests


def of_kind(requests: QuerySet[HelpRequest], code: str) -> QuerySet[HelpRequest]:
    return requests.filter(type__code=code)


def with_names(requests: QuerySet[HelpRequest]) -> QuerySet[HelpRequest]:
    """With what a row shows."""
    return requests.select_related(
        "type", "area__parent__parent", "organization", "task", "shift", "merged_into"
    )


def without_persons(requests: QuerySet[HelpRequest]) -> QuerySet[Any]:
    """What officials read of requests: no words, place, contact, code or person is loaded."""
    # Areas by a statement of their own: to plan one of seven tables takes longer than both.
    areas = Area.objects.select_related("parent__parent__parent")
    found = requests.select_related("type", "organization").prefetch_related(Prefetch("area", areas))
    return found.only(
        "ref",
        "type",
        "area",
        "organization",
        "status",
        "channel",
        "people",
        "asked_at",
        "answer_due_at",
        "done_due_at",
        "answered_at",
        "placed_at",
        "served_at",
        "confirmed_at",
        "ended_at",
        "escalated_at",
        "reopened",
    )


def kinds_among(requests: QuerySet[HelpRequest]) -> QuerySet[TaskType]:
    """The kinds of work that were asked for, for a list to choose from."""
    return TaskType.objects.filter(pk__in=requests.values("type")).order_by("position", "id")


def areas_among(requests: QuerySet[HelpRequest]) -> QuerySet[Area]:
    """The areas for which something was asked, for a list to choose from."""
    return (
        Area.objects.filter(pk__in=requests.values("area"))
        .select_related("parent__parent__parent")
        .by_pinyin()[:AREAS_MOST]
    )


def organizations_among(requests: QuerySet[HelpRequest], chosen: str = "") -> QuerySet[Organization]:
    """Who looks at those that are waited for, and the one that was chosen already, for a list to choose from."""
    looking = requests.filter(ended_at=None).values("organization")
    return Organization.objects.filter(Q(pk__in=looking) | Q(code=chosen)).order_by("name", "id")[:AREAS_MOST]


def laid_to(request: HelpRequest) -> QuerySet[HelpRequest]:
    """Those that were found to be the same as this one."""
    return request.merged.select_related("type", "area__parent__parent", "organization").order_by(
        "asked_at", "id"
    )


def parts_of(request: HelpRequest) -> QuerySet[HelpRequest]:
    """The other parts of what was asked for in one."""
    whole = request.split_from_id or request.pk
    return (
        HelpRequest.objects.filter(Q(split_from=whole) | Q(pk=whole))
        .exclude(pk=request.pk)
        .select_related("type", "area__parent__parent", "organization")
        .order_by("id")
    )


def happened_to(request: HelpRequest) -> QuerySet[RequestEvent]:
    """What happened to it, the latest first, with who did it: for whoever looks at it."""
    return request.events.select_related("by", "organization").order_by("-id")[:EVENTS_MOST]


def given_away(ref: str, organization: Organization) -> HelpRequest | None:
    """A request that an organization passed on, with who looks at it now; None where it never had it."""
    found = HelpRequest.objects.filter(ref=ref).select_related("organization").first()
    if found is None:
        return None
    passed_on = AuditRecord.objects.filter(
        subject_type=HelpRequest._meta.label_lower,
        subject_id=found.pk,
        verb=f"request.{Verb.PASSED_ON}",
        data__from=organization.code,
    )
    return found if passed_on.exists() else None


def waiting_for_a_look(organization: Organization) -> QuerySet[HelpRequest]:
    """New ones, for the count beside the way to the page."""
    return HelpRequest.objects.filter(organization=organization, status=_STATUS.NEW)
