"""When a volunteer is free, and whether they may be asked at once."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from volunteers.models import AvailabilityException, Volunteer, WeeklyAvailability

# Weekday from Monday as 0, first hour, last hour.
Window = tuple[int, int, int]


class BadPeriod(DomainError):
    code = "bad-period"
    text = _("The last day comes before the first. Swap them")


class PeriodOver(DomainError):
    code = "period-over"
    text = _("These days are over already. Choose days to come")


@transaction.atomic
def set_availability(*, volunteer: Volunteer, windows: Iterable[Window], by: User, at: datetime) -> None:
    """Put this week in the place of the old one; an empty week means free always."""
    Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    rows = [
        WeeklyAvailability(volunteer=volunteer, weekday=weekday, starts_hour=start, ends_hour=end)
        for weekday, start, end in sorted(set(windows))
    ]
    WeeklyAvailability.objects.filter(volunteer=volunteer).delete()
    WeeklyAvailability.objects.bulk_create(rows)
    audit.record(
        verb="volunteer.availability_set", by=by, at=at, subject=volunteer, data={"windows": len(rows)}
    )


@transaction.atomic
def add_exception(
    *,
    volunteer: Volunteer,
    starts_on: date,
    ends_on: date,
    is_free: bool,
    by: User,
    at: datetime,
    note: str = "",
) -> AvailabilityException:
    """Note days that differ from the week."""
    if ends_on < starts_on:
        raise BadPeriod(field="ends_on")
    if ends_on < localdate(at):
        raise PeriodOver(field="ends_on")
    exception = AvailabilityException.objects.create(
        volunteer=volunteer, starts_on=starts_on, ends_on=ends_on, is_free=is_free, note=note
    )
    audit.record(verb="volunteer.exception_added", by=by, at=at, subject=volunteer, data={"is_free": is_free})
    return exception


@transaction.atomic
def remove_exception(*, exception: AvailabilityException, by: User, at: datetime) -> None:
    """Let the week hold again on these days."""
    audit.record(verb="volunteer.exception_removed", by=by, at=at, subject=exception.volunteer)
    exception.delete()


@transaction.atomic
def go_on_duty(*, volunteer: Volunteer, by: User, at: datetime) -> None:
    """May be asked at once from now on; a second time changes nothing."""
    if Volunteer.objects.filter(pk=volunteer.pk, on_duty_since=None).update(on_duty_since=at):
        audit.record(verb="volunteer.on_duty", by=by, at=at, subject=volunteer)


@transaction.atomic
def go_off_duty(*, volunteer: Volunteer, by: User, at: datetime) -> None:
    """Is no longer asked at once."""
    on_duty = Volunteer.objects.filter(pk=volunteer.pk, on_duty_since__isnull=False)
    if on_duty.update(on_duty_since=None):
        audit.record(verb="volunteer.off_duty", by=by, at=at, subject=volunteer)
