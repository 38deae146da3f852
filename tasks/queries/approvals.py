"""Requests for a seat that wait for an organizer's word, or had it."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from organizations.models import Organization
from tasks.models import ServiceRecord, Shift, Waiting
from volunteers.models import Volunteer

# What a request was answered with; one that was put in line is a place in line from then on.
ANSWERED = (Waiting.Status.TAKEN, Waiting.Status.REFUSED, Waiting.Status.LEFT, Waiting.Status.CLOSED)


def requests_to(organization: Organization) -> QuerySet[Waiting]:
    """Everybody who asked for a seat in a shift of the organization."""
    return Waiting.objects.filter(kind=Waiting.Kind.APPROVAL, shift__organization=organization)


def open_requests(organization: Organization) -> QuerySet[Waiting]:
    """Those that wait for an answer."""
    return requests_to(organization).filter(status=Waiting.Status.WAITING)


def requests_shown(organization: Organization, *, answered: bool, shift: str = "", limit: int) -> list[Any]:
    """Requests with the person, the shift and `times`: on how many days the person has served. One statement.

    Those that wait come by the start of the shift, then in the order in which they were made; answered ones the
    latest first.
    """
    served = (
        ServiceRecord.objects.filter(volunteer=OuterRef("volunteer"))
        .order_by()
        .values("volunteer")
        .annotate(days=Count("served_on", distinct=True))
        .values("days")
    )
    rows: QuerySet[Any] = (
        requests_to(organization)
        .select_related("role", "shift__task", "shift__area", "volunteer__user", "ended_by")
        .annotate(times=Coalesce(Subquery(served, output_field=IntegerField()), 0))
    )
    if shift:
        rows = rows.filter(shift__code=shift)
    if answered:
        return list(rows.filter(status__in=ANSWERED).order_by("-ended_at", "-pk")[:limit])
    waiting = rows.filter(status=Waiting.Status.WAITING)
    return list(waiting.order_by("shift__starts_at", "shift", "pk")[:limit])


def request_to(organization: Organization, code: str) -> Waiting | None:
    """A request by its code, with all that an answer reads."""
    return _with_all(requests_to(organization)).filter(code=code).first()


def request_of(volunteer: Volunteer, code: str) -> Waiting | None:
    """The volunteer's own, also once it was answered."""
    return _with_all(Waiting.objects.filter(volunteer=volunteer)).filter(code=code).first()


def own_request(shift: Shift, volunteer: Volunteer) -> Waiting | None:
    """What a volunteer asked for in a shift and nobody has answered yet."""
    return Waiting.objects.filter(
        shift=shift, volunteer=volunteer, kind=Waiting.Kind.APPROVAL, status=Waiting.Status.WAITING
    ).first()


def _with_all(rows: QuerySet[Waiting]) -> QuerySet[Waiting]:
    return rows.select_related(
        "role",
        "volunteer__user",
        "shift__task",
        "shift__organization",
        "shift__area__parent__parent",
        "assignment",
    )
