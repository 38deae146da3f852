"""Help between areas: one side proposes, the other agrees. Then organizations and volunteers of the giving area are asked
for the call as if it were theirs."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import audit
from core.errors import DomainError
from notifications.actions import queue_messages
from organizations.actions.delegations import in_whose_place
from organizations.models import Delegation
from organizations.permissions import Mandate, mandate_of
from organizations.queries import authorities_acting
from tasks.actions.call_errors import PeopleOutOfRange, TaskNotOpen
from tasks.actions.reasons import need_reason
from tasks.actions.standstill import refuse_if_stopped
from tasks.models import Task, Transfer
from tasks.notices import governing as notices
from tasks.policies.modes import transfer_lasts
from tasks.queries.transfers import with_names

OPEN = (Task.Status.CALLED, Task.Status.ADOPTED)
Status = Transfer.Status


class NotOfEitherSide(DomainError):
    code = "not-of-either-side"
    text = _("Only officials of %(giver)s or of %(taker)s agree on help between them, and whom they asked to")


class HelpsItself(DomainError):
    code = "helps-itself"
    text = _("%(giver)s and the area of this call hold each other already. Choose an area elsewhere")


class TransferThere(DomainError):
    code = "transfer-there"
    text = _("Help from %(giver)s is proposed or agreed for this call already")


class OtherSideAnswers(DomainError):
    code = "other-side-answers"
    text = _("The other side answers: another authority than the one that proposed, and another person")


class TransferDecided(DomainError):
    code = "transfer-decided"
    text = _("This was decided before you did, by %(who)s: %(state)s")


@transaction.atomic
def propose_transfer(
    *, task: Task, giver: Area, people: int, by: User, at: datetime, words: str = ""
) -> Transfer:
    """Propose that an area helps with a call elsewhere. Whoever proposes gives the word of their own side.

    An official of both gives it for the nearer area, or for the one in need where one authority stands over both.
    """
    task = _locked_task(task)
    if task.status not in OPEN:
        raise TaskNotOpen
    refuse_if_stopped(task.area)
    if giver.contains(task.area) or task.area.contains(giver):
        raise HelpsItself(field="giver", giver=giver.full_name)
    if not 1 <= people <= task.people_needed:
        raise PeopleOutOfRange(field="people", most=task.people_needed)
    taker = taker_of(task.area, giver)
    giver_word = mandate_of(by, giver, Delegation.Kind.TRANSFER, at)
    taker_word = mandate_of(by, taker, Delegation.Kind.TRANSFER, at)
    word = _nearer(giver_word, taker_word)
    if word is None:
        raise NotOfEitherSide(giver=giver.full_name, taker=taker.full_name)
    transfer = Transfer(
        task=task,
        giver=giver,
        taker=taker,
        people=people,
        words=words.strip(),
        asked_at=at,
        asked_by=by,
        due_at=at + transfer_lasts(task.priority),
    )
    _give_word(transfer, "giver" if word is giver_word else "taker", word, by=by, at=at)
    try:
        with transaction.atomic():
            transfer.save(force_insert=True)
    except IntegrityError as error:
        if "one_live_transfer_a_task_and_area" not in str(error):
            raise
        raise TransferThere(field="giver", giver=giver.full_name) from error
    _note("transfer.proposed", transfer, by=by, at=at, mandate=word)
    asked = transfer.taker if transfer.giver_agreed_at else transfer.giver
    told = authorities_acting(asked).exclude(pk=word.authority.pk)[:1]
    queue_messages(notices=notices.transfer_proposed(transfer, told, at), at=at)
    return transfer


@transaction.atomic
def agree_transfer(*, transfer: Transfer, by: User, at: datetime) -> Transfer:
    """Give the word that is missing: from now on the giving area is asked for the call."""
    transfer, side, mandate = _answerable(transfer, by, at)
    if transfer.task.status not in OPEN:
        raise TaskNotOpen
    refuse_if_stopped(transfer.task.area)
    _give_word(transfer, side, mandate, by=by, at=at)
    transfer.status = Status.AGREED
    transfer.save()
    _note("transfer.agreed", transfer, by=by, at=at, mandate=mandate)
    queue_messages(
        notices=[*notices.transfer_answered(transfer), *notices.transfer_open(transfer)],
        at=at,
    )
    return transfer


@transaction.atomic
def decline_transfer(*, transfer: Transfer, by: User, at: datetime, reason: str) -> Transfer:
    """Say no, with the reason that the other side reads."""
    why = need_reason(reason)
    transfer, _side, mandate = _answerable(transfer, by, at)
    _end(transfer, Status.DECLINED, by=by, at=at, reason=why)
    _note("transfer.declined", transfer, by=by, at=at, mandate=mandate, reason=why)
    queue_messages(notices=notices.transfer_answered(transfer), at=at)
    return transfer


@transaction.atomic
def withdraw_transfer(*, transfer: Transfer, by: User, at: datetime) -> Transfer:
    """Take a proposal back before it was answered: whoever stands for the side that made it."""
    transfer = _open(transfer, Status.PROPOSED)
    own = transfer.giver if transfer.giver_agreed_at else transfer.taker
    mandate = mandate_of(by, own, Delegation.Kind.TRANSFER, at)
    if mandate is None:
        raise _not_yours(transfer)
    _end(transfer, Status.WITHDRAWN, by=by, at=at)
    _note("transfer.withdrawn", transfer, by=by, at=at, mandate=mandate)
    return transfer


@transaction.atomic
def end_transfer(*, transfer: Transfer, by: User, at: datetime, reason: str) -> Transfer:
    """End help that was agreed, from either side. Whoever has taken work on keeps it."""
    why = need_reason(reason)
    transfer = _open(transfer, Status.AGREED)
    mandate = _nearer(*(mandate_of(by, area, Delegation.Kind.TRANSFER, at) for area in _sides(transfer)))
    if mandate is None:
        raise _not_yours(transfer)
    _end(transfer, Status.ENDED, by=by, at=at, reason=why)
    _note("transfer.ended", transfer, by=by, at=at, mandate=mandate, reason=why)
    told = {
        person.pk: person
        for person in (transfer.giver_agreed_by, transfer.taker_agreed_by)
        if person is not None and person.pk != by.pk
    }
    queue_messages(notices=notices.transfer_over(transfer, told.values()), at=at)
    return transfer


def expire_transfers(*, at: datetime) -> int:
    """End proposals that nobody answered in time, and help for calls that are over; return how many."""
    over = Transfer.objects.filter(_over(at)).order_by("pk")
    return sum(_expire(pk, at) for pk in list(over.values_list("pk", flat=True)))


def _over(at: datetime) -> Q:
    """Nobody answered in time, or the call that is helped is over."""
    return Q(status=Status.PROPOSED, due_at__lte=at) | Q(status__in=(Status.PROPOSED, Status.AGREED)) & (
        ~Q(task__status__in=OPEN) | Q(task__ends_on__lt=localdate(at))
    )


def taker_of(area: Area, giver: Area) -> Area:
    """The side in need: the area of the call, or the one above it at the level of the giving area."""
    if area.level <= giver.level:
        return area
    return Area.objects.with_parents().get(code=area.path_codes[giver.level - 1])


@transaction.atomic
def _expire(pk: int, at: datetime) -> bool:
    # Asked again under the lock: somebody may have agreed in this moment.
    rows = Transfer.objects.filter(_over(at), pk=pk).select_for_update(of=("self",))
    transfer = with_names(rows).first()
    if transfer is None:
        return False
    _end(transfer, Status.ENDED, by=None, at=at)
    _note("transfer.expired", transfer, by=None, at=at)
    return True


def _answerable(transfer: Transfer, by: User, at: datetime) -> tuple[Transfer, str, Mandate]:
    """The proposal, locked, the side whose word is missing, and by what somebody gives it."""
    transfer = _open(transfer, Status.PROPOSED)
    side, asked = ("taker", transfer.taker) if transfer.giver_agreed_at else ("giver", transfer.giver)
    mandate = mandate_of(by, asked, Delegation.Kind.TRANSFER, at)
    if mandate is None:
        raise _not_yours(transfer)
    given = transfer.giver_agreed_for_id or transfer.taker_agreed_for_id
    if mandate.authority.pk == given or by.pk == transfer.asked_by_id:
        raise OtherSideAnswers
    return transfer, side, mandate


def _nearer(giver: Mandate | None, taker: Mandate | None) -> Mandate | None:
    """Of two mandates the one of the nearer authority; on a tie that of the area in need."""
    if giver is None or taker is None:
        return taker or giver
    return giver if giver.authority.home_area.level > taker.authority.home_area.level else taker


def _give_word(transfer: Transfer, side: str, mandate: Mandate, *, by: User, at: datetime) -> None:
    setattr(transfer, f"{side}_agreed_at", at)
    setattr(transfer, f"{side}_agreed_by", by)
    setattr(transfer, f"{side}_agreed_for", mandate.authority)


def _end(transfer: Transfer, status: str, *, by: User | None, at: datetime, reason: str = "") -> None:
    transfer.status, transfer.reason = status, reason
    transfer.ended_at, transfer.ended_by = at, by
    transfer.save(update_fields=["status", "reason", "ended_at", "ended_by"])


def _open(transfer: Transfer, status: str) -> Transfer:
    """The transfer as it is now, its call locked first; TransferDecided where it is not in that state any more."""
    _locked_task(transfer.task)
    transfer = (
        with_names(Transfer.objects.filter(pk=transfer.pk)).select_for_update(of=("self",), no_key=True).get()
    )
    if transfer.status != status:
        person = transfer.ended_by or (
            transfer.giver_agreed_by
            if transfer.asked_by_id == transfer.taker_agreed_by_id
            else transfer.taker_agreed_by
        )
        raise TransferDecided(
            who=person.name if person else _("its deadline"), state=transfer.get_status_display()
        )
    return transfer


def _sides(transfer: Transfer) -> tuple[Area, Area]:
    return transfer.giver, transfer.taker


def _not_yours(transfer: Transfer) -> NotOfEitherSide:
    return NotOfEitherSide(giver=transfer.giver.full_name, taker=transfer.taker.full_name)


def _locked_task(task: Task) -> Task:
    return (
        Task.objects.select_for_update(of=("self",), no_key=True)
        .select_related("area__parent__parent", "issuer__home_area", "type")
        .get(pk=task.pk)
    )


def _note(
    verb: str,
    transfer: Transfer,
    *,
    by: User | None,
    at: datetime,
    mandate: Mandate | None = None,
    reason: str = "",
) -> None:
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=transfer,
        area_code=transfer.taker.code,
        reason=reason,
        data={
            "task": transfer.task.code,
            "giver": transfer.giver.code,
            "people": transfer.people,
            **in_whose_place(mandate),
        },
    )
