"""Who may act for a volunteer, and what a volunteer's age asks for."""

from datetime import date
from typing import Any

from organizations.permissions import authority_of, can_lead, organizations_of
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
