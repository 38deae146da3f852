"""What an app says when it wants somebody told, and the kinds of message that there are.

Every app that queues messages lists its kinds as `KINDS` in its own `notices.py`, and keeps two templates for each:
`templates/notices/<kind>.zh-hans.txt` and `templates/notices/<kind>.en.txt`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from accounts.models import User


class UnknownKind(LookupError):
    """A message of a kind that no app's `notices.KINDS` names."""


@dataclass(frozen=True)
class Kind:
    """A kind of message. `sample` is a context with every value that its templates use.

    `needs_consent`: about needs, not about a seat of one's own; withheld from whoever did not agree to messages.
    """

    name: str
    sample: Mapping[str, Any] = field(default_factory=dict)
    needs_consent: bool = False


@dataclass(frozen=True)
class Notice:
    """One thing to tell one person.

    `event` names what happened, for example `assignment:8KQ3:taken`: the same event reaches a person once, however
    often it is queued. `context` is JSON; its key `secret` is removed when the message ends. `address` is a
    (channel, address) for somebody without an account, or other than the person's own. `language` is the person's
    where none is given. After `useful_until` it is no longer sent.
    """

    kind: str
    event: str
    recipient: User | None
    context: Mapping[str, Any]
    address: tuple[str, str] | None = None
    language: str | None = None
    useful_until: datetime | None = None
    inbox: bool = True
    outside: bool = True


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of every installed app, by name."""
    found: dict[str, Kind] = {}
    for app in apps.get_app_configs():
        if not app.module or not module_has_submodule(app.module, "notices"):
            continue
        for kind in getattr(import_module(f"{app.name}.notices"), "KINDS", ()):
            if kind.name in found:
                raise ValueError(f"two apps name a kind of message {kind.name!r}")
            found[kind.name] = kind
    return found


def kind_of(name: str) -> Kind:
    try:
        return kinds()[name]
    except KeyError:
        raise UnknownKind(f"no app lists the kind of message {name!r} in its notices.KINDS") from None
