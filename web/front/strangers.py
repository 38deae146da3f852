"""The same page for many strangers at once: each process keeps what it has just made for a second or two."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse

KEPT_MOST = 256
LARGEST = 524_288
# How old a page may be that others read while one of them waits for its successor.
STALE_S = 2.0

GetResponse = Callable[[HttpRequest], HttpResponse]
Key = tuple[str, ...]


@dataclass
class _Page:
    content: bytes
    headers: list[tuple[str, str]]
    fresh_until: float
    is_made_again: bool = False

    def response(self) -> HttpResponse:
        response = HttpResponse(self.content)
        for name, value in self.headers:
            response.headers[name] = value
        return response


class StrangersMiddleware:
    """Keep pages for whoever has no session, by address, language (part of the address) and text size.

    Only answers that caches of the network may keep too (`Cache-Control: public`) and that set no cookie: a page with
    a token or a message is one reader's own. While one reader waits for a page to be made again the others get the
    one before, so that a rush on a page costs one making at a time in each process.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.keep_s = float(settings.STRANGERS_PAGE_SECONDS)
        self._lock = threading.Lock()
        self._pages: OrderedDict[Key, _Page] = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.keep_s or request.method != "GET" or _is_known(request):
            return self.get_response(request)
        key = _key(request)
        kept = self._kept(key)
        if kept is not None:
            return kept.response()
        try:
            response = self.get_response(request)
        except BaseException:
            self._forget(key)
            raise
        self._keep(key, response)
        return response

    def _kept(self, key: Key) -> _Page | None:
        """The page, where this reader need not make it."""
        at = time.monotonic()
        with self._lock:
            page = self._pages.get(key)
            if page is None or at > page.fresh_until + STALE_S:
                return None
            if at <= page.fresh_until or page.is_made_again:
                self._pages.move_to_end(key)
                return page
            page.is_made_again = True
            return None

    def _keep(self, key: Key, response: HttpResponse) -> None:
        may_keep = (
            response.status_code == HTTPStatus.OK
            and not response.streaming
            and not response.cookies
            and "public" in response.get("Cache-Control", "")
            and len(response.content) <= LARGEST
        )
        if not may_keep:
            self._forget(key)
            return
        page = _Page(response.content, list(response.items()), time.monotonic() + self.keep_s)
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > KEPT_MOST:
                self._pages.popitem(last=False)

    def _forget(self, key: Key) -> None:
        with self._lock:
            self._pages.pop(key, None)


def _is_known(request: HttpRequest) -> bool:
    """Whether the page may be this reader's own: a session, a form's token, a message that waits, a key of a machine."""
    own = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, CookieStorage.cookie_name)
    return "Authorization" in request.headers or any(name in request.COOKIES for name in own)


def _key(request: HttpRequest) -> Key:
    return (
        request.scheme or "",
        request.get_host(),
        request.get_full_path(),
        request.elder,  # type: ignore[attr-defined]
        # A part of a page, and a page that the browser asks for by a script.
        request.headers.get("HX-Request", ""),
        request.headers.get("HX-Target", ""),
    )
