"""Who may act for a volunteer, and what a volunteer's age asks for."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Recovery
from organizations.models import Membership, Organization
from organizations.permissions import authorities_of, authority_of, can_lead, organizations_of
from volunteers.models import Proxy, Volunteer

# Under this age a guardian must have agreed, by the law of the place.
GUARDIAN_AGE = 14


def needs_guardian(volunteer: Volunteer, day: date) -> bool:
    """Whether the volunteer is too young to decide alone on that day; an unknown age counts as of age."""
    age = volunteer.age_on(day)
    return age is not None and age < GUARDIAN_AGE


def may_take_part(volunteer: Volunteer, day: date) -> bool:
    """Whether the volunteer may sign up for work on that day: old enough, or a guardian has agreed."""
    return not needs_guardian(volunteer, day) or volunteer.guardian_consent_at is not None


def can_act_for(user: Any, volunteer: Volunteer) -> bool:
    """The volunteer, or a live proxy."""
    return (
        volunteer.user_id == user.pk
        or Proxy.objects.filter(volunteer=volunteer, user_id=user.pk, ended_at=None).exists()
    )


def can_confirm_capability(user: Any, volunteer: Volunteer) -> bool:
    """Leaders of an approved organization at home in the volunteer's county, and officials of it; never oneself."""
    if volunteer.user_id == user.pk or volunteer.county is None:
        return False
    if authority_of(user, volunteer.county):
        return True
    return any(
        can_lead(user, membership.organization)
        and membership.organization.home_area.path.startswith(volunteer.county.path)
        for membership in organizations_of(user)
    )


def can_invite_volunteers(user: Any, organization: Organization) -> bool:
    """Invite people and keep the list of those who belong: owners and organizers of an approved organization."""
    return can_lead(user, organization)


def recoveries_to_decide(user: Any) -> QuerySet[Recovery]:
    """The open requests that a person may decide.

    A lost second factor: another owner of one of the person's organizations, or an official over its home area; for an
    official only an owner of that authority, or an official above it.
    A lost phone: an official of the volunteer's county. Platform staff may decide each. Nobody their own.
    """
    waiting = (
        Recovery.objects.filter(decision="").exclude(user_id=user.pk).select_related("user").order_by("pk")
    )
    if user.is_staff:
        return waiting
    owned = [
        membership.organization_id
        for membership in organizations_of(user)
        if membership.role == Membership.Role.OWNER
        and membership.organization.status == Organization.Status.APPROVED
    ]
    theirs = Membership.objects.live().filter(user=OuterRef("user"))
    offices = theirs.filter(
        organization__kind=Organization.Kind.GOVERNMENT, organization__status=Organization.Status.APPROVED
    )
    factor = Q(Exists(theirs.filter(organization__in=owned)))
    office = Q(Exists(offices.filter(organization__in=owned)))
    phone = Q(pk__in=[])
    for authority in authorities_of(user):
        path = authority.home_area.path
        factor |= Q(Exists(theirs.filter(organization__home_area__path__startswith=path)))
        office |= Q(Exists(offices.filter(organization__home_area__path__startswith=path)))
        living = Volunteer.objects.filter(user=OuterRef("user"), county__path__startswith=path)
        phone |= Q(Exists(living))
    return waiting.filter(
        (Q(kind=Recovery.Kind.SECOND_FACTOR) & (office | (factor & ~Q(Exists(offices)))))
        | (Q(kind=Recovery.Kind.PHONE) & phone)
    )
