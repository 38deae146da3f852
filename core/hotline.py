"""The telephone that a person answers, in the words of a language: 12345 按 6 / 12345, press 6."""

from django.utils.translation import gettext


def hotline_number(hotline: str) -> str:
    """Return what a telephone dials: the digits before the word about the key to press."""
    return hotline.split("按")[0].strip()


def hotline_words(hotline: str) -> str:
    """Return the telephone as one says it: 12345 按 6 / 12345, press 6."""
    number, _, key = (part.strip() for part in hotline.partition("按"))
    if not key:
        return number
    return gettext("%(number)s, press %(key)s") % {"number": number, "key": key}
