"""What a person is told of what is held about them, from the declarations of the tables."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext

from privacy.registry import personal

# Tables of libraries that stay empty here: nothing in them is anybody's.
EMPTY = frozenset({EmailAddress, LogEntry})


@dataclass(frozen=True)
class Holding:
    """One purpose, what is held for it, how long, and the app to which it belongs."""

    app: str
    purpose: str
    what: list[str]
    keep: str


def holdings() -> list[Holding]:
    """Every table that holds something of persons, in the reader's language."""
    return [
        Holding(
            app=declaration.model._meta.app_label,
            purpose=gettext(declaration.privacy.purpose),
            what=[gettext(why) for why in dict.fromkeys(declaration.privacy.personal.values())],
            keep=gettext(declaration.privacy.keep),
        )
        for declaration in personal()
        if declaration.model not in EMPTY
    ]
