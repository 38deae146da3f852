"""As much of SMTP as a sender of this project needs: no extensions, no authentication, one line at a time."""

import re
from asyncio import IncompleteReadError, LimitOverrunError, StreamReader, StreamWriter
from email import message_from_bytes, policy
from email.message import EmailMessage

from core import clock
from operations.provider.store import Store, Taken

LONGEST = 1_048_576
ADDRESS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")


class Smtp:
    """Serves connections; a message is kept for each of its recipients."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (ConnectionError, IncompleteReadError, LimitOverrunError, ValueError):
            # Whoever calls went away, or does not speak SMTP.
            pass
        finally:
            writer.close()

    async def _talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        recipients: list[str] = []

        async def say(words: str) -> None:
            writer.write(f"{words}\r\n".encode())
            await writer.drain()

        await say("220 local provider")
        while line := await reader.readline():
            verb, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO" | "HELO" | "NOOP":
                    await say("250 OK")
                case "MAIL" | "RSET":
                    recipients.clear()
                    await say("250 OK")
                case "RCPT":
                    address = ADDRESS.search(rest)
                    if address is None:
                        await say("553 that is not an address")
                        continue
                    recipients.append(address[1])
                    await say("250 OK")
                case "DATA" if recipients:
                    await say("354 go on, end with a dot")
                    data = await self._data(reader)
                    if data is None:
                        await say("552 too long")
                        return
                    self._keep(data, recipients)
                    recipients.clear()
                    await say("250 taken")
                case "DATA":
                    await say("503 nobody to send it to")
                case "QUIT":
                    await say("221 bye")
                    return
                case _:
                    await say("502 not understood")

    async def _data(self, reader: StreamReader) -> bytes | None:
        """The lines up to the single dot; nothing where they are too long."""
        lines: list[bytes] = []
        size = 0
        while (line := await reader.readline()) != b".\r\n":
            size += len(line)
            if not line or size > LONGEST:
                return None
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _keep(self, data: bytes, recipients: list[str]) -> None:
        message = message_from_bytes(data, policy=policy.default)
        part = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
        for recipient in recipients:
            self._store.take(
                Taken(
                    key=f"{message['Message-ID'] or hash(data)} {recipient}",
                    channel="email",
                    to=recipient,
                    subject=str(message["Subject"] or ""),
                    text=str(part.get_content()) if part is not None else "",
                    at=clock.now().isoformat(),
                )
            )
