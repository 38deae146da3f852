"""Looking at one person's rows: for a purpose, for ten minutes, and on record for that person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext

from core import access_log, clock
from core.models import AccessRecord
from web.access import SignedInRequest

OPEN_FOR = timedelta(minutes=10)
KEY = "staff_grants"
LOOKS_KEY = "staff_looks"


@dataclass(frozen=True)
class Grant:
    """What was opened, until when, and why in words."""

    target: Any
    until: datetime
    purpose: str


def open_grant(
    request: SignedInRequest, name: str, *, target: Any, purpose: str, own_words: str, at: datetime
) -> None:
    """Open a look-up for ten minutes in this session; another of the same name takes its place."""
    grants = request.session.get(KEY, {})
    grants[name] = {
        "target": target,
        "until": (at + clock.of_machine(OPEN_FOR)).isoformat(),
        "purpose": purpose,
        "own_words": own_words,
    }
    request.session[KEY] = grants


def grant_of(request: SignedInRequest, name: str, *, at: datetime) -> Grant | None:
    """The look-up of this name that is open now."""
    kept = request.session.get(KEY, {}).get(name)
    if not kept:
        return None
    if datetime.fromisoformat(kept["until"]) <= at:
        # What was looked for may be a telephone number: it does not stay in the session.
        close_grant(request, name)
        return None
    return Grant(
        target=kept["target"],
        until=datetime.fromisoformat(kept["until"]),
        purpose=kept["own_words"] or kept["purpose"],
    )


def close_grant(request: SignedInRequest, name: str) -> None:
    """End a look-up before its time."""
    request.session.get(KEY, {}).pop(name, None)
    request.session.modified = True


def put_on_record(
    request: SignedInRequest,
    person_ids: list[int],
    *,
    purpose: str,
    what: AccessRecord.What,
    at: datetime,
    own_words: str = "",
) -> None:
    """One row a person, which they read."""
    access_log.record(
        person_ids=person_ids,
        by=request.user,
        label=gettext("Platform staff"),
        at=at,
        purpose=AccessRecord.Purpose(purpose),
        own_words=own_words,
        what=what,
    )


def note_acts(request: SignedInRequest, person_id: int, *, at: datetime) -> None:
    """Put on record that somebody's acts are read: once in ten minutes, however many screens they fill."""
    now = {
        person: until
        for person, until in request.session.get(LOOKS_KEY, {}).items()
        if datetime.fromisoformat(until) > at
    }
    if str(person_id) in now:
        return
    put_on_record(
        request, [person_id], purpose=AccessRecord.Purpose.REVIEW, what=AccessRecord.What.ACTS, at=at
    )
    request.session[LOOKS_KEY] = {**now, str(person_id): (at + clock.of_machine(OPEN_FOR)).isoformat()}
