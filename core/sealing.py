"""Secrets that the database keeps but must not tell: sealed with a key that only the environment knows."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# What is sealed begins with this; whatever does not was written before secrets were sealed.
MARK = "sealed:"


class WrongKey(Exception):
    """None of the keys opens what was sealed."""


def seal(text: str) -> str:
    """The text, readable only with the first of the keys."""
    return MARK + _box(tuple(settings.SEALING_KEYS)).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed with any of the keys."""
    if not sealed.startswith(MARK):
        return sealed
    try:
        return _box(tuple(settings.SEALING_KEYS)).decrypt(sealed.removeprefix(MARK)).decode()
    except InvalidToken as error:
        raise WrongKey(
            "MFA_KEY does not open this secret; name the earlier key in MFA_KEYS_BEFORE"
        ) from error


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """A key of the right length, of use for nothing else that is made from the same words."""
    stretched = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"manyhands sealing").derive(key.encode())
    return urlsafe_b64encode(stretched)
