"""Telephone numbers and e-mail addresses, and sentences that say what is wrong with one."""

import re
import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from core.deployment import is_synthetic
from core.errors import DomainError

REGION = "CN"
COUNTRY = "+86"
DIGITS = 11
MOBILE = re.compile(r"1[3-9]\d{9}")
# No network assigns these. The people of a synthetic database have them, and sign in like anybody.
INVENTED = re.compile(r"100\d{8}")
SEPARATORS = re.compile(r"[\s().\-‐-―]+")


class BadContact(DomainError):
    """A phone number or an e-mail address that cannot be one; the sentence says why."""

    code = "bad-contact"
    text = "%(sentence)s"


def _bad(sentence: object) -> BadContact:
    return BadContact(field="contact", sentence=str(sentence))


def normalize_contact(text: str) -> str:
    """A phone in E.164 or an e-mail address in small letters; BadContact says what is wrong."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        raise _bad(_("Write your phone number or e-mail address"))
    if "@" in text:
        return _normalize_email(text)
    return normalize_phone(text)


def _normalize_email(text: str) -> str:
    address = text.replace(" ", "").lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise _bad(_("This is no e-mail address. It looks like name@example.org")) from error
    if len(address) > 254:
        raise _bad(_("This e-mail address is too long; 254 characters are the most"))
    return address


def normalize_phone(text: str) -> str:
    """A phone number in E.164; without a country code it is one of ours."""
    digits = SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("86") and len(digits) == len(COUNTRY) - 1 + DIGITS:
        digits = "+" + digits
    if not re.fullmatch(r"\+?[0-9]+", digits):
        raise _bad(_("A phone number has only digits; an e-mail address has an @"))
    if digits.startswith("+") and not digits.startswith(COUNTRY):
        return _normalize_foreign(digits)
    return COUNTRY + _check_mobile(digits.removeprefix(COUNTRY))


def _check_mobile(digits: str) -> str:
    if MOBILE.fullmatch(digits) or (INVENTED.fullmatch(digits) and is_synthetic()):
        return digits
    if digits.startswith("0"):
        raise _bad(_("This is a landline; a text message cannot reach it. Use a mobile number or e-mail"))
    off = len(digits) - DIGITS
    count = {"off": abs(off), "digits": DIGITS}
    if off == -1:
        raise _bad(_("The number is one digit short; it has %(digits)d") % count)
    if off < -1:
        raise _bad(_("The number is %(off)d digits short; it has %(digits)d") % count)
    if off == 1:
        raise _bad(_("The number has one digit too many; it has %(digits)d") % count)
    if off > 1:
        raise _bad(_("The number has %(off)d digits too many; it has %(digits)d") % count)
    raise _bad(_("No mobile number begins with %(start)s. Check the first digits") % {"start": digits[:3]})


def _normalize_foreign(digits: str) -> str:
    try:
        number = phonenumbers.parse(digits, None)
    except phonenumbers.NumberParseException as error:
        raise _bad(_("No country has this code. Write it like +44 7700 900123")) from error
    if not phonenumbers.is_valid_number(number):
        country = {"country": f"+{number.country_code}"}
        raise _bad(_("There is no such number in %(country)s. Check its digits") % country)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
