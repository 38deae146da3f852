"""What an act on many shifts does to each, as a list that is read before it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext

from core import clock
from tasks.actions.copying import Copied
from tasks.actions.outcomes import Outcome
from tasks.models import Shift
from tasks.policies.recurrence import by_clock
from web.organization.forms.bulk import Moved
from web.wording import when_words

TOLD_BY_NAME = 3


@dataclass(frozen=True)
class Row:
    """A shift, what becomes of it in words, and whether it can be done."""

    shift: Shift
    words: str
    told: str
    is_good: bool
    starts_at: Any = None
    ends_at: Any = None


@dataclass(frozen=True)
class Rows:
    """All of them, and how many can be done."""

    rows: list[Row]
    good_count: int
    bad_count: int
    told_count: int


def outcome_rows(outcomes: Iterable[Outcome], *, moved: Moved | None = None) -> Rows:
    """Rows of outcomes, in their order; `moved` says how far start and end go where the time changes."""
    found = list(outcomes)
    rows = [
        Row(
            each.shift,
            _words(each, moved),
            _told(each.told),
            each.is_good,
            each.shift.starts_at,
            each.shift.ends_at,
        )
        for each in found
    ]
    good = sum(row.is_good for row in rows)
    return Rows(rows, good, len(rows) - good, len({name for each in found for name in each.told}))


def copy_rows(copies: Iterable[Copied]) -> Rows:
    """Rows of shifts that are posted again, at the times of the copies."""
    rows = [
        Row(each.source, _copied(each), "", each.is_good, each.starts_at, each.ends_at) for each in copies
    ]
    good = sum(each.is_good for each in rows)
    return Rows(rows, good, len(rows) - good, 0)


def _copied(copy: Copied) -> str:
    if copy.refused is not None:
        return copy.refused.message
    return gettext("is there already, stays as it is") if copy.same else gettext("is posted")


def _words(outcome: Outcome, moved: Moved | None = None) -> str:
    if outcome.refused is not None:
        return outcome.refused.message
    if outcome.is_cancelled:
        return gettext("is cancelled")
    start, end = outcome.shift.starts_at, outcome.shift.ends_at
    if moved is not None and "starts_at" in outcome.changed and start and end:
        zone = timezone.get_default_timezone_name()
        times = by_clock(start, moved[0], zone), by_clock(end, moved[1], zone)
        return gettext("then %(when)s") % {"when": when_words(*times, clock.now())}
    return gettext("changes") if outcome.changed else gettext("stays as it is")


def _told(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    listed = pgettext("in a list", ", ").join(names[:TOLD_BY_NAME])
    more = len(names) - TOLD_BY_NAME
    if more <= 0:
        return gettext("told: %(names)s") % {"names": listed}
    return ngettext("told: %(names)s and %(count)d more", "told: %(names)s and %(count)d more", more) % {
        "names": listed,
        "count": more,
    }
