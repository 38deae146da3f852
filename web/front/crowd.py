"""How many are let in at once. Whoever comes on top of those who wait hears so at once, in words, and when to come again."""

import itertools
import json
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from web.front.wsgi import Application, Begun, Environ, Headers, StartResponse

STATUS = "503 Service Unavailable"
# Whoever watches over the process is answered also in a crowd: whether it lives even where every room is stuck, for
# that needs no database; whether it can work, as soon as a room is free.
LIVES, WORKS = "/healthz", "/readyz"
# How many of those may wait on top: more are no watch, and would take every thread of the server.
WATCHES = 4
# Different for each, so that they do not all come back together.
COME_AGAIN_S = (2, 3, 4, 5, 6)


class Crowd:
    """Runs the application in `rooms` threads, each with its database connection, and lets `waiting` more wait.

    The threads of the server wait here and cost next to nothing, so that everybody else is answered with 503 and
    `Retry-After` at once. `words`: that page by language, as it stands in the address.
    """

    def __init__(
        self, application: Application, *, rooms: int, waiting: int, words: Mapping[str, bytes]
    ) -> None:
        self.application = application
        self.most = rooms + waiting
        self.words = words
        self._rooms = ThreadPoolExecutor(rooms, thread_name_prefix="room")
        self._inside = 0
        self._lock = threading.Lock()
        self._turns = itertools.cycle(COME_AGAIN_S)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == LIVES:
            return self.application(environ, start_response)
        with self._lock:
            is_let_in = self._inside < self.most + (WATCHES if path == WORKS else 0)
            if is_let_in:
                self._inside += 1
        if not is_let_in:
            return self._turned_away(path, start_response)
        try:
            future: Future[tuple[Begun, Iterable[bytes]]] = self._rooms.submit(self._run, environ)
            begun, answer = future.result()
        finally:
            with self._lock:
                self._inside -= 1
        start_response(begun.status, begun.headers)
        return answer

    def _run(self, environ: Environ) -> tuple[Begun, Iterable[bytes]]:
        begun = Begun()
        answer: Any = self.application(environ, begun)
        # To the end here, also what comes in pieces: in this thread is the connection that it is read by.
        content = b"".join(answer)
        close = getattr(answer, "close", None)
        if close is not None:
            close()
        return begun, [content]

    def _turned_away(self, path: str, start_response: StartResponse) -> Iterable[bytes]:
        wait = next(self._turns)
        headers: Headers = [("Retry-After", str(wait)), ("Cache-Control", "no-store")]
        if path.startswith("/api/"):
            content = json.dumps(
                {"type": "/problems/busy", "title": "Busy", "status": 503, "retry_after": wait}
            ).encode()
            headers.append(("Content-Type", "application/problem+json"))
        else:
            language = path.strip("/").split("/", 1)[0]
            content = self.words.get(language) or next(iter(self.words.values()))
            headers += [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'"),
                ("X-Content-Type-Options", "nosniff"),
                ("X-Frame-Options", "DENY"),
            ]
        headers.append(("Content-Length", str(len(content))))
        start_response(STATUS, headers)
        return [content]
