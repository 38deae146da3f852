"""What an organization works with: its shifts, its calls, who is signed up and who is there."""

from datetime import datetime
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from organizations.models import Organization
from tasks.models import Assignment, CheckIn, Incident, Shift, Task


def own_tasks(organization: Organization) -> QuerySet[Task]:
    """Tasks that the organization leads or helps with, those that are open first."""
    return (
        Task.objects.filter(
            adoptions__organization=organization,
            adoptions__ended_at=None,
            status__in=(Task.Status.CALLED, Task.Status.ADOPTED),
        )
        .select_related("area__parent__parent", "issuer", "type")
        .annotate(share=F("adoptions__role"))
        .order_by("starts_on", "id")
    )


def with_presence(shifts: QuerySet[Any]) -> QuerySet[Any]:
    """Shifts with `present`: the seats of those who have checked in."""
    here = (
        Assignment.objects.live()
        .filter(
            shift=OuterRef("pk"),
            check_ins__kind=CheckIn.Kind.IN,
            check_ins__voided_at=None,
        )
        .values("shift")
        .annotate(total=Sum("seats"))
        .values("total")
    )
    return shifts.annotate(present=Coalesce(Subquery(here, output_field=IntegerField()), 0))


def shifts_of(organization: Organization) -> QuerySet[Any]:
    """The open shifts of an organization with what their rows show."""
    own = Shift.objects.of(organization).filter(status=Shift.Status.OPEN)
    return with_presence(own.with_seats()).select_related(
        "task", "area__parent__parent", "organization", "series"
    )


def shifts_ahead(organization: Organization, at: datetime, *, until: datetime) -> QuerySet[Any]:
    """Its shifts that are not over, up to a time, by start; work without a fixed time last."""
    return (
        shifts_of(organization)
        .filter(Q(ends_at=None) | Q(ends_at__gt=at))
        .filter(Q(starts_at=None) | Q(starts_at__lt=until))
        .order_by(F("starts_at").asc(nulls_last=True), "id")
    )


def signed_up(shift: Shift) -> QuerySet[Assignment]:
    """Who holds a seat, in the order of their sign-up, with the person and the role."""
    return (
        Assignment.objects.live().filter(shift=shift).select_related("volunteer__user", "role").order_by("id")
    )


def open_incidents(organization: Organization) -> QuerySet[Incident]:
    return Incident.objects.filter(shift__organization=organization, handled_at=None)


def task_counts(tasks: QuerySet[Task], organization: Organization, at: datetime) -> QuerySet[Task]:
    """Tasks with `shift_count`: the organization's own open shifts that are not over."""
    ahead = (
        Shift.objects.of(organization)
        .filter(task=OuterRef("pk"), status=Shift.Status.OPEN)
        .filter(Q(ends_at=None) | Q(ends_at__gt=at))
        .values("task")
        .annotate(total=Count("pk"))
        .values("total")
    )
    return tasks.annotate(shift_count=Coalesce(Subquery(ahead, output_field=IntegerField()), 0))
