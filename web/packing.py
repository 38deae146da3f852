"""Pages of somebody's own go out packed, as those for everybody do (`web.front.strangers`)."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# Set in the environment of a request whose answer, where everybody may keep it, is packed further out.
PACKED_FOR_ALL = "manyhands.packed_for_all"
PACKED_TYPES = ("text/", "application/json", "application/problem+json")


class PackingMiddleware(GZipMiddleware):
    """Packs texts, but for those that are packed once for all who ask, further out.

    How long a packed page is must not tell what is in it: the library pads it at random, tokens of forms differ from
    page to page, and another site's request comes without the reader's cookie (`SameSite=Lax`).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.META.get(PACKED_FOR_ALL) and "public" in response.get("Cache-Control", ""):
            return response
        if not response.get("Content-Type", "").startswith(PACKED_TYPES):
            return response
        return super().process_response(request, response)
