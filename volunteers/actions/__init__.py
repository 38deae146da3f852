"""What may be done with a volunteer's profile."""

from volunteers.actions.availability import (
    BadPeriod,
    add_exception,
    go_off_duty,
    go_on_duty,
    remove_exception,
    set_availability,
)
from volunteers.actions.profile import (
    BadBirthDate,
    CapabilityExpired,
    GuardianMissing,
    ProfileChanges,
    confirm_capability,
    create_profile,
    join_as_volunteer,
    set_birth,
    update_profile,
)
from volunteers.actions.proxies import (
    ActsAlready,
    ActsForSelf,
    UnknownNumber,
    end_proxy,
    grant_proxy,
)

__all__ = [
    "ActsAlready",
    "ActsForSelf",
    "BadBirthDate",
    "BadPeriod",
    "CapabilityExpired",
    "GuardianMissing",
    "ProfileChanges",
    "UnknownNumber",
    "add_exception",
    "confirm_capability",
    "create_profile",
    "end_proxy",
    "go_off_duty",
    "go_on_duty",
    "grant_proxy",
    "join_as_volunteer",
    "remove_exception",
    "set_availability",
    "set_birth",
    "update_profile",
]
