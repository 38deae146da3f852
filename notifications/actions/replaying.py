"""Sending again what a provider would not take."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, doorbell
from core.doorbell import Job
from core.errors import DomainError
from core.job_log import without_persons
from notifications.actions.queueing import SECRET
from notifications.models import Message
from notifications.notices import kinds


class NotFailed(DomainError):
    code = "message-not-failed"
    text = _("Only a message that was not delivered can be sent again; this one has another state by now")


class MessageTooLate(DomainError):
    code = "message-too-late"
    text = _("This message is of no use any more, so it is not sent again")


class SecretGone(DomainError):
    code = "message-secret-gone"
    text = _("The code in this message was removed when the message ended. The person asks for a new one")


class RecipientGone(DomainError):
    code = "recipient-gone"
    text = _("The account of this message is closed")


def why_not_again(message: Message, *, at: datetime) -> DomainError | None:
    """Why this message cannot be sent again, None where it can."""
    if message.status != Message.Status.FAILED:
        return NotFailed()
    if message.useful_until is not None and message.useful_until <= at:
        return MessageTooLate()
    kind = kinds().get(message.kind)
    if kind is None or SECRET in kind.sample:
        return SecretGone()
    if message.recipient is not None and not message.recipient.is_active:
        return RecipientGone()
    return None


@transaction.atomic
def replay_message(*, message: Message, by: User, at: datetime) -> None:
    """Put a message that was not delivered back into the outbox, to the same address, with its tries counted anew.

    Consent is looked at again when it is sent. It keeps its code, by which a provider knows a repetition.
    """
    found = Message.objects.select_for_update(of=("self",)).select_related("recipient").get(pk=message.pk)
    if error := why_not_again(found, at=at):
        raise error
    earlier = found.outcome
    found.status, found.outcome = Message.Status.QUEUED, ""
    found.attempt_count, found.next_try_at = 0, at
    found.leased_until = found.ended_at = None
    found.save(
        update_fields=["status", "outcome", "attempt_count", "next_try_at", "leased_until", "ended_at"]
    )
    audit.record(
        verb="message.replayed",
        by=by,
        at=at,
        subject=found,
        data={
            "kind": found.kind,
            "channel": found.channel,
            "code": found.code,
            "earlier": without_persons(earlier),
        },
    )
    doorbell.ring(Job.RELAY_MESSAGES)
