"""Requests that were made part of a call before it was public: nothing is planned for them until it is."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from residents.models import HelpRequest, RequestEvent
from residents.policies import Verb
from tasks.models import Review, Shift, Task

PUBLIC = (Task.Status.CALLED, Task.Status.ADOPTED)


def of_returned_drafts() -> QuerySet[HelpRequest]:
    """Part of a call that was given back, or taken back, before it was public: nobody's word is waited for."""
    waits = Review.objects.open().filter(task=OuterRef("task"))
    return _placed().filter(~Exists(waits), task__status=Task.Status.DRAFT)


def of_drafts_made_public() -> QuerySet[HelpRequest]:
    """Made part of a call that was a draft then and is public now, and whoever asked does not know yet."""
    return _placed().filter(_made_a_draft(), ~_told(), task__status__in=PUBLIC)


def is_kept_quiet(request: HelpRequest) -> bool:
    """Whether it was made part of a draft, and whoever asked was not told of it."""
    return HelpRequest.objects.filter(_made_a_draft(), ~_told(), pk=request.pk).exists()


def of_shifts_to_name(at: datetime) -> QuerySet[HelpRequest]:
    """Made part of a draft that is public now, and its organization has posted a shift since."""
    unnamed = _placed().filter(_made_a_draft(), shift=None, task__status__in=PUBLIC)
    return unnamed.annotate(first=Subquery(_ahead(at).values("pk")[:1])).filter(first__isnull=False)


def first_shift(request: HelpRequest, at: datetime) -> Shift | None:
    """The earliest ahead of its work and its organization, not before the day on which help was wanted."""
    own = HelpRequest.objects.filter(pk=request.pk).annotate(first=Subquery(_ahead(at).values("pk")[:1]))
    return Shift.objects.filter(pk__in=own.values("first")).select_related("task").first()


def _ahead(at: datetime) -> QuerySet[Shift]:
    return Shift.objects.filter(
        task=OuterRef("task"),
        organization=OuterRef("organization"),
        status=Shift.Status.OPEN,
        starts_at__gt=at,
        starts_at__date__gte=Coalesce(OuterRef("wanted_on"), Value(date.min)),
    ).order_by("starts_at", "pk")


def _placed() -> QuerySet[HelpRequest]:
    placed = HelpRequest.objects.filter(status=HelpRequest.Status.PLACED)
    return placed.select_related("area", "organization", "type").order_by("id")


def _made_a_draft() -> Exists:
    # An official's word is asked for in the moment in which the call is made of requests.
    return Exists(Review.objects.filter(task=OuterRef("task"), asked_at=OuterRef("placed_at")))


def _told() -> Exists:
    since = RequestEvent.objects.filter(request=OuterRef("pk"), at__gte=OuterRef("placed_at"))
    return Exists(since.filter(verb=Verb.PLACED))
