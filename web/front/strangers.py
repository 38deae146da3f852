"""The same page for many strangers at once: each process keeps what it has just made for a moment."""

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.handlers.wsgi import get_str_from_wsgi
from django.http import parse_cookie

from web.front.wsgi import Application, Begun, Environ, Headers, StartResponse
from web.middleware import ELDER_COOKIE
from web.packing import PACKED_FOR_ALL

KEPT_MOST = 256
KEPT_TYPES = ("text/html", "application/json")
LARGEST = 524_288
# What a page may depend on beside its address: its host and scheme as the proxy says them, and who asks for a part.
VARIES_BY = (
    "HTTP_HOST",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_HX_REQUEST",
    "HTTP_HX_TARGET",
)
Key = tuple[str, ...]


@dataclass
class _Page:
    status: str
    headers: Headers
    content: bytes
    # The same for whoever takes gzip; nothing in it is one reader's secret that its length could give away.
    packed_headers: Headers
    packed: bytes
    made_at: float
    is_made_again: bool = False

    def answer(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            start_response(self.status, self.packed_headers)
            return [self.packed]
        start_response(self.status, self.headers)
        return [self.content]


def _page(begun: Begun, content: bytes, made_at: float) -> _Page:
    plain = [(name, value) for name, value in begun.headers if name.lower() not in {"content-length", "vary"}]
    vary = [value for name, value in begun.headers if name.lower() == "vary"]
    plain.append(("Vary", ", ".join([*vary, "Accept-Encoding"])))
    packed = gzip.compress(content, compresslevel=6, mtime=0)
    return _Page(
        begun.status,
        [*plain, ("Content-Length", str(len(content)))],
        content,
        [*plain, ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))],
        packed,
        made_at,
    )


class StrangersPages:
    """Keeps pages for whoever has no session, by address, language and text size; never older than `keep_s` seconds.

    Only what caches of the network may keep too (`Cache-Control: public`), and that sets no cookie but the language:
    a page with a token or a message is one reader's own. HTML, and JSON, which says everything in both languages.
    Past half its age one reader waits for the next making, and the others get the one before, so that a rush on a page
    costs one making at a time in each process.
    """

    def __init__(self, application: Application, keep_s: float) -> None:
        self.application = application
        self.keep_s = keep_s
        self._lock = threading.Lock()
        self._pages: OrderedDict[Key, _Page] = OrderedDict()
        self._own = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, CookieStorage.cookie_name}
        self._telling = (ELDER_COOKIE, settings.LANGUAGE_COOKIE_NAME)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        key = self._key(environ) if self.keep_s else None
        if key is None:
            return self.application(environ, start_response)
        page = self._kept(key)
        if page is not None:
            return page.answer(environ, start_response)
        return self._made(key, environ, start_response)

    def _key(self, environ: Environ) -> Key | None:
        """What the page depends on; None where it may be this reader's own."""
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_AUTHORIZATION" in environ:
            return None
        # Read as the page will read them: written otherwise they would show one reader's page to the others.
        cookies = parse_cookie(get_str_from_wsgi(environ, "HTTP_COOKIE", ""))
        if not self._own.isdisjoint(cookies):
            return None
        return (
            environ.get("wsgi.url_scheme", ""),
            environ.get("PATH_INFO", ""),
            environ.get("QUERY_STRING", ""),
            *(environ.get(name, "") for name in VARIES_BY),
            *(cookies.get(name, "") for name in self._telling),
        )

    def _kept(self, key: Key) -> _Page | None:
        """The page, where this reader need not make it."""
        at = time.monotonic()
        with self._lock:
            page = self._pages.get(key)
            if page is None or at > page.made_at + self.keep_s:
                return None
            if at <= page.made_at + self.keep_s / 2 or page.is_made_again:
                self._pages.move_to_end(key)
                return page
            page.is_made_again = True
            return None

    def _made(self, key: Key, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        # What was read may be as old as the moment at which reading began.
        made_at = time.monotonic()
        begun = Begun()
        try:
            answer = self.application({**environ, PACKED_FOR_ALL: "1"}, begun)
        except BaseException:
            self._forget(key)
            raise
        if not self._may_keep(begun):
            self._forget(key)
            start_response(begun.status, begun.headers)
            return answer
        content = b"".join(answer)
        close = getattr(answer, "close", None)
        if close is not None:
            close()
        if len(content) > LARGEST:
            self._forget(key)
            start_response(begun.status, begun.headers)
            return [content]
        page = _page(begun, content, made_at)
        self._keep(key, page)
        return page.answer(environ, start_response)

    def _may_keep(self, begun: Begun) -> bool:
        headers = {name.lower(): value for name, value in begun.headers}
        own = [
            value
            for name, value in begun.headers
            if name.lower() == "set-cookie"
            and not value.lstrip().startswith(settings.LANGUAGE_COOKIE_NAME + "=")
        ]
        return (
            begun.status.startswith("200 ")
            and not own
            and "public" in headers.get("cache-control", "")
            and headers.get("content-type", "").startswith(KEPT_TYPES)
        )

    def _keep(self, key: Key, page: _Page) -> None:
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > KEPT_MOST:
                self._pages.popitem(last=False)

    def _forget(self, key: Key) -> None:
        with self._lock:
            self._pages.pop(key, None)
