"""DATABASE_URL in Django's form, with what suits this product's statements."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Statements here are short: compiling one costs more than running it. Disks of today read anywhere alike, and with the
# default of spinning ones the planner reads whole tables. `?options=` in the address takes the place of both.
SESSION = "-c jit=off -c random_page_cost=1.1"


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
    options.setdefault("options", SESSION)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or query.get("user", "")),
        "PASSWORD": unquote(parts.password or query.get("password", "")),
        "HOST": query.get("host") or unquote(parts.hostname or ""),
        "PORT": str(query.get("port") or parts.port or ""),
        "OPTIONS": options,
    }
