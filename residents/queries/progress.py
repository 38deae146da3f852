"""Where requests stand: what follows others, what their work has done, and what is late."""

from datetime import datetime, timedelta

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from organizations.models import Delegation
from residents.models import HelpRequest, RequestEvent
from residents.policies import REOPEN_DAYS, UNCONFIRMED_DAYS, WAITED_FOR, Verb
from tasks.models import CheckIn, Shift, Task


def late_at(at: datetime) -> Q:
    """Whether something that was promised is over: the answer, or that it is done."""
    return Q(status=HelpRequest.Status.NEW, answer_due_at__lt=at) | Q(
        status__in=WAITED_FOR, done_due_at__lt=at
    )


def late_and_untold(at: datetime) -> QuerySet[HelpRequest]:
    """Late, and not yet brought before the authority above; the oldest promise first."""
    return (
        HelpRequest.objects.filter(late_at(at), escalated_at=None)
        .select_related("area", "organization", "type")
        .order_by("asked_at", "id")
    )


def of_closed_work() -> QuerySet[HelpRequest]:
    """Part of a piece of work that its organization said is done."""
    return _placed().filter(task__status=Task.Status.CLOSED)


def of_cancelled_work() -> QuerySet[HelpRequest]:
    """Part of a piece of work, or of a shift, that was called off."""
    return _placed().filter(Q(task__status=Task.Status.CANCELLED) | Q(shift__status=Shift.Status.CANCELLED))


def of_served_shifts(at: datetime) -> QuerySet[HelpRequest]:
    """Whose shift is over, and somebody was there: the one that was named, else any of the work since it was placed,
    not before the day on which help was wanted."""
    came = CheckIn.objects.valid().filter(kind=CheckIn.Kind.IN, assignment__shift=OuterRef("pk"))
    left = CheckIn.objects.valid().filter(kind=CheckIn.Kind.OUT, assignment__shift=OuterRef("pk"))
    # Work without a fixed time is over when whoever did it says so.
    over = Shift.objects.filter(
        Q(ends_at__lte=at) & Exists(came) | Q(ends_at=None) & Exists(left), status=Shift.Status.OPEN
    )
    named = over.filter(pk=OuterRef("shift"))
    later = over.filter(task=OuterRef("task")).filter(
        Q(starts_at__gte=OuterRef("placed_at")) | Q(starts_at=None)
    )
    on_the_day = later.filter(Q(starts_at__date__gte=OuterRef("wanted_on")) | Q(starts_at=None))
    return _placed().filter(
        Q(Exists(named), shift__isnull=False)
        | Q(Exists(later), shift=None, wanted_on=None)
        | Q(Exists(on_the_day), shift=None, wanted_on__isnull=False)
    )


def unconfirmed(at: datetime) -> QuerySet[HelpRequest]:
    """Served a while ago, and nobody has said whether it was done."""
    since = at - timedelta(days=UNCONFIRMED_DAYS)
    return _with_names(HelpRequest.objects.filter(status=HelpRequest.Status.SERVED, served_at__lte=since))


def left_alone(at: datetime) -> QuerySet[HelpRequest]:
    """Laid to one that was taken back lately: their need is still there, and so are their words."""
    since = at - timedelta(days=REOPEN_DAYS)
    withdrawn = Q(merged_into__status=HelpRequest.Status.WITHDRAWN, merged_into__ended_at__gt=since)
    merged = HelpRequest.objects.filter(withdrawn, status=HelpRequest.Status.MERGED)
    return _with_names(merged.exclude(words=""))


def after_delegations(at: datetime) -> QuerySet[HelpRequest]:
    """Not looked at yet, and come to an organization because an authority let it look in its place, which is over;
    what somebody passed on to it stays with it."""
    over = (
        Delegation.objects.filter(
            Q(revoked_at__lte=at) | Q(ends_at__lte=at),
            kind=Delegation.Kind.TRIAGE,
            delegate=OuterRef("organization"),
            starts_at__lte=OuterRef("asked_at"),
            ends_at__gt=OuterRef("asked_at"),
        )
        .alias(of=ExpressionWrapper(OuterRef("area__path"), output_field=CharField()))
        .filter(of__startswith=F("area__path"))
    )
    passed_on = RequestEvent.objects.filter(request=OuterRef("pk"), verb=Verb.PASSED_ON)
    new = HelpRequest.objects.filter(status=HelpRequest.Status.NEW)
    return _with_names(new.filter(Exists(over), ~Exists(passed_on)))


def _placed() -> QuerySet[HelpRequest]:
    return _with_names(HelpRequest.objects.filter(status=HelpRequest.Status.PLACED))


def _with_names(requests: QuerySet[HelpRequest]) -> QuerySet[HelpRequest]:
    return requests.select_related("area", "organization", "type").order_by("id")
