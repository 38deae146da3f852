"""What became of the calls that organizations took on."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from organizations.models import Organization
from tasks.models import Adoption, ShiftRole, Step, Task
from tasks.policies.suggestions import Record

# What lies further back says little of whoever works there now.
LOOKS_BACK = timedelta(days=2 * 365)
_FIELDS = ("led", "led_this", "seats", "taken", "lapsed", "assessments", "points")


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

    def number(rows: QuerySet[Any], by: str, value: Any) -> Coalesce:
        found = rows.values(by).annotate(value=value).values("value")
        return Coalesce(Subquery(found, output_field=IntegerField()), 0)

    def of_all(value: Any) -> Coalesce:
        # One row for all of them: no column to group by, since the rows belong to the calls of the organization.
        found = words.annotate(one=Q(pk__gt=0)).values("one").annotate(value=value).values("value")
        return Coalesce(Subquery(found, output_field=IntegerField()), 0)

    return organizations.annotate(
        led=number(shares, "organization", Count("pk", filter=led)),
        led_this=number(shares, "organization", Count("pk", filter=led & Q(task__type=type_id or 0))),
        lapsed=number(shares, "organization", Count("pk", filter=Q(lapsed=True))),
        seats=number(roles, "shift__organization", Sum("seats")),
        taken=number(roles, "shift__organization", Sum("seats_taken")),
        assessments=of_all(Count("pk")),
        points=of_all(Sum("score")),
    )


def record_in(row: Any) -> Record:
    """The record that `with_records` put on a row."""
    return Record(**{name: getattr(row, name) for name in _FIELDS})


def records_of(organizations: Iterable[Organization], at: datetime) -> dict[int, Record]:
    """The record of each by its id; one statement."""
    found = with_records(Organization.objects.filter(pk__in=[each.pk for each in organizations]), at)
    return {row.pk: record_in(row) for row in found}
