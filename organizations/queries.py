"""Reads about organizations and those who act for them."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from areas.models import Area
from organizations.models import (
    Delegation,
    DelegationQuerySet,
    Membership,
    MembershipQuerySet,
    Organization,
    OrganizationQuerySet,
    Verification,
)

LEADERS = (Membership.Role.OWNER, Membership.Role.ORGANIZER)


def live_memberships_of(user: User) -> MembershipQuerySet:
    """What somebody may act for, each with its organization and that one's home area."""
    return (
        Membership.objects.live()
        .filter(user=user)
        .select_related("organization__home_area__parent__parent")
        .order_by("id")
    )


def members_of(organization: Organization) -> MembershipQuerySet:
    """Everybody who acts for an organization now, with the persons."""
    return organization.memberships.live().select_related("user").order_by("id")


def leaders_of(organizations: Iterable[Organization]) -> QuerySet[User]:
    """The owners and organizers of organizations: who is told what concerns them."""
    leading = Membership.objects.live().filter(organization__in=list(organizations), role__in=LEADERS)
    return User.objects.filter(is_active=True, pk__in=leading.values("user")).order_by("id")


def owners_of(organization: Organization) -> QuerySet[User]:
    owning = organization.memberships.live().filter(role=Membership.Role.OWNER)
    return User.objects.filter(is_active=True, pk__in=owning.values("user")).order_by("id")


def authorities_over(area: Area) -> OrganizationQuerySet:
    """The approved authorities whose home area is this one or holds it, the nearest first."""
    return (
        Organization.objects.authorities()
        .filter(home_area__path__in=area.paths_above())
        .select_related("home_area")
        .order_by("-home_area__level", "id")
    )


def officials_over(area: Area, *, apart_from: Organization | None = None) -> QuerySet[User]:
    """The officials of the nearest authority that has any; `apart_from` leaves one authority out."""
    authorities = authorities_over(area)
    if apart_from is not None:
        authorities = authorities.exclude(pk=apart_from.pk)
    seats = (
        Membership.objects.live()
        .filter(organization__in=authorities.order_by(), role__in=LEADERS, user__is_active=True)
        .order_by("-organization__home_area__level", "organization_id")
    )
    nearest = seats.values("organization")[:1]
    acting = Membership.objects.live().filter(organization__in=nearest, role__in=LEADERS)
    return User.objects.filter(is_active=True, pk__in=acting.values("user")).order_by("id")


def authorities_acting(area: Area) -> OrganizationQuerySet:
    """The authorities over the area in which somebody can decide, the nearest first."""
    acting = Membership.objects.live().filter(
        organization=OuterRef("pk"), role__in=LEADERS, user__is_active=True
    )
    return authorities_over(area).filter(Exists(acting))


def delegations_over(area: Area, kind: str, at: datetime) -> DelegationQuerySet:
    """Who else than officials may make such a decision in an area now."""
    return (
        Delegation.objects.live(at)
        .filter(
            kind=kind,
            area__path__in=area.paths_above(),
            authority__status=Organization.Status.APPROVED,
            delegate__status=Organization.Status.APPROVED,
        )
        .select_related("delegate", "authority")
        .order_by("pk")
    )


def delegations_of(authority: Organization) -> DelegationQuerySet:
    """What an authority lets others decide and ever let, the latest first."""
    return (
        Delegation.objects.filter(authority=authority)
        .select_related("delegate", "area__parent__parent", "granted_by", "revoked_by")
        .order_by("-pk")
    )


def delegations_held(delegate: Organization, at: datetime) -> DelegationQuerySet:
    """What an organization may decide now in the place of authorities."""
    return (
        Delegation.objects.live(at)
        .filter(delegate=delegate, authority__status=Organization.Status.APPROVED)
        .select_related("authority", "area__parent__parent", "granted_by")
        .order_by("kind", "area__path", "pk")
    )


def possible_delegates(authority: Organization) -> OrganizationQuerySet:
    """Organizations that serve the area of an authority or a part of it, without itself and the authorities above."""
    above = authorities_over(authority.home_area).order_by().values("pk")
    return (
        Organization.objects.approved()
        .serving(authority.home_area)
        .exclude(pk__in=above)
        .order_by("-kind", "name", "pk")
    )


def verifications_waiting(area: Area) -> QuerySet[Verification]:
    """Open checks of organizations at home in an area, the longest waiting first."""
    return (
        Verification.objects.filter(decision="", organization__home_area__path__startswith=area.path)
        .select_related("organization__home_area__parent__parent", "organization__parent", "requested_by")
        .order_by("requested_at", "id")
    )


def verifications_for(delegate: Organization, at: datetime) -> QuerySet[Verification]:
    """Open checks on which an organization may decide in the place of authorities: never of itself or of an authority.
    Two statements."""
    places = Q(pk__in=())
    held = delegations_held(delegate, at).filter(kind=Delegation.Kind.VERIFY)
    for path in held.values_list("area__path", flat=True):
        places |= Q(organization__home_area__path__startswith=path)
    return (
        Verification.objects.open()
        .filter(places)
        .exclude(Q(organization=delegate) | Q(organization__kind=Organization.Kind.GOVERNMENT))
        .select_related("organization__home_area__parent__parent", "organization__parent", "requested_by")
        .order_by("due_at", "id")
    )


def areas_served(organization: Organization) -> QuerySet[Area]:
    """The home area and the service areas, with what their full names read."""
    served = organization.service_areas.values("area")
    return (
        Area.objects.filter(Q(pk__in=served) | Q(pk=organization.home_area_id))
        .select_related("parent__parent__parent")
        .by_pinyin()
    )


def paths_served(organization: Organization) -> list[str]:
    """The paths of the home area and of the service areas, for prefix searches; one query."""
    paths = list(organization.service_areas.order_by("id").values_list("area__path", flat=True))
    return list(dict.fromkeys([organization.home_area.path, *paths]))


def possible_parents(area: Area) -> OrganizationQuerySet:
    """Approved organizations of the same county, or at home in an area above."""
    root = area.county or area
    return (
        Organization.objects.approved()
        .filter(Q(home_area__path__startswith=root.path) | Q(home_area__path__in=area.paths_above()))
        .order_by("name", "id")
    )
