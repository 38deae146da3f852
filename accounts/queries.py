"""Reads of accounts."""

from django.db.models import Q, QuerySet

from accounts.models import User


def people_behind(contact: str) -> QuerySet[User]:
    """Those who are reached by a phone or an e-mail address; a family may share a phone."""
    is_theirs = Q(email__iexact=contact) if "@" in contact else Q(phone=contact)
    return User.objects.filter(is_theirs, is_active=True).order_by("joined_at", "pk")


def mask(contact: str) -> str:
    """A contact as its owner recognizes it and nobody else learns it: 138 **** 0044."""
    if "@" in contact:
        local, _, domain = contact.partition("@")
        return f"{local[:1]}***@{domain}"
    digits = contact.removeprefix("+86")
    return f"{digits[:3]} **** {digits[-4:]}" if contact else ""
