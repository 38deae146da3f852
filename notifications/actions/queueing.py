"""Queueing messages, and what a reader does with them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core import doorbell
from core.doorbell import Job
from notifications.models import Message
from notifications.notices import Notice, kind_of
from notifications.queries import without_consent

SECRET = "secret"  # noqa: S105  the key of a context, not a secret


@transaction.atomic(savepoint=False)
def queue_messages(*, notices: Iterable[Notice], at: datetime) -> int:
    """Write the message rows of all notices with one statement, then ring; return how many were asked for.

    A notice becomes a row in the recipient's inbox and one for the way in which the person is reached. The same
    event for the same person and channel is written once: queueing it again adds nothing. Meant to be called inside
    the transaction of the act that it tells of, so that neither is kept without the other.
    """
    rows = message_rows(notices=notices, at=at)
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    ring_for(rows)
    return len(rows)


def message_rows(*, notices: Iterable[Notice], at: datetime) -> list[Message]:
    """The rows of notices, unsaved: for an act that writes them with others (`core.together`), then rings for them."""
    known = list(notices)
    unasked = _unasked(known)
    return [row for notice in known for row in _rows(notice, unasked, at)]


def ring_for(rows: Iterable[Message]) -> None:
    if any(row.status == Message.Status.QUEUED for row in rows):
        doorbell.ring(Job.RELAY_MESSAGES)


def mark_read(*, messages: QuerySet[Message], at: datetime) -> int:
    """Note that these inbox rows were read; return how many were new."""
    return messages.filter(channel=Message.Channel.INBOX, read_at=None).update(read_at=at)


def mark_unread(*, messages: QuerySet[Message], read_at: datetime) -> int:
    """Take back that these inbox rows were read at that moment; return how many are new again."""
    return messages.filter(channel=Message.Channel.INBOX, read_at=read_at).update(read_at=None)


def _unasked(notices: list[Notice]) -> set[int]:
    """Ids of the recipients who have not agreed to the messages among `notices` that need it."""
    return without_consent(
        {notice.recipient.pk for notice in notices if notice.recipient and kind_of(notice.kind).needs_consent}
    )


def _rows(notice: Notice, unasked: set[int], at: datetime) -> Iterator[Message]:
    person = notice.recipient
    if person is None and notice.address is None:
        raise ValueError(f"the notice of {notice.event} has neither a recipient nor an address")
    held = kind_of(notice.kind).needs_consent and person is not None and person.pk in unasked
    if person is not None and notice.inbox:
        yield _row(
            notice, Message.Channel.INBOX, "", at, Message.Status.WITHHELD if held else Message.Status.SENT
        )
    channel, address = notice.address or (person.address_of_messages if person else ("", ""))
    if notice.outside and channel and address:
        yield _row(notice, channel, address, at, Message.Status.WITHHELD if held else Message.Status.QUEUED)


def _row(notice: Notice, channel: str, address: str, at: datetime, status: Message.Status) -> Message:
    waiting = status == Message.Status.QUEUED
    context = dict(notice.context)
    if not waiting:
        context.pop(SECRET, None)
    return Message(
        event=notice.event,
        kind=notice.kind,
        recipient=notice.recipient,
        channel=channel,
        address=address,
        language=notice.language or (notice.recipient.language if notice.recipient else "zh-hans"),
        context=context,
        created_at=at,
        useful_until=notice.useful_until,
        status=status,
        outcome=Message.Outcome.NO_CONSENT if status == Message.Status.WITHHELD else "",
        next_try_at=at if waiting else None,
        ended_at=None if waiting else at,
    )
