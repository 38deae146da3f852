"""What of persons is destroyed when, and what was destroyed already: for everybody to read, and to check."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import audit
from core.models import AuditRecord, Deployment
from privacy import asked, retention, unused

VERB = "data.destroyed"
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
        audit.record(verb=VERB, by=None, at=at, subject=Deployment(pk=WHOLE), data=counts)


@dataclass(frozen=True)
class Statement:
    """What was destroyed in a span: rows by the name under which they are counted, and the seal of the entries."""

    rows: Mapping[str, int]
    entries: int
    last_at: datetime | None
    seal: str


def destroyed_between(since: datetime, until: datetime) -> Statement:
    """Everything that was written down as destroyed in a span; one statement."""
    entries = list(
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
    rows: Counter[str] = Counter()
    for _at, data in entries:
        rows.update(data)
    return Statement(rows, len(entries), entries[-1][0] if entries else None, seal_of(entries))


def seal_of(entries: Iterable[tuple[datetime, Mapping[str, int]]]) -> str:
    """SHA-256, chained: that of each entry, `TIME {"name":count,…}` in UTC with sorted names, after the one before.

    Empty without an entry. Whoever holds the record counts the same; an entry that is changed, left out or put in
    between gives another seal.
    """
    seal = ""
    for at, data in entries:
        line = f"{at.isoformat()} {json.dumps(dict(data), sort_keys=True, separators=(',', ':'))}"
        seal = hashlib.sha256(f"{seal}{line}".encode()).hexdigest()
    return seal
