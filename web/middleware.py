"""What every page needs to know of its reader before a view runs: larger text, language, htmx."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_path

from sheets.files.limits import MOST_BYTES
from web.errors import too_large

ELDER_COOKIE = "elder"
ELDER_SIZES = ("20", "24", "30")
YEAR = 365 * 24 * 3600
# A file a little too large still gets its sentence in the form.
LARGEST_BODY = 2 * MOST_BYTES

GetResponse = Callable[[HttpRequest], HttpResponse]


class ElderMiddleware:
    """Keep the reader's text size in a cookie; `?elder=20|24|30|off` on any page sets it.

    `request.elder` is the size as a string, or empty.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wish = request.GET.get("elder")
        if wish is not None and request.method in {"GET", "HEAD"}:
            return self._remember(request, wish)
        size = request.COOKIES.get(ELDER_COOKIE, "")
        request.elder = size if size in ELDER_SIZES else ""  # type: ignore[attr-defined]
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response

    def _remember(self, request: HttpRequest, wish: str) -> HttpResponse:
        query = request.GET.copy()
        del query["elder"]
        # A path that begins with two slashes would leave the site.
        path = "/" + request.path.lstrip("/\\")
        response = HttpResponseRedirect(f"{path}?{query.urlencode()}" if query else path)
        if wish in ELDER_SIZES:
            response.set_cookie(
                ELDER_COOKIE,
                wish,
                max_age=YEAR,
                samesite="Lax",
                secure=request.is_secure(),
                httponly=True,
            )
        else:
            response.delete_cookie(ELDER_COOKIE, samesite="Lax")
        return response


class LanguageMiddleware:
    """Remember the language of the address that the reader chose, for addresses without one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        language = get_language_from_path(urlsplit(request.path).path)
        if language and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != language:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=YEAR,
                samesite="Lax",
                secure=request.is_secure(),
            )
        return response


class PlainTextMiddleware:
    """Refuse addresses with a character that no text has and the database does not take: an error of the asker."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        values = (value for _, found in request.GET.lists() for value in found)
        if "\0" in request.path_info or any("\0" in value for value in values):
            raise BadRequest("an address with a null character")
        return self.get_response(request)


class LargeBodyMiddleware:
    """Refuse by its stated length what no page takes, before a byte of it is kept.

    A file is written to the disk while a form is read, whatever page it is sent to and before anybody asks who sends
    it. Nobody reads more than the stated length, and a body without one is not read at all.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        is_file = length > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
        if is_file and (length > LARGEST_BODY or not request.user.is_authenticated):
            return too_large(request)
        return self.get_response(request)
