"""Who looks at a request that comes in an area, and which area a few words mean."""

from datetime import datetime
from typing import Any

from django.db.models.functions import Length

from areas.models import Area
from organizations.models import Delegation, Organization
from organizations.queries import authorities_over
from residents.models import RequestDesk


def who_looks_at(area: Area, at: datetime) -> Organization | None:
    """The organization that a new request in an area goes to; None where nobody answers for the area.

    First whoever the nearest authority lets look in its place, then the nearest group that opened a desk for
    requests and is at home there or serves it, then the authority itself. Four statements at most.
    """
    authority = authorities_over(area).first()
    if authority is not None and (delegate := _delegate_of(authority, area, at)):
        return delegate
    return _nearest_desk(area) or authority


def _delegate_of(authority: Organization, area: Area, at: datetime) -> Organization | None:
    """Of several the one whose word covers the smallest area, and of these the latest."""
    word = (
        Delegation.objects.live(at)
        .filter(
            authority=authority,
            kind=Delegation.Kind.TRIAGE,
            area__path__in=area.paths_above(),
            delegate__status=Organization.Status.APPROVED,
        )
        .select_related("delegate__home_area")
        .order_by("-area__level", "-granted_at")
        .first()
    )
    return word.delegate if word else None


def _nearest_desk(area: Area) -> Organization | None:
    """Of groups at home there, or serving it or more than it, the one with the smallest such area."""
    open_desks = RequestDesk.objects.filter(closed_at=None).values("organization")
    groups = Organization.objects.approved().exclude(kind=Organization.Kind.GOVERNMENT)
    above = area.paths_above()
    at_home = groups.filter(pk__in=open_desks, home_area__path__in=above)
    serving = groups.filter(pk__in=open_desks, service_areas__area__path__in=above)
    reaches: tuple[Any, ...] = (
        *at_home.annotate(reach=Length("home_area__path")).select_related("home_area"),
        *serving.annotate(reach=Length("service_areas__area__path")).select_related("home_area"),
    )
    found: Organization | None = max(reaches, key=lambda group: (group.reach, -group.pk), default=None)
    return found


def area_meant(county: Area, *texts: str) -> Area:
    """The township of a county that the words name, or else the county; one statement.

    People write a street and a building and choose the county from a list: the name of the town stands in what
    they wrote, where they wrote it.
    """
    said = " ".join(texts).casefold()
    below = Area.objects.within(county).filter(level=Area.Level.TOWNSHIP)
    named = [town for town in below if town.name_zh in said or town.name_en.casefold() in said]
    return max(named, key=lambda town: (len(town.name_zh), town.code), default=county)
