"""Sends a leased batch: takes it, calls the provider with no transaction open, and records one outcome a message."""

import logging
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import Any

from django.db import connection

from core import clock, doorbell, faults
from core.doorbell import Job
from notifications.actions.relaying import BATCH, MOST_ATTEMPTS
from notifications.channels import Outcome, Result, Sender
from notifications.channels.email import Email
from notifications.channels.sms import Sms
from notifications.models import Message
from notifications.notices import kind_of
from notifications.queries import without_consent
from notifications.rendering.outside import render

logger = logging.getLogger(__name__)

# How long a sender may be busy with a batch: well over two timeouts of a provider in each lane.
LEASE = timedelta(seconds=180)
LANES = 8
# A lane that met so many failures in a row leaves the rest of its messages for later.
PATIENCE = 2
# At most so many sends are unrecorded when a worker is killed; their repetition carries the same key.
GROUP = 16
FIRST_PAUSE_S = 20
LONGEST_PAUSE_S = 1800

SENDERS: dict[str, type[Sms] | type[Email]] = {Message.Channel.SMS: Sms, Message.Channel.EMAIL: Email}

TAKE = """
UPDATE notifications_message SET attempt_count = attempt_count + 1, leased_until = %(own)s
WHERE id = ANY(%(ids)s) AND status = 'queued' AND leased_until = %(lease)s
  AND (useful_until IS NULL OR useful_until > %(at)s)
RETURNING id
"""
# What a provider accepted is accepted, whoever holds the lease by now; anything else only its holder may say.
RECORD = """
UPDATE notifications_message AS message
SET status = said.status, outcome = said.outcome, provider_reference = said.reference, next_try_at = said.next_try_at,
    leased_until = NULL, ended_at = CASE WHEN said.status = 'queued' THEN NULL ELSE %(at)s::timestamptz END,
    context = CASE WHEN said.status = 'queued' THEN message.context ELSE message.context - 'secret' END
FROM unnest(%(ids)s::bigint[], %(statuses)s::text[], %(outcomes)s::text[], %(references)s::text[],
            %(tries)s::timestamptz[]) AS said (id, status, outcome, reference, next_try_at)
WHERE message.id = said.id AND message.status = 'queued'
  AND (said.status = 'sent' OR message.leased_until = %(own)s)
"""

Attempted = tuple[Message, Outcome]


def send(*, message_ids: Collection[int], lease: datetime, at: datetime) -> int:
    """Send what of the batch is still leased until `lease`; return how many messages were recorded.

    A batch that came twice, or whose lease was swept, finds nothing to take.
    """
    own = at + clock.of_machine(LEASE)
    messages = take(message_ids=message_ids, lease=lease, own=own, at=at)
    faults.point("after-take")
    recorded = 0
    for group in attempts(withhold(messages, own=own, at=at)):
        faults.point("before-record")
        recorded += record(group, own=own, at=clock.now())
    if len(message_ids) == BATCH:
        doorbell.ring(Job.RELAY_MESSAGES)
    return recorded


