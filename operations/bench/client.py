"""A small HTTP client that costs little beside what it measures, and times of many requests."""

import gzip
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
WAIT_S = 60.0


@dataclass(frozen=True)
class Answer:
    """What came over the line: head and body as they were sent."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> list[str]:
        """Every value of a header."""
        found = re.findall(rb"\r\n" + name.encode() + rb": *([^\r\n]*)", self.head, re.IGNORECASE)
        return [value.decode("latin-1") for value in found]

    @property
    def text(self) -> bytes:
        """What the body says, unpacked where it came packed."""
        return gzip.decompress(self.body) if "gzip" in self.header("content-encoding") else self.body


class Link:
    """One connection to 127.0.0.1 that stays open."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket: socket.socket | None = None

    def get(self, path: str, cookies: str = "") -> Answer:
        return self._ask(f"GET {path} HTTP/1.1", [f"Cookie: {cookies}"] if cookies else [], b"")

    def post(self, path: str, cookies: str, form: str) -> Answer:
        headers = [
            *([f"Cookie: {cookies}"] if cookies else []),
            "Content-Type: application/x-www-form-urlencoded",
            f"Origin: http://127.0.0.1:{self.port}",
        ]
        return self._ask(f"POST {path} HTTP/1.1", headers, form.encode())

    def post_json(self, path: str, headers: Sequence[str], body: str) -> Answer:
        headers = [*headers, "Content-Type: application/json"]
        return self._ask(f"POST {path} HTTP/1.1", headers, body.encode())

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, first: str, headers: Sequence[str], body: bytes) -> Answer:
        lines = [first, f"Host: 127.0.0.1:{self.port}", "Accept-Encoding: gzip", *headers]
        if first.startswith("POST"):
            lines.append(f"Content-Length: {len(body)}")
        request = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
        try:
            return self._exchange(request)
        except ConnectionError:
            # The server closed a connection that rested: once more on a new one.
            self.close()
            return self._exchange(request)

    def _exchange(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), WAIT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head, body = data[: end + 2], data[end + 4 :]
        status = int(head[9:12])
        if _CHUNKED.search(head):
            while not body.endswith(b"0\r\n\r\n"):
                body += self._more()
            return Answer(status, head, _joined(body))
        found = _LENGTH.search(head)
        length = int(found[1]) if found else 0
        parts = [body]
        missing = length - len(body)
        while missing > 0:
            part = self._more()
            parts.append(part)
            missing -= len(part)
        return Answer(status, head, b"".join(parts))

    def _more(self) -> bytes:
        assert self._socket is not None
        part = self._socket.recv(262_144)
        if not part:
            raise ConnectionResetError("the server closed the connection")
        return part


def _joined(chunks: bytes) -> bytes:
    found = b""
    while True:
        size, _, rest = chunks.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        if length == 0:
            return found
        found += rest[:length]
        chunks = rest[length + 2 :]


@dataclass
class Times:
    """Seconds of requests and what they ended with."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    took: float = 0.0

    def note(self, seconds: float, status: int) -> None:
        self.seconds.append(seconds)
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def ms(self, share: float) -> float:
        """The time in milliseconds that the share (0–1) of the requests stayed within."""
        if not self.seconds:
            return 0.0
        ordered = sorted(self.seconds)
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1)

    @property
    def per_s(self) -> float:
        return round(len(self.seconds) / self.took, 1) if self.took else 0.0

    def count(self, low: int, high: int) -> int:
        return sum(count for status, count in self.statuses.items() if low <= status <= high)


def together(works: Iterable[Callable[[], Times]]) -> Times:
    """Run the works in a thread each and put their times together; an error of one is raised here."""
    whole = Times()
    found: list[Times] = []
    errors: list[BaseException] = []

    def run(work: Callable[[], Times]) -> None:
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001  raised again by the thread that waits
            errors.append(error)

    threads = [threading.Thread(target=run, args=[work], daemon=True) for work in works]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole.took = max([times.took for times in found], default=0.0) or time.monotonic() - began
    if errors:
        raise errors[0]
    for times in found:
        whole.seconds += times.seconds
        for status, count in times.statuses.items():
            whole.statuses[status] = whole.statuses.get(status, 0) + count
    return whole
