"""What is done with messages: queueing, relaying, sending, sweeping, reading."""

from notifications.actions.queueing import mark_read, mark_unread, message_rows, queue_messages, ring_for
from notifications.actions.relaying import relay, sweep
from notifications.actions.replaying import replay_message, why_not_again
from notifications.actions.sending import send

__all__ = [
    "mark_read",
    "mark_unread",
    "message_rows",
    "queue_messages",
    "relay",
    "replay_message",
    "ring_for",
    "send",
    "sweep",
    "why_not_again",
]
