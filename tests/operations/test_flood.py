"""The client that asks for more than can be served."""

import itertools
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from operations.bench.flood import flood


class Door(BaseHTTPRequestHandler):
    """Serves every third, and turns the others away."""

    protocol_version = "HTTP/1.1"
    turns = itertools.count()

    def do_GET(self) -> None:
        status = 200 if next(self.turns) % 3 == 0 else 503
        body = b"x" * 70_000 if status == 200 else b"busy"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_it_sends_what_there_is_and_sorts_the_answers(port: int) -> None:
    Door.turns = itertools.count()
    request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()

    found = flood(port, iter([request] * 30), seconds=30, connections=4)

    assert {status: len(times.seconds) for status, times in found.items()} == {200: 10, 503: 20}


def test_a_pace_is_kept(port: int) -> None:
    request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()

    found = flood(port, itertools.repeat(request), seconds=0.5, connections=4, per_s=40)

    assert 15 <= sum(len(times.seconds) for times in found.values()) <= 21
