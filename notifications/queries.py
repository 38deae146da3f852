"""Reads of messages, and of the consents that they depend on."""

from collections.abc import Collection

from accounts.models import Consent, User
from notifications.models import Message, MessageQuerySet


def without_consent(person_ids: Collection[int]) -> set[int]:
    """Those of the persons whose last word on messages about needs is not a yes: they said nothing, or took it back.

    One query.
    """
    if not person_ids:
        return set()
    last_words = (
        Consent.objects.filter(user__in=person_ids, purpose=Consent.Purpose.MESSAGES)
        .order_by("user_id", "-id")
        .distinct("user_id")
        .values_list("user_id", "decision")
    )
    agreed = {person for person, decision in last_words if decision == Consent.Decision.GRANTED}
    return set(person_ids) - agreed


def inbox_of(user: User) -> MessageQuerySet:
    """What the person finds in the app, newest first."""
    return Message.objects.inbox_of(user).order_by("-id")


def unread_count(user: User) -> int:
    return Message.objects.inbox_of(user).filter(read_at=None).count()
