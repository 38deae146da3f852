"""Reads of what was taken on and waits for a sign that somebody is on it."""

from datetime import datetime, timedelta

from django.db.models import (
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat

from notifications.models import Message
from tasks.models import Adoption, AreaStop, Assignment, Shift
from tasks.notices.claims import EXTENDED
from tasks.queries.seats import LIVE_TASKS

# Where everything stood still nobody could begin: so long after a stop ends nothing lapses.
AFTER_A_STOP = timedelta(hours=24)


def claims_waiting(at: datetime) -> QuerySet[Assignment]:
    """Seats in work without a fixed time whose holders have not said that they are on it, where it can be done."""
    return Assignment.objects.live().filter(
        ~_stood_still("shift__area__path", at),
        Q(shift__due_at=None) | Q(shift__due_at__gt=at),
        begun_at=None,
        begin_by__isnull=False,
        shift__status=Shift.Status.OPEN,
        shift__starts_at=None,
        shift__task__status__in=LIVE_TASKS,
    )


def claims_to_remind(at: datetime) -> QuerySet[Assignment]:
    """Those of them whose time is half over, and who were not asked yet."""
    event = Concat(Value("seat:"), OuterRef("code"), Value(":begin"), output_field=TextField())
    return (
        claims_waiting(at)
        .filter(~Exists(Message.objects.filter(event=event)), begin_by__gt=at)
        .annotate(remind_at=_halfway(F("created_at"), "begin_by"))
        .filter(remind_at__lte=at)
    )


def adoptions_waiting(at: datetime) -> QuerySet[Adoption]:
    """Live shares that a first shift is waited for, where nothing stands still."""
    return Adoption.objects.live().filter(
        ~Exists(shifts_since(at)),
        ~_stood_still("task__area__path", at),
        act_by__isnull=False,
        task__status__in=LIVE_TASKS,
    )


def shifts_since(at: datetime) -> QuerySet[Shift]:
    """By share: shifts of its task that are ahead, or were posted since it was taken on."""
    ahead = Q(status=Shift.Status.OPEN) & (Q(ends_at=None) | Q(ends_at__gt=at))
    return Shift.objects.filter(ahead | Q(created_at__gte=OuterRef("adopted_at")), task=OuterRef("task"))


def adoptions_to_remind(at: datetime) -> QuerySet[Adoption]:
    """Those whose time is half over, and who were not asked yet since it was given."""
    event = Concat(Value("call-to-act:"), Cast(OuterRef("pk"), TextField()), output_field=TextField())
    more = Concat(event, Value(EXTENDED), output_field=TextField())
    first, second = (Exists(Message.objects.filter(event=name)) for name in (event, more))
    return (
        adoptions_waiting(at)
        .filter((Q(extended_at=None) & ~Q(first)) | (Q(extended_at__isnull=False) & ~Q(second)))
        .filter(act_by__gt=at)
        .annotate(remind_at=_halfway(Coalesce(F("extended_at"), F("adopted_at")), "act_by"))
        .filter(remind_at__lte=at)
    )


def _halfway(since: F | Coalesce, until: str) -> ExpressionWrapper:
    half = ExpressionWrapper((F(until) - since) / 2, output_field=DurationField())
    return ExpressionWrapper(since + half, output_field=Adoption._meta.get_field("act_by"))


def _stood_still(path: str, at: datetime) -> Exists:
    """Whether everything stands still at the row's area, or did so within a day."""
    own = ExpressionWrapper(OuterRef(path), output_field=TextField())
    return Exists(
        AreaStop.objects.filter(Q(lifted_at=None) | Q(lifted_at__gt=at - AFTER_A_STOP))
        .annotate(own_path=own)
        .filter(own_path__startswith=F("area__path"))
    )
