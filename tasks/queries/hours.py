"""Confirmed service of a volunteer."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from tasks.models import ServiceRecord
from volunteers.models import Volunteer


@dataclass(frozen=True)
class Served:
    """Confirmed service: hours of each day, and the sum."""

    by_day: dict[date, float]
    minutes: int

    @property
    def days(self) -> int:
        return len(self.by_day)

    @property
    def hours(self) -> float:
        return round(self.minutes / 60, 1)


def served_by(volunteer: Volunteer) -> Served:
    """One row a day, one query."""
    rows = (
        ServiceRecord.objects.filter(volunteer=volunteer)
        .values("served_on")
        .annotate(total=Sum("minutes"))
        .order_by("served_on")
    )
    by_day = {row["served_on"]: row["total"] / 60 for row in rows}
    return Served(by_day, sum(row["total"] for row in rows))


def records_of(volunteer: Volunteer) -> QuerySet[ServiceRecord]:
    """Confirmed service, the latest first."""
    return (
        ServiceRecord.objects.filter(volunteer=volunteer)
        .select_related("task", "organization", "assignment")
        # The day first: so the index gives them in order, and what is not shown is not read.
        .order_by("-served_on", "-starts_at", "-pk")
    )
