"""Text messages, by an HTTP gateway that takes one message a request and knows repetitions by their key."""

import json
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.conf import settings

from notifications.channels import Outcome, Outgoing

TIMEOUT_S = 5.0
LONGEST_ANSWER = 65_536
# Not the message's fault: the gateway is busy, slow, or our key for it is wrong.
NOT_THE_MESSAGE = {401, 403, 404, 407, 408, 409, 425, 429}


class Sms:
    def __init__(self) -> None:
        self._url = urlsplit(settings.SMS_URL)
        self._connection: HTTPConnection | None = None

    def send(self, message: Outgoing) -> Outcome:
        body = json.dumps({"to": message.to, "text": message.text, "reference": message.reference})
        headers = {
            "Authorization": f"Bearer {settings.SMS_TOKEN}",
            "Content-Type": "application/json",
            "Idempotency-Key": message.reference,
        }
        try:
            connection = self._connected()
            connection.request("POST", self._target(), body=body.encode(), headers=headers)
            response = connection.getresponse()
            status, answer = response.status, response.read(LONGEST_ANSWER)
            if response.will_close:
                self.close()
        except (OSError, HTTPException) as error:
            self.close()
            return Outcome.unknown(f"{type(error).__name__}: {error}")
        return outcome_of(status, answer)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> HTTPConnection:
        if self._connection is None:
            host, port = self._url.hostname or "", self._url.port
            self._connection = (
                HTTPSConnection(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
                if self._url.scheme == "https"
                else HTTPConnection(host, port, timeout=TIMEOUT_S)
            )
        return self._connection

    def _target(self) -> str:
        return (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")


def outcome_of(status: int, answer: bytes) -> Outcome:
    """Accepted only with the provider's own id; refused for good only where the message itself is at fault."""
    try:
        said = json.loads(answer)
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    if 200 <= status < 300:
        reference = said.get("id")
        return Outcome.accepted(str(reference)) if reference else Outcome.unknown(f"{status} without an id")
    words = f"{status} {said.get('error', '')}".strip()
    if 400 <= status < 500 and status not in NOT_THE_MESSAGE:
        return Outcome.refused(words)
    return Outcome.unknown(words)
