"""Every route of the site, taken from the resolver."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern


@dataclass(frozen=True)
class Route:
    """A named page, the room it belongs to ("" outside any), and the parameters of its address."""

    namespace: str
    name: str
    params: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def full_name(self) -> str:
        return f"{self.namespace}:{self.name}" if self.namespace else self.name

    @property
    def access(self) -> str:
        return getattr(self.view, "access", "")

    def __str__(self) -> str:
        return self.full_name


def routes() -> list[Route]:
    return list(_walk(get_resolver(), "", ()))


def _walk(resolver: URLResolver, namespace: str, params: tuple[str, ...]) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        here = params + _params(pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, pattern.namespace or namespace, here)
        elif isinstance(pattern, URLPattern):
            yield Route(namespace, pattern.name or "", here, pattern.callback)


def _params(pattern: URLPattern | URLResolver) -> tuple[str, ...]:
    if isinstance(pattern.pattern, RoutePattern):
        return tuple(pattern.pattern.converters)
    return tuple(pattern.pattern.regex.groupindex) if isinstance(pattern.pattern, RegexPattern) else ()
