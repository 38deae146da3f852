"""Crises that are over, who served in them, and the names that they put up."""

from datetime import datetime

from django.db.models import QuerySet

from tasks.models import Crisis, ServiceRecord, Thanks
from volunteers.models import Volunteer

# More names are not shown on one page.
NAMES_MOST = 2_000


def ended_crises(at: datetime) -> QuerySet[Crisis]:
    """Those that are over, the latest first."""
    return Crisis.objects.filter(ended_at__lte=at).select_related("area").order_by("-ended_at", "-pk")


def has_served(volunteer: Volunteer, crisis: Crisis) -> bool:
    """Whether somebody has confirmed hours in work of a crisis."""
    return ServiceRecord.objects.filter(volunteer=volunteer, task__crisis=crisis).exists()


def names_on_wall(crisis: Crisis) -> list[str]:
    """The names that people put up, in the order in which they did."""
    names = Thanks.objects.filter(crisis=crisis).order_by("pk").values_list("name", flat=True)
    return list(names[:NAMES_MOST])


def own_names(volunteer: Volunteer) -> list[Thanks]:
    """Every name that somebody has on a wall, each with its crisis, the latest first."""
    return list(Thanks.objects.filter(volunteer=volunteer).select_related("crisis__area").order_by("-pk"))


def own_name(volunteer: Volunteer, crisis: Crisis) -> str:
    """The name that somebody has on the wall; empty without one."""
    own = Thanks.objects.filter(volunteer=volunteer, crisis=crisis)
    return own.values_list("name", flat=True).first() or ""
