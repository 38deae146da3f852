"""Codes on buildings."""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from organizations.models import Organization
from residents.models import HelpRequest, RequestDesk, RequestPoint


def point_by_code(code: str) -> RequestPoint | None:
    """The point that hangs somewhere under this code; None where it was taken down or never was. One statement."""
    found = RequestPoint.objects.filter(code=code.strip().upper(), ended_at=None)
    return found.select_related("area__parent__parent", "area__county", "organization").first()


def points_of(organization: Organization) -> QuerySet[RequestPoint]:
    """What an organization put up and did not take down, with how many requests came by each; one statement."""
    by_it = HelpRequest.objects.filter(point=OuterRef("pk")).order_by().values("point")
    counts = Subquery(by_it.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
    return (
        RequestPoint.objects.filter(organization=organization, ended_at=None)
        .select_related("area__parent__parent")
        .annotate(request_count=Coalesce(counts, 0))
        .order_by("-id")
    )


def looks_at_requests(organization: Organization) -> bool:
    """Whether the group opened a desk for requests."""
    return RequestDesk.objects.filter(organization=organization, closed_at=None).exists()
