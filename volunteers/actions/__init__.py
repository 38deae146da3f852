"""What may be done with a volunteer's profile."""

from volunteers.actions.availability import (
    BadPeriod,
    add_exception,
    go_off_duty,
    go_on_duty,
    remove_exception,
    set_availability,
)
from volunteers.actions.capabilities import (
    CapabilityExpired,
    ClaimDecided,
    PaperHolds,
    ReasonMissing,
    claim_qualification,
    confirm_capability,
    decline_capability,
    drop_qualification,
)
from volunteers.actions.profile import (
    BadBirthDate,
    GuardianMissing,
    ProfileChanges,
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
    "ClaimDecided",
    "GuardianMissing",
    "PaperHolds",
    "ProfileChanges",
    "ReasonMissing",
    "UnknownNumber",
    "add_exception",
    "claim_qualification",
    "confirm_capability",
    "create_profile",
    "decline_capability",
    "drop_qualification",
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
