"""Calls of groups that wait for an official's word."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from areas.models import Area
from organizations.models import Delegation, Organization
from organizations.queries import delegations_held
from tasks.models import Review, Task


def reviews_waiting(area: Area) -> QuerySet[Review]:
    """Open reviews of calls in the area and below it, those due first."""
    return with_names(Review.objects.open().filter(task__area__path__startswith=area.path)).order_by(
        "due_at", "pk"
    )


def reviews_for(delegate: Organization, at: datetime) -> QuerySet[Review]:
    """Open reviews on which an organization may decide in the place of authorities; never its own calls. Two
    statements, one where it decides nothing."""
    held = delegations_held(delegate, at).filter(kind=Delegation.Kind.REVIEW)
    places = Q(pk__in=())
    for path in held.values_list("area__path", flat=True):
        places |= Q(task__area__path__startswith=path)
    found = Review.objects.open().filter(places).exclude(task__issuer=delegate)
    return with_names(found).order_by("due_at", "pk")


def reviews_of(task: Task) -> QuerySet[Review]:
    """What was asked and answered about a call, the latest first."""
    return Review.objects.filter(task=task).select_related("authority", "decided_by").order_by("-pk")


def drafts_of(organization: Organization) -> QuerySet[Any]:
    """Calls of an organization that are not public yet, the latest first, with the open review of each as `waiting`."""
    waiting = Prefetch("reviews", Review.objects.open().select_related("authority"), to_attr="waiting")
    return (
        Task.objects.filter(issuer=organization, status=Task.Status.DRAFT)
        .select_related("area__parent__parent")
        .prefetch_related(waiting)
        .order_by("-pk")
    )


def open_review(task: Task) -> Review | None:
    """Where a call lies now, if it waits."""
    return Review.objects.open().filter(task=task).select_related("authority").first()


def with_names(reviews: QuerySet[Review]) -> QuerySet[Review]:
    return reviews.select_related(
        "task__area__parent__parent", "task__issuer__home_area", "task__type", "authority", "asked_by"
    )
