"""Posting several shifts at once, tried before it is done, and never twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from organizations.models import Organization
from tasks.actions.filling import choose_filling
from tasks.actions.shifts import post_shift
from tasks.models import Shift, Task
from web.organization.forms.posting import PostShiftsForm


@dataclass(frozen=True)
class Planned:
    """One shift of those that a form describes; `posted` where the same one is open already."""

    day: date
    starts_at: datetime
    ends_at: datetime
    posted: bool = False


def plan(form: PostShiftsForm, organization: Organization) -> list[Planned]:
    """The shifts that a valid form describes, and which of them exist."""
    periods = [(day, *form.period(day)) for day in form.days()]
    existing = same_shifts(form, organization, [start for _, start, _ in periods])
    return [Planned(day, start, end, (start, end) in existing) for day, start, end in periods]


def same_shifts(
    form: PostShiftsForm, organization: Organization, starts: Sequence[datetime]
) -> dict[tuple[datetime | None, datetime | None], Shift]:
    """Open shifts of the same call, time, place and work, by their times: sending a form twice finds them."""
    shifts = Shift.objects.of(organization).filter(
        task=form.task,
        status=Shift.Status.OPEN,
        starts_at__in=starts,
        place=form.cleaned_data["place"],
        roles__name=form.cleaned_data["role_name"],
    )
    return {(shift.starts_at, shift.ends_at): shift for shift in shifts}


@transaction.atomic
def post(
    form: PostShiftsForm, organization: Organization, *, by: User, at: datetime, keep: bool
) -> list[Shift]:
    """Post what the form describes and is not posted yet; all or nothing. Without `keep` it is only tried."""
    # One posting of a call at a time, so that a form sent twice finds what the first one posted.
    task = (
        Task.objects.select_for_update(no_key=True, of=("self",)).select_related("area").get(pk=form.task.pk)
    )
    if filling := form.cleaned_data.get("filling"):
        task = choose_filling(task=task, filling=filling, by=by, at=at)
    planned = plan(form, organization)
    existing = same_shifts(form, organization, [each.starts_at for each in planned])
    values = form.shift_values()
    shifts = [
        existing.get((each.starts_at, each.ends_at))
        or post_shift(
            task=task,
            organization=organization,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            by=by,
            at=at,
            **values,
        )
        for each in planned
    ]
    if not keep:
        transaction.set_rollback(True)
    return shifts
