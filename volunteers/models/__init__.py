"""Volunteers, those invited to become one, and whom they belong to."""

from volunteers.models.feed import CalendarFeed
from volunteers.models.invitation import Affiliation, VolunteerInvitation
from volunteers.models.team import Team, TeamMember
from volunteers.models.volunteer import (
    AvailabilityException,
    Capability,
    Cause,
    Implication,
    Named,
    Proxy,
    Volunteer,
    VolunteerCapability,
    WeeklyAvailability,
    new_number,
)

__all__ = [
    "Affiliation",
    "AvailabilityException",
    "CalendarFeed",
    "Capability",
    "Cause",
    "Implication",
    "Named",
    "Proxy",
    "Team",
    "TeamMember",
    "Volunteer",
    "VolunteerCapability",
    "VolunteerInvitation",
    "WeeklyAvailability",
    "new_number",
]
