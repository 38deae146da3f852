"""Many connections in one thread: as many requests as are wanted in a second, whatever becomes of those before."""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

from operations.bench.client import Times

# Answers that come later than this count as none.
PATIENCE_S = 10.0
_LENGTH = b"\r\ncontent-length:"


@dataclass
class _Line:
    """One connection and the request that is under way on it."""

    door: socket.socket
    asked_at: float = 0.0
    data: bytearray | None = None
    total: int = -1
    status: int = 0


def flood(
    port: int, requests: Iterator[bytes], *, seconds: float, connections: int, per_s: float | None = None
) -> dict[int, Times]:
    """Send the requests over `connections` for `seconds`; `per_s` of them, or each as soon as a connection is free.

    What became of them, by status. Times are from the moment at which a request was due: where no connection is free
    it waits, and that counts.
    """
    found: dict[int, Times] = {}
    selector = selectors.DefaultSelector()
    free = [_line(port, selector) for _ in range(connections)]
    began = time.monotonic()
    until, due = began + seconds, began
    busy = 0
    while True:
        now = time.monotonic()
        while free and now < until and (per_s is None or due <= now):
            request = next(requests, None)
            if request is None:
                until = now
                break
            line = free.pop()
            line.asked_at = now if per_s is None else due
            line.data, line.total = bytearray(), -1
            line.door.sendall(request)
            busy += 1
            if per_s is not None:
                due += 1 / per_s
        if now >= until and (not busy or now > until + PATIENCE_S):
            break
        pause = 0.05 if per_s is None or not free else max(0.0, min(0.05, due - now))
        for key, _ in selector.select(pause):
            line = key.data
            if _read(line):
                times = found.setdefault(line.status, Times(took=until - began))
                times.note(time.monotonic() - line.asked_at, line.status)
                line.data = None
                free.append(line)
                busy -= 1
    for key in list(selector.get_map().values()):
        key.data.door.close()
    selector.close()
    return found


def _line(port: int, selector: selectors.BaseSelector) -> _Line:
    door = socket.create_connection(("127.0.0.1", port))
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line = _Line(door)
    selector.register(door, selectors.EVENT_READ, line)
    return line


def _read(line: _Line) -> bool:
    """Take what has come; whether the answer is whole."""
    part = line.door.recv(262_144)
    if not part:
        raise ConnectionResetError("the server closed a connection")
    if line.data is None:
        raise ConnectionError("an answer that nobody asked for")
    line.data += part
    if line.total < 0:
        end = line.data.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(line.data[:end]).lower() + b"\r\n"
        start = head.index(_LENGTH) + len(_LENGTH)
        line.total = end + 4 + int(head[start : head.index(b"\r\n", start)])
        line.status = int(head[9:12])
    return len(line.data) >= line.total
