"""Writes down every run of a job: one statement when it begins, one when it ends.

`config.celery` connects these functions to the worker's signals. Nothing here may break a job: where the database
refuses, a line of the log says so and the job goes on.
"""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _

from core import audit, clock, doorbell
from core.doorbell import Job
from core.errors import DomainError
from core.models import JobRun

logger = logging.getLogger(__name__)

# Beat's sign of life, three a minute: it says so itself where it is looked for.
UNRECORDED = frozenset({str(Job.BEAT)})
# The rows of the relay's leases say what a sender did; ringing for an old lease does nothing.
NOT_TO_BE_RUNG = frozenset({str(Job.BEAT), str(Job.SEND_MESSAGES)})
# A job may take nine minutes (CELERY_TASK_TIME_LIMIT); whatever ends later all the same says so itself.
LONGEST = timedelta(minutes=20)
MOST_IN_A_LIST = 10
PLAIN_TEXT = re.compile(r"[A-Za-z0-9_:.+-]{1,64}")
# Could be a telephone number: ids come as numbers, codes hold letters, moments hold more.
DIALLED = re.compile(r"\+?\d[\d-]{6,18}")
# A day holds as many digits, in its own order.
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# What could be of a person: addresses, long numbers, anything in Chinese, anything quoted by a provider or a row.
PERSONAL = re.compile(r"[^\s@]+@[^\s@]+|\+?\d[\d -]{5,}\d|[\u3400-\u9fff]+|'[^']*'|\([^()]*\)=\([^()]*\)")


class NotToBeRungAgain(DomainError):
    code = "not-to-be-rung-again"
    text = _("This job cannot be started again from here; what it left is found by the next sweep")


# What this process runs now: the row of each message's id.
_rows: dict[str, int] = {}


def _never_breaks(function: Callable[..., None]) -> Callable[..., None]:
    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001  a log that cannot be written must not stop the work
            logger.warning("a run of a job was not written down: %s", type(error).__name__)

    return guarded


@_never_breaks
def began(*, task: Any, task_id: str, kwargs: Mapping[str, Any] | None = None, **signal: Any) -> None:
    """A worker takes a message."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    if task.name in UNRECORDED:
        return
    run = _run_of(task, kwargs or {}, started_at=clock.now())
    run.save(force_insert=True)
    _rows[task_id] = run.pk


@_never_breaks
def ended(
    *,
    task: Any,
    task_id: str,
    state: str | None = None,
    retval: Any = None,
    kwargs: Mapping[str, Any] | None = None,
    **signal: Any,
) -> None:
    """The job has returned or raised."""
    if task.name in UNRECORDED:
        return
    at = clock.now()
    error, reason = said(retval) if isinstance(retval, BaseException) else ("", "")
    values: dict[str, Any] = {
        "state": JobRun.State.FAILED if error else JobRun.State.DONE,
        "error": error,
        "reason": reason,
        "ended_at": at,
    }
    pk = _rows.pop(task_id, None)
    if pk is not None:
        JobRun.objects.filter(pk=pk).update(**values)
        return
    run = _run_of(task, kwargs or {}, started_at=at)
    for name, value in values.items():
        setattr(run, name, value)
    run.save(force_insert=True)


@_never_breaks
def worker_began(*, sender: Any = None, **signal: Any) -> None:
    """A worker of this name starts: what its forerunner left running is lost."""
    _lose(started_before=clock.now(), worker=str(getattr(sender, "hostname", sender))[:120])
    # Before a pool forks: a connection is of one process alone.
    connection.close()


def sweep(*, at: datetime) -> int:
    """Call lost what has run longer than any job may; how many runs."""
    return _lose(started_before=at - clock.of_machine(LONGEST))


def _lose(*, started_before: datetime, **filters: Any) -> int:
    left = JobRun.objects.filter(state=JobRun.State.RUNNING, started_at__lt=started_before, **filters)
    return left.update(state=JobRun.State.LOST, ended_at=clock.now())


def _run_of(task: Any, kwargs: Mapping[str, Any], *, started_at: datetime) -> JobRun:
    request = task.request
    arguments, whole = kept(kwargs)
    return JobRun(
        name=task.name[:60],
        queue=str((request.delivery_info or {}).get("routing_key") or "")[:40],
        worker=str(request.hostname or "")[:120],
        arguments=arguments,
        has_all_arguments=whole and not request.args,
        started_at=started_at,
    )


def kept(kwargs: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """The arguments of a job as they are written down, and whether they are all of it: ids, codes and moments."""
    arguments = {name: _value(value) for name, value in kwargs.items()}
    return arguments, arguments == dict(kwargs)


def _value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        dialled = DIALLED.fullmatch(value) and not DAY.fullmatch(value)
        return value if PLAIN_TEXT.fullmatch(value) and not dialled else "…"
    if isinstance(value, list | tuple):
        some = [_value(each) for each in value[:MOST_IN_A_LIST]]
        return some if len(value) <= MOST_IN_A_LIST else [*some, f"… {len(value)}"]
    return "…"


def said(error: BaseException) -> tuple[str, str]:
    """The class of an exception and its first line, without what could be of a person."""
    error = getattr(error, "exc", None) or error
    name = type(error).__name__[:80]
    if isinstance(error, DomainError):
        return name, error.code[:300]
    if isinstance(error, DatabaseError):
        # The server's first sentence names the constraint; values stand in its detail alone.
        details = getattr(error.__cause__, "diag", None)
        primary = getattr(details, "message_primary", None)
        return name, without_persons(str(primary or _first_line(error)))[:300]
    if isinstance(error, SoftTimeLimitExceeded):
        return name, "over the time limit"
    return name, without_persons(_first_line(error))[:300]


def without_persons(words: str) -> str:
    """What a machine said, without what could be of a person: addresses, long numbers, quotations, Chinese."""
    return PERSONAL.sub("…", words)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else ""


def can_ring_again(run: JobRun) -> bool:
    """Whether a message with the same arguments can be sent: jobs bear repetition, and all arguments are known."""
    return run.has_all_arguments and run.name in set(Job) and run.name not in NOT_TO_BE_RUNG


@transaction.atomic
def ring_again(*, run: JobRun, by: audit.Actor, at: datetime) -> None:
    """Ring for the job once more, with the arguments of this run."""
    if not can_ring_again(run):
        raise NotToBeRungAgain
    audit.record(verb="job.rung", by=by, at=at, subject=run, data={"job": run.name, "run": run.code})
    doorbell.ring(Job(run.name), **run.arguments)
