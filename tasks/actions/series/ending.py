"""Ending a series."""

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from core import audit
from tasks.actions.outcomes import Outcome, do_each
from tasks.actions.reasons import need_reason
from tasks.actions.series.errors import SeriesOver
from tasks.actions.series.occurring import day_of
from tasks.actions.shifts import cancel_shift
from tasks.models import Series, Shift


@transaction.atomic
def end_series(
    *, series: Series, from_day: date, by: User, at: datetime, reason: str, keep: bool = True
) -> list[Outcome]:
    """No occurrence from this day on: those that are there are cancelled, with the reason to whoever has a seat.

    One in which people have checked in stays, and is in the outcomes as refused. Days before it stay, also those that
    are still to be made.
    """
    why = need_reason(reason)
    series = Series.objects.select_for_update(no_key=True).select_related("task__area").get(pk=series.pk)
    if series.ends_on < from_day:
        raise SeriesOver
    later = [
        shift
        for shift in series.shifts.filter(status=Shift.Status.OPEN, ends_at__gt=at).order_by("occurs_at")
        if shift.starts_at is not None and day_of(shift.starts_at, series.zone) >= from_day
    ]

    def act(shift: Shift) -> list[str]:
        cancel_shift(shift=shift, by=by, at=at, reason=why)
        return ["status"]

    series.ends_on = max(series.starts_on, from_day - timedelta(days=1))
    if series.made_until is None or series.made_until >= series.ends_on or from_day <= series.starts_on:
        series.ended_at = at
    series.save(update_fields=["ends_on", "ended_at"])
    audit.record(
        verb="series.ended",
        by=by,
        at=at,
        subject=series,
        area_code=series.task.area.code,
        reason=why,
        data={"series": series.code, "from": from_day.isoformat()},
    )
    return do_each(later, act, keep=keep, only_good=True)
