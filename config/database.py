"""DATABASE_URL in Django's form."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def parse(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name`, or `?host=/socket/folder&port=5432` for a unix socket."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured(
            "DATABASE_URL names no database. It needs postgresql://user@host:port/name."
        )
    options: dict[str, Any] = {
        k: v for k, v in query.items() if k not in {"host", "port", "user", "password"}
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or query.get("user", "")),
        "PASSWORD": unquote(parts.password or query.get("password", "")),
        "HOST": query.get("host") or unquote(parts.hostname or ""),
        "PORT": str(query.get("port") or parts.port or ""),
        "OPTIONS": options,
    }
