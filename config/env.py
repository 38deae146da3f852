"""Strict readers of the environment: a wrong value stops the start and names the variable and the form it needs."""

import os
import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
KEY = re.compile(r"[0-9a-f]{64}")


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set. It needs a non-empty text.")
    return default


def boolean(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. It needs one of: 1, true, yes, on, 0, false, no, off.")


def integer(name: str, default: int, *, least: int, most: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.lstrip("-").isdigit() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} is {value!r}. It needs a whole number from {least} to {most}.")
    return int(value)


def words(name: str, default: list[str]) -> list[str]:
    value = os.environ.get(name, "").strip()
    return [word.strip() for word in value.split(",") if word.strip()] if value else default


def keys(name: str, *, most: int) -> list[str]:
    """Keys of 32 bytes in hexadecimal digits, separated by commas. A wrong one is not repeated: it may be a secret."""
    found = [key.lower() for key in words(name, [])]
    if len(found) > most or not all(KEY.fullmatch(key) for key in found):
        raise ImproperlyConfigured(
            f"{name} has another form than it needs: 64 hexadecimal digits"
            + ("." if most == 1 else f", or up to {most} times as many with commas between.")
        )
    return found


def address(name: str, default: str, *, schemes: tuple[str, ...]) -> str:
    value = os.environ.get(name, "").strip() or default
    if urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(
            f"{name} is {value!r}. It needs an address that begins with "
            + " or ".join(f"{s}://" for s in schemes)
            + "."
        )
    return value
