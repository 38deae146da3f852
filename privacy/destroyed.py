"""What of persons is destroyed when, and what was destroyed already: for everybody to read, and to check."""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import audit
from core.models import AuditRecord, Deployment
from insights.disclosure import Cell, persons
from privacy import asked, retention, unused

VERB = "data.destroyed"
# Beside the counts of an entry: without it, whoever knows the seal could try out which small counts give it.
SALT = "salt"
SALT_BYTES = 16
# The record belongs to the database as a whole, whether or not it says so of itself.
WHOLE = 1


@dataclass(frozen=True)
class Rule:
    """What goes, how long after the work or the crisis at the latest, and under which names `purge` counts it."""

    what: str | Promise
    after: timedelta
    counted: tuple[str, ...]
    # Counted from the last use, whenever that is, and not from the end of the work.
    from_last_use: bool = False

    @property
    def key(self) -> str:
        """The name of the rule for programs."""
        return self.counted[0]


RULES = (
    Rule(
        _("Addresses and private details of those who were helped"),
        retention.PRIVATE_DETAILS,
        ("private_details",),
    ),
    Rule(_("Telephone, door and words of those who asked for help"), asked.DETAILS, ("requests",)),
    Rule(_("Names and contacts of those who signed up without an account"), unused.GUESTS, ("guests",)),
    Rule(_("Messages that were sent"), retention.MESSAGES, ("messages",)),
    Rule(
        _("Offers, handovers, waiting lists, remarks"),
        retention.OFFERS,
        ("offers", "handovers", "places_in_line", "marks"),
    ),
    Rule(
        _("Plans of the matching and what went into them"),
        retention.MATCH_RUNS,
        ("match_runs", "match_inputs"),
    ),
    Rule(_("Who looked at whose data"), retention.ACCESS, ("access_records", "request_looks")),
    Rule(_("Names on this page"), retention.THANKS, ("thanks",)),
    Rule(_("Accounts that nobody uses any more"), unused.UNUSED, ("accounts",), from_last_use=True),
)


def note_destroyed(gone: Mapping[str, int], *, at: datetime) -> None:
    """Write down how many rows went by which rule, where any did; the record refuses to be changed."""
    counts = {name: count for name, count in gone.items() if count}
    if counts:
        salted = {**counts, SALT: secrets.token_hex(SALT_BYTES)}
        audit.record(verb=VERB, by=None, at=at, subject=Deployment(pk=WHOLE), data=salted)


@dataclass(frozen=True)
class Statement:
    """What was destroyed in a span: rows by the name under which they are counted, and the seal of the entries."""

    rows: Mapping[str, int]
    entries: int
    last_at: datetime | None
    seal: str

    def told(self, rule: Rule) -> Cell:
        """How many rows went by a rule, as everybody may read it: a few could point at somebody."""
        return persons(sum(self.rows.get(name, 0) for name in rule.counted))


def destroyed_between(since: datetime, until: datetime) -> Statement:
    """Everything that was written down as destroyed in a span; one statement."""
    entries = _entries(since, until)
    rows: Counter[str] = Counter()
    for _at, data in entries:
        rows.update({name: count for name, count in data.items() if name != SALT})
    return Statement(rows, len(entries), entries[-1][0] if entries else None, seal_of(entries))


def seal_of_first(count: int, since: datetime, until: datetime) -> str:
    """The seal of the first so many entries of a span: what a statement of then said, where nothing was changed since."""
    return seal_of(_entries(since, until)[:count])


def _entries(since: datetime, until: datetime) -> list[tuple[datetime, dict[str, Any]]]:
    return list(
        AuditRecord.objects.filter(
            subject_type=Deployment._meta.label_lower,
            subject_id=WHOLE,
            verb=VERB,
            at__gte=since,
            at__lte=until,
        )
        .order_by("pk")
        .values_list("at", "data")
    )


def seal_of(entries: Iterable[tuple[datetime, Mapping[str, Any]]]) -> str:
    """SHA-256, chained: that of each entry, `TIME {"name":count,…,"salt":"…"}` in UTC, names sorted, after the one before.

    Empty without an entry. Whoever holds the record counts the same; an entry that is changed, left out or put in
    between gives another seal.
    """
    seal = ""
    for at, data in entries:
        line = f"{at.isoformat()} {json.dumps(dict(data), sort_keys=True, separators=(',', ':'))}"
        seal = hashlib.sha256(f"{seal}{line}".encode()).hexdigest()
    return seal
