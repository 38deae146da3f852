"""Errors from before and around the views, as problem documents below /api/."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from api.errors import MEDIA_TYPE, document
from api.problems import code_for, kind_of

PREFIX = "/api/"


class ProblemMiddleware:
    """Turn error pages below /api/ into problem documents: an unknown address, a file too large, no database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith(PREFIX) or response.status_code < 400:
            return response
        if not response.get("Content-Type", "").startswith("text/html"):
            return response
        code = code_for(response.status_code)
        body = document(code, str(kind_of(code).title), status=response.status_code)
        problem = HttpResponse(json.dumps(body), status=response.status_code, content_type=MEDIA_TYPE)
        for name in ("Retry-After", "Allow", "Vary", "Content-Language"):
            if name in response.headers:
                problem.headers[name] = response.headers[name]
        problem.headers["Cache-Control"] = "no-store"
        return problem
