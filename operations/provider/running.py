"""Runs both sides of the provider in one process, where the settings say that the senders look for them."""

import asyncio
import signal
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from operations.launcher import places
from operations.provider.gateway import Gateway
from operations.provider.smtp import Smtp
from operations.provider.store import Store


def store_path() -> Path:
    return places.local() / "provider" / "messages.jsonl"


async def serve(path: Path) -> None:
    """Serve until asked to stop."""
    url = urlsplit(settings.SMS_URL)
    store = Store(path)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    mail = await asyncio.start_server(Smtp(store).serve, settings.MAIL_HOST, settings.MAIL_PORT)
    sms = await asyncio.start_server(
        Gateway(store, path=url.path, token=settings.SMS_TOKEN).serve, url.hostname, url.port
    )
    print(f"takes e-mails on port {settings.MAIL_PORT} and text messages on port {url.port}", flush=True)
    await stop.wait()
    mail.close()
    sms.close()
    store.close()


def run() -> None:
    asyncio.run(serve(store_path()))
