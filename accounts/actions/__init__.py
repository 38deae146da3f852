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
from accounts.actions.joining import ContactTaken, NotConfirmed, change_contact, enter, join, people_behind

__all__ = [
    "CODE_LIFETIME",
    "TERMS_VERSION",
    "BadContact",
    "CodeTooOld",
    "ContactTaken",
    "NotConfirmed",
    "TermsBindTheAccount",
    "TooManyCodes",
    "TooManyTries",
    "WrongCode",
    "change_contact",
    "confirm_code",
    "confirmed_code",
    "enter",
    "give_consent",
    "join",
    "normalize_contact",
    "normalize_phone",
    "people_behind",
    "request_code",
    "withdraw_consent",
]
