"""What may be done with accounts."""

from accounts.actions.codes import (
    CODE_LIFETIME,
    CodeTooOld,
    TooManyCodes,
    TooManyTries,
    WrongCode,
    confirm_code,
    confirmed_code,
    request_code,
)
from accounts.actions.consents import TERMS_VERSION, TermsBindTheAccount, give_consent, withdraw_consent
from accounts.actions.contacts import BadContact, normalize_contact, normalize_phone
from accounts.actions.joining import (
    ContactMissing,
    ContactTaken,
    NotConfirmed,
    change_contact,
    enter,
    join,
    people_behind,
    update_person,
)
from accounts.actions.recovery import (
    OwnRecovery,
    RecoveryDecided,
    RecoveryReasonNeeded,
    TooManyRecoveries,
    count_request,
    decide_recovery,
    end_sessions,
    request_recovery,
)

__all__ = [
    "CODE_LIFETIME",
    "TERMS_VERSION",
    "BadContact",
    "CodeTooOld",
    "ContactMissing",
    "ContactTaken",
    "NotConfirmed",
    "OwnRecovery",
    "RecoveryDecided",
    "RecoveryReasonNeeded",
    "TermsBindTheAccount",
    "TooManyCodes",
    "TooManyRecoveries",
    "TooManyTries",
    "WrongCode",
    "change_contact",
    "confirm_code",
    "confirmed_code",
    "count_request",
    "decide_recovery",
    "end_sessions",
    "enter",
    "give_consent",
    "join",
    "normalize_contact",
    "normalize_phone",
    "people_behind",
    "request_code",
    "request_recovery",
    "update_person",
    "withdraw_consent",
]
