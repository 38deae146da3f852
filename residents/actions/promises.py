"""Promising how fast requests are answered and done."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import audit
from core.errors import DomainError
from residents.models import Promise
from tasks.models import TaskType

# A quarter is the longest that anybody can be asked to wait by a promise.
MOST_MINUTES = 90 * 24 * 60


class PromiseOutOfRange(DomainError):
    code = "promise-out-of-range"
    text = _("Between 1 hour and 90 days")


class DoneBeforeAnswered(DomainError):
    code = "done-before-answered"
    text = _("It cannot be done before somebody answers. Write at least as long as the answer takes")


class PromisedAlready(DomainError):
    code = "promised-already"
    text = _("The same is promised already, since %(day)s")


class PromiseInThePast(DomainError):
    code = "promise-in-the-past"
    text = _("A promise begins now or later, so that nothing that was asked before is judged by it")


@transaction.atomic
def make_promise(
    *,
    area: Area,
    type: TaskType | None,
    answer_minutes: int,
    done_minutes: int,
    by: User,
    at: datetime,
    starts_at: datetime | None = None,
) -> Promise:
    """Promise how fast requests of a kind, or of every kind, are answered and done in an area and all below it.

    It holds for what is asked from its start on; what was asked before keeps its promise.
    """
    # One at a time for an area, so that two officials at once do not promise the same twice.
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    starts_at = starts_at or at
    if starts_at < at:
        raise PromiseInThePast(field="starts_at")
    for field, minutes in (("answer_minutes", answer_minutes), ("done_minutes", done_minutes)):
        if not 60 <= minutes <= MOST_MINUTES:
            raise PromiseOutOfRange(field=field)
    if done_minutes < answer_minutes:
        raise DoneBeforeAnswered(field="done_minutes")
    last = Promise.objects.filter(area=area, type=type).order_by("-starts_at").first()
    if last is not None and (last.answer_minutes, last.done_minutes) == (answer_minutes, done_minutes):
        raise PromisedAlready(field="answer_minutes", day=f"{last.starts_at:%Y-%m-%d}")
    promise = Promise.objects.create(
        area=area,
        type=type,
        answer_minutes=answer_minutes,
        done_minutes=done_minutes,
        starts_at=starts_at,
        decided_at=at,
        decided_by=by,
    )
    audit.record(
        verb="promise.made",
        by=by,
        at=at,
        subject=promise,
        area_code=area.code,
        data={
            "type": type.code if type else "",
            "answer_minutes": answer_minutes,
            "done_minutes": done_minutes,
        },
    )
    return promise
