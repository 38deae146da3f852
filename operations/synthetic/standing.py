"""Standing work that goes on: each running call of a cause becomes a series, so that the product itself posts its shifts."""

from datetime import UTC, datetime, timedelta

import numpy as np
from django.utils.timezone import localtime

from accounts.models import User
from operations.synthetic.work_rows import Work
from organizations.models import Organization
from tasks.actions.series import start_series
from tasks.actions.shifts import RoleWanted
from tasks.models import Task
from tasks.policies.recurrence import rule_of


def go_on(work: Work, task_id: np.ndarray, *, at: datetime) -> int:
    """Start a series for each running call, from a week after its last shift on; return how many.

    It keeps the weekday, the hour and the length of that shift. `task_id`: of the calls in their order.
    """
    calls, shifts = work.calls, work.shifts
    running = np.flatnonzero(calls.is_running)
    tasks = Task.objects.select_related("area").in_bulk(task_id[running].tolist())
    organizations = Organization.objects.select_related("home_area").in_bulk(
        np.unique(work.groups.id[calls.group[running]]).tolist()
    )
    owners = User.objects.in_bulk(np.unique(work.groups.owner_id[calls.group[running]]).tolist())
    for call in running.tolist():
        own = np.flatnonzero(shifts.call == call)
        last = int(own[np.argmax(shifts.starts_at[own])])
        starts = localtime(datetime.fromtimestamp(int(shifts.starts_at[last]), tz=UTC))
        template, task = work.templates[calls.template[call]], tasks[int(task_id[call])]
        start_series(
            task=task,
            organization=organizations[int(work.groups.id[calls.group[call]])],
            rule=rule_of("WEEKLY", weekdays=[starts.weekday()]),
            starts_on=starts.date() + timedelta(days=7),
            ends_on=task.ends_on,
            starts=starts.time(),
            minutes=int(shifts.minutes[last]),
            roles=(RoleWanted("", template.seats_min, template.seats),),
            by=owners[int(work.groups.owner_id[calls.group[call]])],
            at=at,
        )
    return len(running)
