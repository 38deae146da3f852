"""Calls that nobody takes on, and before which authorities they were brought."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce, Greatest
from django.utils.timezone import localdate

from areas.models import Area
from organizations.models import Membership, Organization
from organizations.queries import LEADERS
from tasks.models import Adoption, AreaStop, Escalation, Task

# No stage lets a call go up sooner; what waits for less is not looked at.
SOONEST = timedelta(hours=1)


@dataclass(frozen=True)
class Silent:
    """A call without a lead, since when it waits for the next word, and the authority that comes next."""

    task: Any
    waits_since: datetime
    quiet_since: datetime
    authority: Organization


def calls_in_silence(at: datetime) -> list[Silent]:
    """Calls that nobody leads and that can go further up, the longest waiting first; three statements.

    None whose last day is over, and none where everything stands still.
    """
    stands_still = AreaStop.objects.live().annotate(
        own=ExpressionWrapper(OuterRef("area__path"), output_field=TextField())
    )
    left = Adoption.objects.filter(task=OuterRef("pk"), role=Adoption.Role.LEAD).order_by()
    up = Escalation.objects.filter(task=OuterRef("pk")).order_by()

    def last(rows: QuerySet[Any], field: str) -> Subquery:
        return Subquery(rows.values("task").annotate(last=Max(field)).values("last"))

    found = (
        Task.objects.waiting()
        .filter(~Exists(stands_still.filter(own__startswith=F("area__path"))), ends_on__gte=localdate(at))
        .annotate(
            waits_since=Greatest(F("called_at"), Coalesce(last(left, "ended_at"), F("called_at"))),
            gone_up_at=last(up, "escalated_at"),
        )
        .annotate(quiet_since=Greatest(F("waits_since"), Coalesce(F("gone_up_at"), F("waits_since"))))
        .filter(quiet_since__lte=at - SOONEST)
        .select_related("area", "issuer__home_area")
        .prefetch_related("escalations")
        .order_by("quiet_since", "pk")
    )
    rows = list(found)
    over = _authorities({path for task in rows for path in task.area.paths_above()})
    silent = []
    for task in rows:
        told = {escalation.authority_id for escalation in task.escalations.all()}
        following = next((each for each in _chain(task, over) if each.pk not in told), None)
        if following is not None:
            silent.append(Silent(task, task.waits_since, task.quiet_since, following))
    return silent


def _authorities(paths: set[str]) -> dict[str, Organization]:
    """The authority of each area that has officials, by the path of the area; the first where there are several."""
    leading = Membership.objects.live().filter(
        organization=OuterRef("pk"), role__in=LEADERS, user__is_active=True
    )
    found = (
        Organization.objects.authorities()
        .filter(Exists(leading), home_area__path__in=paths)
        .select_related("home_area")
        .order_by("-id")
    )
    return {authority.home_area.path: authority for authority in found}


def _chain(task: Task, over: dict[str, Organization]) -> list[Organization]:
    """Before whom a call is brought, one after the other: above the authority that issued it; every one over the area
    where a group issued it."""
    chain = [over[path] for path in reversed(task.area.paths_above()) if path in over]
    if task.issuer.is_authority:
        chain = [each for each in chain if len(each.home_area.path) < len(task.issuer.home_area.path)]
    return chain


def brought_before(area: Area) -> QuerySet[Escalation]:
    """What was brought before the authority of an area and waits for an organization still."""
    return Escalation.objects.filter(authority__home_area=area, task__status=Task.Status.CALLED)


def unseen_before(area: Area) -> QuerySet[Escalation]:
    """Those of them that nobody there said to look after."""
    return brought_before(area).filter(seen_at=None)


def is_brought_before(area: Area) -> Q:
    """The condition on calls that were."""
    return Q(pk__in=brought_before(area).values("task"))


def seen_by(area: Area) -> Subquery:
    """By call: when the authority of the area said that it looks after it."""
    own = Escalation.objects.filter(task=OuterRef("pk"), authority__home_area=area).order_by("-seen_at")
    return Subquery(own.values("seen_at")[:1])
