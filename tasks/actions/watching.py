"""Watching a shift: whoever asked hears once of each turn, at most once an hour, until the shift is over."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import faults
from core.errors import DomainError
from notifications.actions import queue_messages
from tasks.models import Shift, Watch
from tasks.notices import warnings as notices
from tasks.queries.seats import LIVE_TASKS
from tasks.queries.watching import (
    PAUSE,
    free_seats,
    has_free_seat,
    late_news,
    missing_in,
    opened,
    over,
    turned,
    watched_shift,
)

WATCHED_MOST = 50
News = Watch.News
# What waits for its turn gives way to what is graver.
_GRAVITY: list[str] = [News.SHORT, News.SEAT_FREE, News.OPENED, News.CHANGED]


class NothingToWatch(DomainError):
    code = "nothing-to-watch"
    text = _("This shift is over or cancelled, so nothing more will happen here")


class TooManyWatched(DomainError):
    code = "too-many-watched"
    text = _("You watch %(most)s shifts already. Stop watching one first")


@transaction.atomic
def watch(*, shift: Shift, by: User, at: datetime) -> Watch:
    """Keep an eye on a shift for a person, until it is over; a second time changes nothing."""
    ends = shift.ends_at or shift.due_at
    if shift.status != Shift.Status.OPEN or shift.task.status not in LIVE_TASKS or (ends and ends <= at):
        raise NothingToWatch
    if Watch.objects.filter(user=by).exclude(shift=shift).count() >= WATCHED_MOST:
        raise TooManyWatched(most=WATCHED_MOST)
    found, is_new = Watch.objects.get_or_create(
        shift=shift,
        user=by,
        defaults={
            "made_at": at,
            "seen_version": shift.version,
            "was_full": not has_free_seat(shift),
            "was_open": True,
        },
    )
    if is_new and not opened(Watch.objects.filter(pk=found.pk), at).exists():
        found.was_open = False
        found.save(update_fields=["was_open"])
    return found


def unwatch(*, shift: Shift, by: User) -> bool:
    """Stop watching; whether the person watched it at all."""
    return bool(Watch.objects.filter(shift=shift, user=by).delete()[0])


@transaction.atomic
def tell_watchers(*, shift: Shift, what: str, at: datetime, apart_from: Collection[int] = ()) -> int:
    """Tell those who watch a shift that it opened, has a seat free, runs short or changed; return how many.

    Nobody is told twice of the same turn, and nobody twice within an hour: what comes too soon waits for the sweep.
    `apart_from` are ids of users who hear of it elsewhere: for them the turn counts as told.
    """
    watches = Watch.objects.filter(shift=shift)
    return _tell(opened(watches, at) if what == News.OPENED else watches, shift, what, at, apart_from)


def look_at_watched(*, at: datetime) -> int:
    """Tell of whatever has turned since the last look; return how many were told. Each shift commits by itself."""
    count = 0
    for what, watches in turned(at).items():
        for shift_id in sorted(set(watches.values_list("shift", flat=True))):
            count += _tell_of(shift_id, watches.filter(shift=shift_id), what, at)
    count += sum(_tell_late(pk, at) for pk in list(late_news(at).order_by("pk").values_list("pk", flat=True)))
    Watch.objects.filter(~Exists(free_seats()), was_full=False).update(was_full=True)
    over(at).delete()
    return count


@transaction.atomic
def _tell_of(shift_id: int, watches: QuerySet[Watch], what: str, at: datetime) -> int:
    count = _tell(watches, watched_shift(shift_id), what, at)
    faults.point("after-watchers")
    return count


def _tell(
    watches: QuerySet[Watch], shift: Shift, what: str, at: datetime, apart_from: Collection[int] = ()
) -> int:
    rows = watches.select_for_update(of=("self",)).select_related("user").order_by("pk")
    fresh = [row for row in rows if _is_new(row, shift, what)]
    for row in fresh:
        _note(row, shift, what)
    due = [row for row in fresh if row.user_id not in apart_from]
    late = [row for row in due if row.told_at is not None and at - row.told_at < PAUSE]
    for row in late:
        row.news = max(row.news or News.SHORT, what, key=_GRAVITY.index)
    now = [row for row in due if row not in late]
    for row in now:
        row.told_at, row.news = at, ""
    _queue(now, shift, what, at)
    Watch.objects.bulk_update(fresh, ["was_open", "was_full", "seen_version", "short_for", "told_at", "news"])
    if shift.status == Shift.Status.CANCELLED:
        Watch.objects.filter(pk__in=[row.pk for row in fresh if row not in late]).delete()
    return len(now)


def _is_new(row: Watch, shift: Shift, what: str) -> bool:
    if what == News.OPENED:
        return not row.was_open
    if what == News.SEAT_FREE:
        return row.was_full
    if what == News.SHORT:
        return row.short_for != shift.starts_at
    return row.seen_version < shift.version


def _note(row: Watch, shift: Shift, what: str) -> None:
    """What was told counts as seen; whoever reads that a shift opened or changed reads of its seats too."""
    if what == News.SHORT:
        row.short_for = shift.starts_at
    elif what == News.CHANGED:
        row.seen_version = shift.version
    else:
        row.was_full = False
        row.was_open = row.was_open or what == News.OPENED


def _queue(rows: list[Watch], shift: Shift, what: str, at: datetime) -> None:
    missing = missing_in(shift) if rows else 0
    queue_messages(
        notices=[notices.watched_shift(row, shift, what, missing=missing, at=at) for row in rows], at=at
    )


@transaction.atomic
def _tell_late(pk: int, at: datetime) -> bool:
    """What waited, where it still holds."""
    row = (
        late_news(at).filter(pk=pk).select_for_update(of=("self",), skip_locked=True).select_related("user")
    ).first()
    if row is None:
        return False
    shift = watched_shift(row.shift_id)
    what, row.news = row.news, ""
    gone = (what == News.SEAT_FREE and not has_free_seat(shift)) or (
        what == News.SHORT and not missing_in(shift)
    )
    if not gone:
        row.told_at = at
        _queue([row], shift, what, at)
    row.save(update_fields=["news", "told_at"])
    if shift.status == Shift.Status.CANCELLED:
        row.delete()
    return not gone
