"""What became of the calls that organizations took on."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject

from organizations.models import Organization
from tasks.models import Adoption, ShiftRole, Step, Task
from tasks.policies.suggestions import Record

# What lies further back says little of whoever works there now.
LOOKS_BACK = timedelta(days=2 * 365)


def with_records(
    organizations: QuerySet[Organization], at: datetime, type_id: int | None = None
) -> QuerySet[Any]:
    """With what `record_in` reads: calls led that did not lapse (and those of one kind of work), seats of shifts that
    are over, lapsed claims, assessments by authorities of the calls that they led. Of the last two years."""
    since = at - LOOKS_BACK
    shares = Adoption.objects.filter(organization=OuterRef("pk"), adopted_at__gte=since).order_by()
    led = Q(role=Adoption.Role.LEAD, lapsed=False) & ~Q(task__status=Task.Status.CANCELLED)
    roles = ShiftRole.objects.filter(
        shift__organization=OuterRef("pk"),
        shift__status="open",
        shift__starts_at__gte=since,
        shift__ends_at__lte=at,
    ).order_by()
    kept = Adoption.objects.filter(
        organization=OuterRef(OuterRef("pk")), role=Adoption.Role.LEAD, ended_at=None, adopted_at__gte=since
    )
    words = Step.objects.filter(
        kind=Step.Kind.ASSESS, organization__kind=Organization.Kind.GOVERNMENT, task__in=kept.values("task")
    ).order_by()

    def one(rows: QuerySet[Any], by: str, **sums: Any) -> Subquery:
        return Subquery(rows.values(by).annotate(row=JSONObject(**sums)).values("row"))

    return organizations.annotate(
        of_shares=one(
            shares,
            "organization",
            led=Count("pk", filter=led),
            led_this=Count("pk", filter=led & Q(task__type=type_id or 0)),
            lapsed=Count("pk", filter=Q(lapsed=True)),
        ),
        of_seats=one(roles, "shift__organization", seats=Sum("seats"), taken=Sum("seats_taken")),
        # All of them are one row: they belong to the calls of the organization, so no column groups them.
        of_words=one(words.annotate(all=Q(pk__gt=0)), "all", assessments=Count("pk"), points=Sum("score")),
    )


def record_in(row: Any) -> Record:
    """The record that `with_records` put on a row."""
    return Record(**(row.of_shares or {}), **(row.of_seats or {}), **(row.of_words or {}))


def records_of(organizations: Iterable[Organization], at: datetime) -> dict[int, Record]:
    """The record of each by its id; one statement."""
    found = with_records(Organization.objects.filter(pk__in=[each.pk for each in organizations]), at)
    return {row.pk: record_in(row) for row in found}
