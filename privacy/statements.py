"""What was destroyed after a crisis, as a signed statement that everybody may keep, and whether one still holds."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.conf import settings
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext_lazy as _

from core import signatures
from core.errors import DomainError
from privacy.destroyed import RULES, Statement, destroyed_between, seal_of_first
from tasks.models import Crisis

# Says what the text is, and which form of it.
ABOUT = "manyhands: what was destroyed of persons, 1"
HIDDEN = "1-7"
LONGEST = 10_000


class NotAStatement(DomainError):
    """What was given in is no statement of this kind."""

    code = "not-a-statement"
    text = _("This is not a statement of this page. Paste the whole file, from the first bracket to the last")


class OtherCrisis(DomainError):
    """A statement about something else."""

    code = "other-crisis"
    text = _("This statement is about another crisis. Check it on that crisis’s page")


class UnknownKey(DomainError):
    """Nobody here signed it, or with a key that counts no more."""

    code = "unknown-key"
    text = _("No key of this platform signed this. Do not rely on it")


class WrongSignature(DomainError):
    """The text is not the one that was signed."""

    code = "wrong-signature"
    text = _(
        "The signature does not fit: the text was changed, or it does not come from here. Do not rely on it"
    )


@dataclass(frozen=True)
class Checked:
    """A statement that this platform signed: when, with which key, and whether the record still says the same."""

    made_at: datetime
    key: str
    entries: int
    still_holds: bool


def signed_statement(crisis: Crisis, *, at: datetime) -> dict[str, Any]:
    """`statement`, `key` and `signature`; both empty where the platform has no key. One statement of SQL.

    It changes when something more was destroyed, and at midnight; in between everybody is given the same bytes.
    """
    if crisis.ended_at is None:
        raise ValueError("a crisis that goes on has no statement")
    found = destroyed_between(crisis.started_at, at)
    said = {
        "about": ABOUT,
        "platform": settings.SITE_URL,
        "crisis": {
            "code": crisis.code,
            "name_zh": crisis.name_zh,
            "name_en": crisis.name_en,
            "area": crisis.area.code,
            "ended_at": _written(crisis.ended_at),
        },
        "since": _written(crisis.started_at),
        "made_at": _written(_made_at(crisis.ended_at, found, at)),
        "rows": {rule.key: _count(found.told(rule).value) for rule in RULES},
        "entries": found.entries,
        "seal": found.seal,
    }
    return {"statement": said, "key": signatures.own_key(), "signature": signatures.sign(said)}


def check(text: str, *, crisis: Crisis, at: datetime) -> Checked:
    """What a statement that somebody kept is worth today.

    Raises NotAStatement, OtherCrisis, UnknownKey or WrongSignature. The record is counted again:
    as many of its first entries as the statement knew of must still give its seal.
    """
    said, key, signature = _read(text)
    if said.get("about") != ABOUT or not isinstance(said.get("crisis"), dict):
        raise NotAStatement(field="text")
    if said["crisis"].get("code") != crisis.code:
        raise OtherCrisis(field="text")
    if key not in signatures.public_keys():
        raise UnknownKey(field="text")
    if not signatures.is_signed(said, key=key, signature=signature):
        raise WrongSignature(field="text")
    # From here on every word of it was ours once.
    entries = int(said["entries"])
    same = seal_of_first(entries, datetime.fromisoformat(said["since"]), at) == said["seal"]
    return Checked(datetime.fromisoformat(said["made_at"]), key, entries, same)


def _read(text: str) -> tuple[dict[str, Any], str, str]:
    try:
        given = json.loads(text[: LONGEST + 1]) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise NotAStatement(field="text")
    said, key, signature = (given.get(name) for name in ("statement", "key", "signature"))
    if not (isinstance(said, dict) and isinstance(key, str) and isinstance(signature, str)):
        raise NotAStatement(field="text")
    return said, key, signature


def _made_at(ended_at: datetime, found: Statement, at: datetime) -> datetime:
    """The end of the crisis, the last midnight or the last entry, whichever was last."""
    midnight = datetime.combine(localdate(at), time(), get_current_timezone())
    return max(ended_at, midnight, found.last_at or ended_at)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _count(value: float | None) -> int | str:
    return HIDDEN if value is None else int(value)
