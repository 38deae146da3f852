"""Making the occurrences of the next weeks, when it is time."""

from datetime import datetime, timedelta

from django.db import transaction

from core import audit, faults
from core.errors import DomainError
from tasks.actions.copying import roles_like, windows_like
from tasks.actions.series.occurring import day_of, horizon, post
from tasks.actions.shifts import InThePast, NotTakenOn, TaskEnded, details_of
from tasks.actions.standstill import AreaStopped
from tasks.models import Series, Shift
from tasks.policies.recurrence import occurrences


def extend_series(*, at: datetime) -> int:
    """Make the occurrences of the next eight weeks that are not there yet; return how many.

    Each takes after the latest one that nobody changed by itself. Each series commits by itself, so that replaying after
    a crash makes nothing twice; one that somebody else works on is left to them.
    """
    running = Series.objects.filter(ended_at=None, made_until__lt=horizon(at)).order_by("pk")
    return sum(_extend(pk, at=at) for pk in list(running.values_list("pk", flat=True)))


@transaction.atomic
def _extend(pk: int, *, at: datetime) -> int:
    found = Series.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(
        pk=pk, ended_at=None
    )
    series = found.select_related("task__area", "organization__home_area", "made_by").first()
    if series is None or series.made_until is None:
        return 0
    until = min(series.ends_on, horizon(at))
    since = series.made_until + timedelta(days=1)
    moments = occurrences(series.rule, series.zone, series.starts_on, series.starts, until, since)
    # By the day, since the hour of a series may have changed.
    made = {
        day_of(moment, series.zone) for moment in series.shifts.values_list("occurs_at", flat=True) if moment
    }
    count = 0
    for moment in moments:
        day = day_of(moment, series.zone)
        if day not in made and moment > at:
            pattern = _pattern(series)
            details = {**details_of(pattern), **windows_like(pattern, moment, series.zone)}
            try:
                with transaction.atomic():
                    post(series, moment, roles=roles_like(pattern), by=series.made_by, at=at, details=details)
            except AreaStopped:
                # Nothing is lost: once the stop is lifted, a later run goes on from here.
                break
            except (TaskEnded, NotTakenOn) as error:
                _note(series, moment, error, at=at)
                series.ended_at = at
                break
            except DomainError as error:
                _note(series, moment, error, at=at)
            else:
                count += 1
                faults.point("occurrence-made")
        elif day not in made:
            _note(series, moment, InThePast(), at=at)
        series.made_until = day
    else:
        series.made_until = until
    if series.made_until >= series.ends_on:
        series.ended_at = at
    series.save(update_fields=["made_until", "ended_at"])
    return count


def _pattern(series: Series) -> Shift:
    """The latest occurrence that nobody changed or cancelled by itself; the latest of all where there is none."""
    made = (
        series.shifts.select_related("area__parent__parent")
        .prefetch_related("roles__requirements")
        .order_by("-occurs_at")
    )
    plain = made.filter(stands_alone=False, status=Shift.Status.OPEN).first()
    return plain or made[0]


def _note(series: Series, moment: datetime, error: DomainError, *, at: datetime) -> None:
    """Write down that an occurrence was left out, and why."""
    audit.record(
        verb="series.skipped",
        by=series.made_by,
        at=at,
        subject=series,
        area_code=series.task.area.code,
        reason=error.code,
        data={"series": series.code, "occurs_at": moment.isoformat()},
    )
