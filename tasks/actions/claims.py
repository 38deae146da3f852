"""Work without a fixed time that somebody took on: they say that they are on it, or it goes on to the next."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, faults
from core.errors import DomainError
from notifications.actions import queue_messages
from tasks.actions.seats import NotHolding, end_seat
from tasks.models import Assignment, CheckIn, ShiftRole
from tasks.notices import claims as notices
from tasks.queries.claims import claims_to_remind, claims_waiting

BATCH = 200
# The message is read in the volunteer's language, the record in that of the machine.
NOT_BEGUN = {
    "zh": "到时间还没有说已经在做，名额转给下一位。",
    "en": "Nobody said in time that the work has begun, so it went on to the next.",
}


class NothingToBegin(DomainError):
    code = "nothing-to-begin"
    text = _("This work has a fixed time: check in when you arrive")


class AlreadyBegun(DomainError):
    code = "already-begun"
    text = _("You said already that you are on it")


class ClaimLapsed(DomainError):
    code = "claim-lapsed"
    text = _(
        "The time to begin was over, so this work went on to the next. Take it on again while a seat is free"
    )


@transaction.atomic
def begin_work(*, assignment: Assignment, by: User, at: datetime) -> Assignment:
    """The volunteer, or whoever acts for them, says that they are on it: from now on the seat stays theirs."""
    waiting = Assignment.objects.live().filter(pk=assignment.pk, begin_by__isnull=False, begun_at=None)
    if not waiting.update(begun_at=at):
        assignment.refresh_from_db()
        raise _why_not(assignment)
    assignment.begun_at = at
    audit.record(
        verb="seat.begun",
        by=by,
        at=at,
        subject=assignment,
        area_code=assignment.shift.area.code,
        data={"shift": assignment.shift.code},
    )
    return assignment


def _why_not(assignment: Assignment) -> DomainError:
    if assignment.status == Assignment.Status.LAPSED:
        return ClaimLapsed()
    if assignment.status != Assignment.Status.ACTIVE:
        return NotHolding()
    return AlreadyBegun() if assignment.begun_at else NothingToBegin()


def remind_claims(*, at: datetime) -> int:
    """Ask those who have not begun at half of their time, each once; return how many."""
    count = 0
    while True:
        with transaction.atomic():
            seats = list(_with_people(claims_to_remind(at).order_by("pk"))[:BATCH])
            queue_messages(notices=[notices.claim_reminder(seat) for seat in seats], at=at)
        faults.point("after-claim-reminders")
        count += len(seats)
        if len(seats) < BATCH:
            return count


def lapse_claims(*, at: datetime) -> int:
    """End the claims whose time is over: the seat goes to the next, the holder is told why. Return how many.

    Each commits by itself. Whoever has checked in has begun.
    """
    arrived = CheckIn.objects.valid().filter(assignment=OuterRef("pk"), kind=CheckIn.Kind.IN)
    over = claims_waiting(at).filter(begin_by__lte=at)
    here = list(over.filter(Exists(arrived)).values_list("pk", flat=True))
    Assignment.objects.filter(pk__in=here).update(begun_at=Subquery(arrived.values("at")[:1]))
    claims = over.order_by("begin_by", "pk").values_list("pk", "role_id")
    return sum(_lapse(pk, role_id, at) for pk, role_id in list(claims))


@transaction.atomic
def _lapse(pk: int, role_id: int, at: datetime) -> bool:
    # The role first, as everywhere; whoever says at this moment that they are on it is found by the second look.
    ShiftRole.objects.select_for_update(no_key=True).get(pk=role_id)
    rows = Assignment.objects.live().filter(pk=pk, begun_at=None, begin_by__lte=at)
    found = _with_people(rows.select_for_update(of=("self",), no_key=True)).first()
    if found is None:
        return False
    why = NOT_BEGUN["en" if (get_language() or "").startswith("en") else "zh"]
    end_seat(found, status=Assignment.Status.LAPSED, by=None, at=at, reason=why, verb="seat.lapsed")
    faults.point("after-lapse")
    queue_messages(notices=[notices.claim_lapsed(found)], at=at)
    return True


def _with_people(seats: QuerySet[Assignment]) -> QuerySet[Assignment]:
    return seats.select_related(
        "volunteer__user", "shift__task", "shift__organization", "shift__area__parent__parent"
    )
