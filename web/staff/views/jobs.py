"""Runs of jobs: which, when, how long, why not, and once more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import DomainError
from core.job_log import can_ring_again, ring_again
from core.models import JobRun
from web.access import SignedInRequest, staff_only
from web.paging import screen_of
from web.staff.forms import JobsForm
from web.staff.frame import see_other, show
from web.staff.words import job_words, queue_words, reason_words, shape_of


@dataclass(frozen=True)
class RunRow:
    """A run in words; `took` counts on while it runs."""

    run: JobRun
    words: Any
    queue: Any
    shape: str
    reason: Any
    took: timedelta


def row_of(run: JobRun, at: datetime) -> RunRow:
    return RunRow(
        run=run,
        words=job_words(run.name),
        queue=queue_words(run.queue),
        shape=shape_of(run),
        reason=reason_words(run),
        took=clock.by_machine((run.ended_at or at) - run.started_at),
    )


@staff_only
@require_GET
def jobs(request: SignedInRequest) -> HttpResponse:
    """The runs, newest first."""
    at = clock.now()
    form = JobsForm(request.GET)
    found = JobRun.objects.none()
    if form.is_valid():
        found = JobRun.objects.all()
        for name in ("name", "state"):
            if value := form.cleaned_data[name]:
                found = found.filter(**{name: value})
        if since := form.since(at):
            found = found.filter(started_at__gte=since)
    screen = screen_of(found, request)
    context = {"form": form, "screen": screen, "rows": [row_of(run, at) for run in screen.rows]}
    return show(request, "jobs", "jobs", context)


@staff_only
@require_GET
def job(request: SignedInRequest, code: str) -> HttpResponse:
    """One run, with its arguments and its reason."""
    run = get_object_or_404(JobRun, code=code)
    context = {"row": row_of(run, clock.now()), "run": run, "again": can_ring_again(run)}
    return show(request, "job", "jobs", context)


@staff_only
@require_POST
def again(request: SignedInRequest, code: str) -> HttpResponse:
    """Ring for the job once more."""
    run = get_object_or_404(JobRun, code=code)
    try:
        ring_again(run=run, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("Rung. It appears in the list as soon as a worker takes it."))
    return see_other("job", code)
