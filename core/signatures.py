"""What the platform says of itself in public, signed: Ed25519 (RFC 8032), with a key that only the environment knows.

A key is named by the first 16 hexadecimal digits of the SHA-256 of its public half, so that a name cannot be given twice.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

NAME_DIGITS = 16


def canonical(said: Mapping[str, Any]) -> str:
    """JSON of which there is one form only: sorted names, no blanks, ASCII. The same words give the same bytes."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def own_key() -> str:
    """The name of the key that signs now; empty where none is set."""
    return name_of(_public(settings.SIGNING_KEY)) if settings.SIGNING_KEY else ""


def public_keys() -> dict[str, str]:
    """Every key that may have signed, by its name: 32 bytes in hexadecimal digits. The present one comes first."""
    present = [_public(settings.SIGNING_KEY)] if settings.SIGNING_KEY else []
    return {name_of(key): key for key in (*present, *settings.SIGNING_KEYS_BEFORE)}


def name_of(public: str) -> str:
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:NAME_DIGITS]


def sign(said: Mapping[str, Any]) -> str:
    """The signature of the canonical form, 128 hexadecimal digits; empty where there is no key."""
    if not settings.SIGNING_KEY:
        return ""
    return _private(settings.SIGNING_KEY).sign(canonical(said).encode()).hex()


def is_signed(said: Mapping[str, Any], *, key: str, signature: str) -> bool:
    """Whether the key of this name signed exactly this. False also for a key that is not ours."""
    public = public_keys().get(key)
    if public is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(signature), canonical(said).encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=4)
def _private(key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key))


@lru_cache(maxsize=4)
def _public(key: str) -> str:
    return _private(key).public_key().public_bytes_raw().hex()
