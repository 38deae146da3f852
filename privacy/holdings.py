"""What a person is told of what is held about them, from the declarations of the tables."""

from dataclasses import dataclass

from django.utils.translation import gettext

from privacy.registry import personal


@dataclass(frozen=True)
class Holding:
    """One purpose, what is held for it, and how long."""

    purpose: str
    what: list[str]
    keep: str


def holdings() -> list[Holding]:
    """Every table that holds something of persons, in the reader's language."""
    return [
        Holding(
            purpose=gettext(declaration.privacy.purpose),
            what=[gettext(why) for why in dict.fromkeys(declaration.privacy.personal.values())],
            keep=gettext(declaration.privacy.keep),
        )
        for declaration in personal()
    ]
