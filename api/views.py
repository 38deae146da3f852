"""The description of the API, the page that shows it, and a page for each kind of problem."""

from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from api.problems import KINDS

SCHEMA_TYPE = "application/vnd.oai.openapi+json"


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """OpenAPI 3.1, of every address of the API; made once in each process, in English."""
    with translation.override("en"):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


@require_safe
def schema_file(request: HttpRequest) -> HttpResponse:
    """The description for programs."""
    response = HttpResponse(OpenApiJsonRenderer().render(schema()), content_type=SCHEMA_TYPE)
    patch_cache_control(response, public=True, max_age=60)
    return response


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description for people, with a form to try each address."""
    return render(request, "api/docs.html", {"schema_url": reverse("api:schema")})


@require_safe
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """What a kind of problem means: the address that its `type` names."""
    kind = KINDS.get(code)
    if kind is None:
        raise Http404
    return render(request, "api/problem.html", {"code": code, "kind": kind})


for view in (schema_file, docs, problem):
    setattr(view, "access", "public")  # noqa: B010  a function that says who may enter
