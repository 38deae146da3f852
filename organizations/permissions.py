"""Who may act for which organization, and as an official of which area."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from areas.models import Area
from organizations.models import Delegation, Membership, Organization
from organizations.queries import LEADERS, live_memberships_of

EVERY_ROLE = tuple(Membership.Role)
CACHE = "_memberships_of_organizations"


def organizations_of(user: Any) -> list[Membership]:
    """The live memberships of a person, each with its organization; one query, kept on the user object.

    Organizations that wait for approval, or were declined or suspended, are among them.
    """
    if not getattr(user, "is_authenticated", False):
        return []
    found: list[Membership] | None = user.__dict__.get(CACHE)
    if found is None:
        found = user.__dict__[CACHE] = list(live_memberships_of(user))
    return found


def forget(user: User) -> None:
    """Read the memberships anew the next time: what changes them calls this."""
    user.__dict__.pop(CACHE, None)


def role_in(user: Any, organization: Organization) -> str | None:
    """The role of a person in an organization, or None."""
    for membership in organizations_of(user):
        if membership.organization_id == organization.pk:
            return membership.role
    return None


def is_member(user: Any, organization: Organization, roles: Collection[str] = EVERY_ROLE) -> bool:
    return role_in(user, organization) in roles


def authorities_of(user: Any) -> list[Organization]:
    """The approved authorities for which a person acts as an official."""
    return [
        membership.organization
        for membership in organizations_of(user)
        if membership.role in LEADERS
        and membership.organization.is_authority
        and membership.organization.status == Organization.Status.APPROVED
    ]


def authority_of(user: Any, area: Area) -> Organization | None:
    """The authority through which a person is an official of an area: the nearest, if several."""
    over = [authority for authority in authorities_of(user) if authority.home_area.contains(area)]
    return max(over, key=lambda authority: len(authority.home_area.path), default=None)


def is_official_of(user: Any, area: Area) -> bool:
    return authority_of(user, area) is not None


def can_lead(user: Any, organization: Organization) -> bool:
    """Post shifts, take on calls, confirm hours: owners and organizers of an approved organization."""
    return organization.status == Organization.Status.APPROVED and is_member(user, organization, LEADERS)


def can_serve_desk(user: Any, organization: Organization) -> bool:
    """Check people in and out: any member of an approved organization."""
    return organization.status == Organization.Status.APPROVED and is_member(user, organization)


def can_edit(user: Any, organization: Organization) -> bool:
    """Change what the organization says of itself; also while it waits for approval."""
    return is_member(user, organization, LEADERS)


def can_grant(user: Any, organization: Organization, role: str) -> bool:
    """Invite to a role, change or end it: owners every one, organizers that of the desk."""
    own = role_in(user, organization)
    return own == Membership.Role.OWNER or (own == Membership.Role.ORGANIZER and role == Membership.Role.DESK)


def can_decide_on(user: Any, organization: Organization) -> bool:
    """Approve, decline or suspend: an official of its home area, or platform staff, and never one of its own."""
    if is_member(user, organization):
        return False
    if getattr(user, "is_staff", False) and user.is_active:
        return True
    return any(
        authority.pk != organization.pk and authority.home_area.contains(organization.home_area)
        for authority in authorities_of(user)
    )


@dataclass(frozen=True)
class Mandate:
    """In whose place somebody decides: `organization` is the one through which they act, `authority` the one whose word
    it is. Both are the same where an official decides; else `delegation` says on what."""

    organization: Organization
    authority: Organization
    delegation: Delegation | None = None


def mandate_of(user: Any, area: Area, kind: str, at: datetime) -> Mandate | None:
    """By what somebody decides in an area: as an official of it, else by a delegation that is in force. One statement
    at most, beside their memberships."""
    authority = authority_of(user, area)
    if authority is not None:
        return Mandate(organization=authority, authority=authority)
    led = [each.organization for each in organizations_of(user) if can_lead(user, each.organization)]
    if not led:
        return None
    delegation = (
        Delegation.objects.live(at)
        .filter(
            kind=kind,
            delegate__in=led,
            area__path__in=area.paths_above(),
            authority__status=Organization.Status.APPROVED,
        )
        .select_related("authority__home_area", "delegate__home_area")
        .order_by("-area__level", "pk")
        .first()
    )
    if delegation is None:
        return None
    return Mandate(delegation.delegate, delegation.authority, delegation)


def acting_for(user: Any, area: Area, kind: str, at: datetime) -> Organization | None:
    """The organization through which somebody decides in an area: their authority, or the delegate of one."""
    mandate = mandate_of(user, area, kind, at)
    return mandate.organization if mandate else None


def verifier_of(user: Any, organization: Organization, at: datetime) -> Mandate | None:
    """By what somebody decides whether an organization exists: never on their own, and on authorities only officials."""
    if is_member(user, organization):
        return None
    mandate = mandate_of(user, organization.home_area, Delegation.Kind.VERIFY, at)
    if mandate is None or mandate.authority.pk == organization.pk:
        return None
    return None if organization.is_authority and mandate.delegation is not None else mandate


def can_verify(user: Any, organization: Organization, at: datetime) -> bool:
    """Approve or decline: whoever may suspend it, and delegates."""
    return can_decide_on(user, organization) or verifier_of(user, organization, at) is not None


def can_delegate(user: Any, authority: Organization) -> bool:
    """Give away decisions of an authority, and take them back: its officials."""
    return authority.is_authority and can_lead(user, authority)
