"""The HTTP side: `POST /sms` takes a text message, `GET /messages` shows what was taken."""

import json
from asyncio import IncompleteReadError, LimitOverrunError, StreamReader, StreamWriter
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core import clock
from operations.provider.store import Store, Taken

LONGEST_BODY = 65_536
LARGEST_PAGE = 100


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status: HTTPStatus, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class Gateway:
    def __init__(self, store: Store, *, path: str, token: str) -> None:
        self._store = store
        self._path = path
        self._token = token

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, IncompleteReadError, LimitOverrunError, ValueError):
            # Whoever calls went away, or does not speak HTTP.
            pass
        finally:
            writer.close()

    async def _answer(self, reader: StreamReader, writer: StreamWriter) -> bool:
        """Answer one request; whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }
        length = int(headers.get("content-length", "0"))
        if not 0 <= length <= LONGEST_BODY:
            raise ValueError("a body of that length is not read")
        body = await reader.readexactly(length)
        try:
            status, answer = HTTPStatus.OK, self._act(method, target, headers, body)
        except Refused as refused:
            status, answer = refused.status, {"error": refused.error}
        said = json.dumps(answer, ensure_ascii=False).encode()
        writer.write(
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(said)}\r\n\r\n".encode()
            + said
        )
        await writer.drain()
        return headers.get("connection", "").lower() != "close"

    def _act(self, method: str, target: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        url = urlsplit(target)
        if headers.get("authorization") != f"Bearer {self._token}":
            raise Refused(HTTPStatus.UNAUTHORIZED, "the token is another one")
        if (method, url.path) == ("POST", self._path):
            return self._take(headers, body)
        if (method, url.path) == ("GET", "/messages"):
            return self._show(parse_qs(url.query))
        raise Refused(HTTPStatus.NOT_FOUND, "there is nothing here")

    def _take(self, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        key = headers.get("idempotency-key", "")
        try:
            message = json.loads(body)
            to, text = str(message["to"]), str(message["text"])
        except (ValueError, KeyError, TypeError):
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "a message needs `to` and `text`") from None
        if not key or not to.startswith("+"):
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "a key and a number with its country are needed")
        self._store.take(
            Taken(key=key, channel="sms", to=to, subject="", text=text, at=clock.now().isoformat())
        )
        return {"id": f"local-{key}"}

    def _show(self, query: dict[str, list[str]]) -> dict[str, Any]:
        number, size = query.get("page", ["1"])[0], query.get("size", ["20"])[0]
        if not (number.isdigit() and size.isdigit()) or not 1 <= int(size) <= LARGEST_PAGE or int(number) < 1:
            raise Refused(
                HTTPStatus.UNPROCESSABLE_ENTITY, f"a page is a number, its size at most {LARGEST_PAGE}"
            )
        return self._store.page(number=int(number), size=int(size), to=query.get("to", [""])[0])
