"""Whatever goes wrong, as a problem document (RFC 9457) in the language of the request."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.response import Response

from api.problems import KINDS, NoSuchThing, address_of, code_for, kind_of
from core.errors import DomainError

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
# When to come back after the database did not answer.
WAIT_S = 5


class SecondFactorNeeded(exceptions.PermissionDenied):
    """A member of an organization, signed in on the pages without the second factor."""


def document(
    code: str,
    detail: str,
    *,
    status: int | None = None,
    params: Mapping[str, Any] | None = None,
    errors: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The body of a problem: `params` are values behind the sentence, `errors` sentences by field."""
    kind = kind_of(code)
    made: dict[str, Any] = {
        "type": address_of(code if code in KINDS else "refused"),
        "title": str(kind.title),
        "status": status or kind.status,
        "detail": detail,
    }
    if params:
        made["params"] = dict(params)
    if errors:
        made["errors"] = dict(errors)
    return made


def of_domain(error: DomainError) -> dict[str, Any]:
    """The body for what the domain refused."""
    errors = {error.field: [error.message]} if error.field else None
    return document(error.code, error.message, params=error.facts, errors=errors)


def handler(error: Exception, context: dict[str, Any]) -> Response:
    """Answer any exception of a view; what nobody expected is logged as any other error is, and says nothing of it."""
    if isinstance(error, DomainError):
        return _response(of_domain(error))
    if isinstance(error, Http404):
        return _response(of_domain(NoSuchThing()))
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    if isinstance(error, PermissionDenied):
        return _response(document("forbidden", gettext("This is not yours to do")))
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent):
        return _response(document("too-large", gettext("The request is larger than anything needed here")))
    if isinstance(error, SuspiciousOperation | BadRequest):
        return _response(document("malformed", gettext("The request cannot be read")))
    return _unexpected(error, context["request"]._request)


def _unexpected(error: Exception, request: HttpRequest) -> Response:
    if isinstance(error, OperationalError | InterfaceError):
        logger.warning("database did not answer %s: %s", request.path, error)
        body = document("unavailable", gettext("The database does not answer. Try again in a moment"))
        return _response(body, {"Retry-After": str(WAIT_S)})
    logger.error("error at %s", request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)
    return _response(document("internal", gettext("That was our mistake. Nothing was changed")))


def _of_framework(error: exceptions.APIException) -> Response:
    headers: dict[str, str] = {}
    errors = None
    status = error.status_code
    if isinstance(error, exceptions.ValidationError):
        code, detail = "invalid", gettext("Something in the request is not right. See each field")
        errors = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        status = 422
    elif isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        code = "not-signed-in"
        detail = gettext("Send a token that is in force: Authorization: Bearer …")
        headers["WWW-Authenticate"] = 'Bearer realm="manyhands"'
        status = 401
    elif isinstance(error, SecondFactorNeeded):
        code = "second-factor-needed"
        detail = gettext("Sign in with your second factor first, or send a token")
    elif isinstance(error, exceptions.Throttled):
        wait = int(error.wait or 1) + 1
        code = "too-many-requests"
        detail = gettext("Wait %(seconds)s seconds, then go on") % {"seconds": wait}
        headers["Retry-After"] = str(wait)
    else:
        code = code_for(status)
        detail = str(error.detail)
    return _response(document(code, detail, status=status, errors=errors), headers)


def _response(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)
