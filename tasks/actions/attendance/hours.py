"""Hours of service: from check-in to check-out, confirmed by somebody else. Rows are only added."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from core.models import AuditRecord
from notifications.actions import queue_messages
from organizations.permissions import can_lead
from tasks import policies
from tasks.models import Assignment, CheckIn, ServiceRecord
from tasks.notices import shifts as notices

MINUTES_MOST = 1440


class NotConfirmer(DomainError):
    code = "not-confirmer"
    text = _("Only owners and organizers of the organization confirm hours")


class OwnHours(DomainError):
    code = "own-hours"
    text = _("Nobody confirms their own hours. Ask a colleague")


class DepartureMissing(DomainError):
    code = "departure-missing"
    text = _("Nobody saw %(name)s leave. Enter when that was, then confirm")


class AlreadyConfirmed(DomainError):
    code = "already-confirmed"
    text = _("The hours of %(name)s are confirmed already")


class NothingToCount(DomainError):
    code = "nothing-to-count"
    text = _("%(name)s was not there during the shift: nothing counts")


@transaction.atomic
def confirm_hours(*, assignments: Iterable[Assignment], by: User, at: datetime) -> list[ServiceRecord]:
    """Turn presence into hours: clipped to the shift (a quarter of an hour before, half an hour after), whole minutes.

    All or none; the error names whoever stands in the way. Every volunteer is told.
    """
    seats = list(
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[assignment.pk for assignment in assignments])
        .select_related(
            "volunteer__user", "shift__task", "shift__organization", "shift__area__parent__parent"
        )
        .order_by("pk")
    )
    for organization in {seat.shift.organization for seat in seats}:
        if not can_lead(by, organization):
            raise NotConfirmer
    checks = {
        (check.assignment_id, check.kind): check.at
        for check in CheckIn.objects.valid().filter(assignment__in=seats)
    }
    confirmed = set(ServiceRecord.objects.filter(assignment__in=seats).values_list("assignment", flat=True))
    for seat in seats:
        if seat.pk in confirmed:
            raise AlreadyConfirmed(name=seat.volunteer.user.name)
    records = [
        _record(seat, checks.get((seat.pk, "in")), checks.get((seat.pk, "out")), by=by, at=at)
        for seat in seats
    ]
    try:
        ServiceRecord.objects.bulk_create(records)
    except IntegrityError as error:
        raise AlreadyConfirmed(name=seats[0].volunteer.user.name) from error
    AuditRecord.objects.bulk_create(
        audit.entry(
            verb="hours.confirmed",
            by=by,
            at=at,
            subject=record,
            area_code=seat.shift.area.code,
            data={"shift": seat.shift.code, "minutes": record.minutes},
        )
        for seat, record in zip(seats, records, strict=True)
    )
    told = [
        notices.hours_confirmed(record, seat.shift, seat.volunteer.user)
        for seat, record in zip(seats, records, strict=True)
    ]
    queue_messages(notices=told, at=at)
    return records


def _record(
    seat: Assignment, arrived: datetime | None, left: datetime | None, *, by: User, at: datetime
) -> ServiceRecord:
    user = seat.volunteer.user
    if user.pk == by.pk:
        raise OwnHours
    if arrived is None or left is None:
        raise DepartureMissing(name=user.name)
    shift = seat.shift
    period = (shift.starts_at, shift.ends_at) if shift.starts_at and shift.ends_at else None
    served = policies.served_period(period, arrived, left)
    if served is None:
        raise NothingToCount(name=user.name)
    return ServiceRecord(
        assignment=seat,
        volunteer=seat.volunteer,
        organization=shift.organization,
        task=shift.task,
        county_id=shift.county_id,
        served_on=localtime(served[0]).date(),
        starts_at=served[0],
        ends_at=served[1],
        minutes=min(policies.minutes_in(served[1] - served[0]), MINUTES_MOST),
        confirmed_at=at,
        confirmed_by=by,
    )
