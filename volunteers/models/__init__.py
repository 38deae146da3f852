"""Volunteers, those invited to become one, and whom they belong to."""

from volunteers.models.invitation import Affiliation, VolunteerInvitation
from volunteers.models.volunteer import (
    AvailabilityException,
    Capability,
    Cause,
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
    "Capability",
    "Cause",
    "Named",
    "Proxy",
    "Volunteer",
    "VolunteerCapability",
    "VolunteerInvitation",
    "WeeklyAvailability",
    "new_number",
]
