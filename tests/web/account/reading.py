"""Small readers of pages and messages for these tests."""

import re
from typing import Any

from notifications.models import Message


def digits_sent_to(contact: str) -> str:
    """The code in the last message to a contact."""
    message = Message.objects.filter(kind="login_code", address=contact).order_by("-id").first()
    assert message is not None, f"no code went to {contact}"
    return str(message.context["secret"])


def wrong(digits: str) -> str:
    return "000000" if digits != "000000" else "111111"


def error_of(response: Any, field: str) -> str:
    """The sentence that stands at a field."""
    found = re.search(rf'id="id_{field}_error">(.*?)</p>', response.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]+>", " ", found[1]).split("：")[-1] if found else ""
