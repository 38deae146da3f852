"""Is it well? Queues, the outbox, what failed, the last plan."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Min
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from core import clock, queues
from core.doorbell import Job
from core.job_log import UNRECORDED
from core.models import JobRun
from matching.models import MatchRun
from notifications.models import Message
from web.access import SignedInRequest, staff_only
from web.guide import first_steps
from web.staff.frame import show
from web.staff.words import job_words, queue_words, shape_of

DAY = timedelta(days=1)
# A periodic job is late after three of its periods and a minute.
PERIODS_LATE = 3
GRACE = timedelta(minutes=1)
# An outbox whose oldest message waits so long is not keeping up.
OUTBOX_LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class JobRow:
    """A job: how often it should run, its last run, how often it went wrong in a day."""

    name: str
    words: Any
    queue: str
    every: timedelta | None
    run: JobRun | None
    took: timedelta | None
    failures: int
    is_late: bool
    shape: str


@dataclass(frozen=True)
class QueueRow:
    """A queue: what stands in it, when it last began a job, what went wrong in a day."""

    name: str
    words: Any
    waiting: int | None
    last_at: datetime | None
    failures: int
    is_late: bool


@staff_only
@require_GET
def health(request: SignedInRequest) -> HttpResponse:
    """Everything at a glance; six queries and one look at the broker."""
    at = clock.now()
    jobs = _jobs(at)
    waiting = queues.waiting(settings.CELERY_QUEUE_NAMES)
    outbox = Message.objects.filter(status=Message.Status.QUEUED).aggregate(
        count=Count("pk"), oldest=Min("created_at")
    )
    oldest = at - outbox["oldest"] if outbox["oldest"] else None
    ended = dict(
        Message.objects.filter(created_at__gte=at - DAY)
        .exclude(channel=Message.Channel.INBOX)
        .values_list("status")
        .annotate(count=Count("pk"))
        .order_by()
    )
    context = {
        "first_steps": first_steps.of_staff(request, at),
        # What is wrong stands first, and open.
        "jobs_wrong": [row for row in jobs if row.is_late or row.failures],
        "jobs_right": [row for row in jobs if not row.is_late and not row.failures],
        "queues": [_queue(name, jobs, waiting) for name in settings.CELERY_QUEUE_NAMES],
        "broker_answers": waiting is not None,
        "outbox_count": outbox["count"],
        "outbox_oldest": oldest,
        "outbox_late": oldest is not None and oldest > clock.of_machine(OUTBOX_LATE),
        "sent": ended.get(Message.Status.SENT, 0),
        "not_delivered": ended.get(Message.Status.FAILED, 0),
        "run_failures": sum(row.failures for row in jobs),
        "late": [row for row in jobs if row.is_late],
        # While the next is being made, the last one tells more.
        "match": MatchRun.objects.select_related("scope")
        .order_by(F("finished_at").desc(nulls_last=True), "-id")
        .first(),
    }
    return show(request, "health", "health", context)


def _jobs(at: datetime) -> list[JobRow]:
    """Each job with its last run; three queries."""
    names = [str(job) for job in Job if str(job) not in UNRECORDED]
    last_of_each = [JobRun.objects.filter(name=name).order_by("-id")[:1] for name in names]
    last = {run.name: run for run in last_of_each[0].union(*last_of_each[1:], all=True)}
    wrong = JobRun.objects.filter(
        state__in=(JobRun.State.FAILED, JobRun.State.LOST), started_at__gte=at - clock.of_machine(DAY)
    )
    failures = dict(wrong.values_list("name").annotate(count=Count("pk")).order_by())
    every = {
        entry["task"]: timedelta(seconds=entry["schedule"])
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
        if isinstance(entry["schedule"], int | float)
    }
    since = JobRun.objects.order_by("id").values_list("started_at", flat=True).first()
    return [_job(name, last.get(name), every.get(name), failures.get(name, 0), since, at) for name in names]


def _job(
    name: str,
    run: JobRun | None,
    every: timedelta | None,
    failures: int,
    since: datetime | None,
    at: datetime,
) -> JobRow:
    """`since`: when the first run that is kept began. What never ran was due from then on, not from ever."""
    due_from = run.started_at if run is not None else since
    late = every is not None and (
        due_from is None or at - due_from > clock.of_machine(every * PERIODS_LATE + GRACE)
    )
    took = None
    if run is not None and run.ended_at is not None:
        took = clock.by_machine(run.ended_at - run.started_at)
    return JobRow(
        name=name,
        words=job_words(name),
        queue=queue_of(name),
        every=every,
        run=run,
        took=took,
        failures=failures,
        is_late=late,
        shape=shape_of(run) if run else "",
    )


def queue_of(name: str) -> str:
    """The queue of a job, by the prefix of its name."""
    route: Any = settings.CELERY_TASK_ROUTES.get(f"{name.split('.')[0]}.*", {})
    return str(route.get("queue", settings.CELERY_TASK_DEFAULT_QUEUE))


def _queue(name: str, jobs: list[JobRow], waiting: dict[str, int] | None) -> QueueRow:
    own = [row for row in jobs if row.queue == name]
    begun = [row.run.started_at for row in own if row.run]
    periodic = [row for row in own if row.every]
    return QueueRow(
        name=name,
        words=queue_words(name),
        waiting=None if waiting is None else waiting[name],
        last_at=max(begun, default=None),
        failures=sum(row.failures for row in own),
        # One late job may be its own fault; all of them are the worker's, or beat's.
        is_late=bool(periodic) and all(row.is_late for row in periodic),
    )
