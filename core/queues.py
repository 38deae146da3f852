"""How many messages stand in each queue of the broker."""

from collections.abc import Iterable

from django.conf import settings
from kombu import Connection

WAIT_S = 0.5


def waiting(names: Iterable[str]) -> dict[str, int] | None:
    """The number of messages that no worker has taken yet, by queue; None where the broker does not answer in half a second."""
    options = {"socket_timeout": WAIT_S, "socket_connect_timeout": WAIT_S, "max_retries": 0}
    try:
        with Connection(
            settings.CELERY_BROKER_URL, connect_timeout=WAIT_S, transport_options=options
        ) as link:
            link.ensure_connection(max_retries=1)
            # Declaring a queue that no worker has declared yet would make it, with other properties.
            client = link.default_channel.client  # type: ignore[attr-defined]
            return {name: int(client.llen(name)) for name in names}
    except Exception:  # noqa: BLE001  kombu's transports raise their own clients' errors, each another class
        return None