def take(*, message_ids: Collection[int], lease: datetime, own: datetime, at: datetime) -> list[Message]:
    """Make the lease our own and count the attempt, for those messages that still stand under `lease`."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"ids": list(message_ids), "lease": lease, "own": own, "at": at})
        taken = [row[0] for row in cursor.fetchall()]
    return list(Message.objects.filter(id__in=taken).select_related("recipient").order_by("id"))


def withhold(messages: list[Message], *, own: datetime, at: datetime) -> list[Message]:
    """End the messages that may no longer go out, since consent or account went after they were queued."""
    unasked = without_consent(
        {m.recipient_id for m in messages if m.recipient_id is not None and kind_of(m.kind).needs_consent}
    )
    kept, held = [], []
    for message in messages:
        if message.recipient is not None and message.recipient.erased_at is not None:
            held.append((message, Message.Outcome.ACCOUNT_CLOSED))
        elif message.recipient_id in unasked and kind_of(message.kind).needs_consent:
            held.append((message, Message.Outcome.NO_CONSENT))
        else:
            kept.append(message)
    if held:
        write([(m, Message.Status.WITHHELD, why, "", None) for m, why in held], own=own, at=at)
    return kept


def attempts(messages: list[Message]) -> Iterator[list[Attempted]]:
    """Call the providers in a few lanes at once; yield results in groups as they come."""
    lanes = [messages[number::LANES] for number in range(min(LANES, len(messages)))]
    results: SimpleQueue[Attempted | None] = SimpleQueue()
    if not lanes:
        return
    with ThreadPoolExecutor(len(lanes)) as pool:
        running = [pool.submit(drive, lane, results) for lane in lanes]
        open_lanes = len(lanes)
        group: list[Attempted] = []
        while open_lanes:
            result = results.get()
            if result is None:
                open_lanes -= 1
            else:
                group.append(result)
            if group and (len(group) >= GROUP or results.empty()):
                yield group
                group = []
        for lane in running:
            lane.result()


def drive(messages: list[Message], results: "SimpleQueue[Attempted | None]") -> None:
    """One lane: one message after the other over the same connections; `None` at its end. Touches no database."""
    senders: dict[str, Sender] = {}
    failures = 0
    try:
        for message in messages:
            if failures >= PATIENCE:
                outcome = Outcome.unknown("not tried, the provider did not answer others")
            else:
                if message.channel not in senders:
                    senders[message.channel] = SENDERS[message.channel]()
                outcome = attempt(message, senders[message.channel])
                failures = failures + 1 if outcome.result == Result.UNKNOWN else 0
            results.put((message, outcome))
    finally:
        results.put(None)
        for sender in senders.values():
            sender.close()


def attempt(message: Message, sender: Sender) -> Outcome:
    try:
        rendered = render(message)
    except (
        Exception
    ) as error:  # whatever a template or its values raise: the other messages go on, this one waits
        logger.exception("message %s of kind %s cannot be written", message.code, message.kind)
        return Outcome.unknown(f"cannot be written: {type(error).__name__}")
    faults.point("before-provider")
    outcome = sender.send(rendered)
    faults.point("after-provider")
    return outcome


def record(results: list[Attempted], *, own: datetime, at: datetime) -> int:
    """State one outcome for each attempt; return how many rows took it."""
    return write([(message, *stated(message, outcome, at)) for message, outcome in results], own=own, at=at)


def stated(message: Message, outcome: Outcome, at: datetime) -> tuple[str, str, str, datetime | None]:
    """(status, outcome, reference, next try) of an attempt."""
    if outcome.result == Result.ACCEPTED:
        return Message.Status.SENT, "", outcome.reference, None
    if outcome.result == Result.REFUSED:
        return Message.Status.FAILED, outcome.words, "", None
    if message.attempt_count >= MOST_ATTEMPTS:
        return Message.Status.FAILED, f"{Message.Outcome.GAVE_UP.value}: {outcome.words}"[:200], "", None
    return Message.Status.QUEUED, outcome.words, "", at + clock.of_machine(pause(message.attempt_count))


def pause(attempt_count: int) -> timedelta:
    """Before the next attempt: 20 s, 40 s, 80 s … up to half an hour."""
    return timedelta(seconds=min(FIRST_PAUSE_S * 2 ** min(attempt_count - 1, 16), LONGEST_PAUSE_S))


def write(rows: list[tuple[Message, str, str, str, datetime | None]], *, own: datetime, at: datetime) -> int:
    messages, statuses, outcomes, references, tries = zip(*rows, strict=True)
    values: dict[str, Any] = {
        "ids": [message.pk for message in messages],
        "statuses": [str(status) for status in statuses],
        "outcomes": [str(outcome) for outcome in outcomes],
        "references": list(references),
        "tries": list(tries),
        "own": own,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD, values)
        written = cursor.rowcount
    if written < len(rows):
        logger.warning("%d of %d messages were under another lease", len(rows) - written, len(rows))
    return written
