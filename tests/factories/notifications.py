"""Messages for tests."""

from typing import Any

from core import clock
from notifications.models import Message


def make_message(**fields: Any) -> Message:
    """A text message with a sign-in code that is due now."""
    at = fields.pop("created_at", None) or clock.now()
    number = Message.objects.count() + 1
    values = {
        "event": f"event-{number}",
        "kind": "login_code",
        "recipient": None,
        "channel": "sms",
        "address": f"+86139{number:08d}",
        "language": "zh-hans",
        "context": {"secret": "402913"},
        "created_at": at,
        "next_try_at": at,
        **fields,
    }
    return Message.objects.create(**values)
