"""What the schema says of an address beside its body: who may, which key, and every problem that it answers with."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from api.errors import MEDIA_TYPE
from api.problems import KINDS
from api.v1 import security
from api.v1.base import KEY_HEADER
from api.v1.serializers import KEY_HELP, ProblemSerializer

# Loaded for the generator, which finds them by their base class.
SCHEMES = (security.TokenScheme, security.SessionScheme)
# Every address can answer with these, and with the first where somebody has to say who they are.
ASKED_WHO = ("not-signed-in", "forbidden", "second-factor-needed")
ALWAYS = ("not-acceptable", "too-many-requests", "internal", "busy", "unavailable")
WRITING = ("malformed", "too-large", "unsupported-media-type", "invalid", "idempotency-key-malformed",
           "idempotency-key-reused")  # fmt: skip
KEY = OpenApiParameter(
    KEY_HEADER, str, OpenApiParameter.HEADER, required=False, description=KEY_HELP,
    pattern=r"^[!-~]{1,64}$",
)  # fmt: skip
CURSOR = OpenApiParameter("cursor", str, description="As the page before gave it in `next`.")
LANGUAGE = OpenApiParameter(
    "Accept-Language",
    str,
    OpenApiParameter.HEADER,
    description="zh-Hans or en: the language of sentences and names.",
)


def described(
    name: str,
    summary: str,
    *,
    answers: dict[int, Any],
    problems: tuple[str, ...] = (),
    request: Any = None,
    parameters: list[OpenApiParameter] | None = None,
    writes: bool = False,
    is_public: bool = False,
) -> Callable[..., Any]:
    """Describe a method of a view: what it answers with by status, and the codes of the problems it can meet."""
    codes = [*(WRITING if writes else ()), *problems, *(() if is_public else ASKED_WHO), *ALWAYS]
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(KINDS[code].status, []).append(code)
    responses: dict[Any, Any] = dict(answers)
    for status, found in by_status.items():
        listed = ", ".join(f"`{code}`" for code in sorted(found))
        responses[status, MEDIA_TYPE] = OpenApiResponse(ProblemSerializer, description=f"One of {listed}.")
    return extend_schema(
        operation_id=name,
        summary=summary,
        request=request,
        responses=responses,
        parameters=[*(parameters or ()), *([KEY] if writes else []), LANGUAGE],
        auth=[] if is_public else None,
    )
