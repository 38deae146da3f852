"""What no process may leave behind: rows of outboxes, leases and jobs that nobody is at any more."""

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from celery import current_app
from django.db.models import Q

from core import clock
from core.models import JobRun, RequestKey
from insights.models import Change
from matching.models import MatchRun
from notifications.models import Message
from sheets.models import Sheet
from tasks.models import Handover, Offer, Waiting

# The keys of requests are kept two days, and swept by the hour.
KEYS_KEPT = timedelta(days=3)
# A sweep may come so much later than what it looks for, by a machine's clock.
GRACE = timedelta(seconds=5)


def leftovers(*, at: datetime) -> dict[str, int]:
    """How many rows of each kind wait for somebody, though their time is over; only kinds that have some."""
    over = at - clock.of_machine(GRACE)
    messages = Message.objects.filter(status=Message.Status.QUEUED)
    found: dict[str, int] = {
        # A pause before another attempt may reach past the end of a story: that message still has its time.
        "messages queued": messages.filter(Q(next_try_at=None) | Q(next_try_at__lte=at)).count(),
        "match runs queued": MatchRun.objects.pending().count(),
        "match runs with offers to make": MatchRun.objects.offering().count(),
        "sheets at work": Sheet.objects.filter(status__in=Sheet.WORKING).count(),
        "offers past their deadline": Offer.objects.waiting().filter(expires_at__lte=over).count(),
        "seats held past their deadline": Waiting.objects.filter(
            status=Waiting.Status.OFFERED, expires_at__lte=over
        ).count(),
        "handovers past their deadline": Handover.objects.live().filter(expires_at__lte=over).count(),
        "request keys past their time": RequestKey.objects.filter(at__lt=at - KEYS_KEPT).count(),
        "changes not counted in figures": Change.objects.count(),
    }
    return {what: number for what, number in found.items() if number}


def at_work() -> set[tuple[str, int]]:
    """What a process was to do at this moment, or holds: messages on their way, runs and sheets in hand."""
    on_their_way = Message.objects.filter(status=Message.Status.QUEUED, next_try_at=None)
    return {
        *(("message", pk) for pk in on_their_way.values_list("pk", flat=True)),
        *(("run", pk) for pk in MatchRun.objects.pending().values_list("pk", flat=True)),
        *(("offering", pk) for pk in MatchRun.objects.offering().values_list("pk", flat=True)),
        *(
            ("sheet", pk)
            for pk in Sheet.objects.filter(status__in=Sheet.WORKING).values_list("pk", flat=True)
        ),
    }


def running_jobs(*, after: int) -> int:
    """Runs of jobs that began and did not end."""
    return JobRun.objects.filter(state=JobRun.State.RUNNING, pk__gt=after).count()


def waiting_in_broker(queues: Sequence[str]) -> int:
    """Messages that no worker has taken yet; 0 where the broker does not answer."""
    # Whatever the broker's client raises means the same here: nothing can be taken from it.
    with contextlib.suppress(Exception), current_app.connection_for_read() as link:
        link.ensure_connection(max_retries=1, timeout=2)
        client = link.default_channel.client  # type: ignore[attr-defined]
        return sum(client.llen(queue) for queue in queues)
    return 0


def wait_for(condition: Callable[[], bool], keep: Callable[[], None], *, seconds: float) -> bool:
    """Look after the processes until the condition holds; whether it did in time."""
    until = clock.machine_now() + timedelta(seconds=seconds)
    while not condition():
        if clock.machine_now() > until:
            return False
        keep()
    return True
