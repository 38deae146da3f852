"""A provider of text messages over real HTTP that behaves as a test tells it."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Provider:
    """Knows repetitions by their key. `behave(message, attempt)` returns a status and whether to hang afterwards."""

    def __init__(self, behave: "Callable[[dict[str, Any], int], Reply] | None" = None) -> None:
        self.behave = behave or (lambda message, attempt: Reply())
        self.accepted: dict[str, dict[str, Any]] = {}
        self.requests: Counter[str] = Counter()
        self.headers: list[dict[str, str]] = []
        self.lock = threading.Lock()
        self.let_go = threading.Event()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                key = self.headers["Idempotency-Key"]
                with provider.lock:
                    provider.requests[key] += 1
                    provider.headers.append(dict(self.headers))
                    reply = provider.behave(message, provider.requests[key])
                    if reply.accepts:
                        provider.accepted.setdefault(key, message)
                if reply.hangs:
                    provider.let_go.wait(30)
                    self.close_connection = True
                    return
                body = json.dumps(
                    reply.body or ({"id": f"p-{key}"} if reply.accepts else {"error": "no"})
                ).encode()
                self.send_response(reply.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/sms"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Reply:
    """What a provider answers. `accepts` is whether the text message goes out, whatever the caller is told."""

    def __init__(
        self,
        status: int = 200,
        *,
        accepts: bool | None = None,
        hangs: bool = False,
        body: dict[str, Any] | None = None,
    ) -> None:
        self.status = status
        self.accepts = 200 <= status < 300 if accepts is None else accepts
        self.hangs = hangs
        self.body = body


def wait_for(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Whether the condition comes true in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
