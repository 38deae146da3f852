"""Making residents' requests part of a piece of work, taking them out of it, and saying that they are done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from organizations.models import Organization
from residents.actions.moving import first_answer, locked, move, refusal
from residents.actions.telling import note, tell_seats
from residents.actions.triage import write_down
from residents.models import HelpRequest
from residents.policies import ALLOWED, Verb
from residents.queries.drafts import first_shift, is_kept_quiet
from tasks.actions.calls import issue_call
from tasks.actions.reasons import need_reason
from tasks.actions.shifts import OPEN_TASKS, post_shift
from tasks.actions.standstill import refuse_if_stopped
from tasks.models import Adoption, Shift, Task

# More at once are no longer looked at one by one.
MOST = 50


class NothingToPlace(DomainError):
    code = "nothing-to-place"
    text = _("Choose 1 to %(most)d requests")


class NotOurShift(DomainError):
    code = "not-our-shift"
    text = _(
        "This shift is over, called off, or another organization's. Choose one of your own that is ahead"
    )


@transaction.atomic
def place(
    *,
    requests: Sequence[HelpRequest],
    organization: Organization,
    by: User,
    at: datetime,
    shift: Shift | None = None,
    values: dict[str, Any] | None = None,
    first_shift: dict[str, Any] | None = None,
) -> Task:
    """Make requests part of work of the organization that looks at them.

    Either `shift`, one of its own that is ahead: whoever holds a seat in it is told, and reads there whom to ask for.
    Or `values` of a new call as `issue_call` takes them, and `first_shift` as `post_shift` takes it; no shift is posted
    while the call is not taken on, as where it waits for approval first or belongs to an authority. All or nothing.
    What the requests say is copied nowhere. Where the call waits for approval, whoever asked is told once it is public.
    """
    if (shift is None) == (values is None):
        raise TypeError("place takes either a shift or the values of a new call")
    if not 1 <= len(requests) <= MOST:
        raise NothingToPlace(most=MOST)
    rows = locked(list(requests))
    for row, seen in zip(rows, sorted(requests, key=lambda each: each.pk), strict=True):
        if row.status not in ALLOWED[Verb.PLACED] or row.organization_id != organization.pk:
            raise refusal(seen)
    if shift is not None:
        task = shift.task
        _check_shift(shift, organization, at)
    else:
        task = issue_call(issuer=organization, by=by, at=at, values=dict(values or {}))
        shift = _first_shift(task, organization, first_shift, by=by, at=at)
    for row in rows:
        move(
            row,
            Verb.PLACED,
            status=HelpRequest.Status.PLACED,
            task=task,
            shift=shift,
            placed_at=at,
            answered_at=first_answer(at),
        )
        write_down(row, Verb.PLACED, by, at, {"task": task.code})
        # Nothing is planned before the call is public; `follow` says it then.
        if task.status != Task.Status.DRAFT:
            note(request=row, verb=Verb.PLACED, at=at, by=by, organization=organization)
    if shift is not None:
        tell_seats(requests=rows, shift=shift, verb=Verb.PLACED, at=at)
    return task


@transaction.atomic
def take_out(*, request: HelpRequest, by: User | None, at: datetime, words: str = "") -> HelpRequest:
    """Take a request out of its work: it is looked for somebody again. A person says why."""
    why = need_reason(words) if by is not None else words
    shift, is_quiet = request.shift, is_kept_quiet(request)
    move(request, Verb.TAKEN_OUT, status=HelpRequest.Status.VERIFIED, task=None, shift=None, placed_at=None)
    write_down(request, Verb.TAKEN_OUT, by, at)
    # Whoever was never told of a plan is not told that it was called off.
    if not is_quiet:
        note(request=request, verb=Verb.TAKEN_OUT, at=at, by=by, organization=request.organization, words=why)
    if shift is not None:
        tell_seats(requests=[request], shift=shift, verb=Verb.TAKEN_OUT, at=at)
    return request


@transaction.atomic
def say_planned(*, request: HelpRequest, at: datetime) -> None:
    """The draft that the request was made part of is public: whoever asked is told that help is planned."""
    (row,) = locked([request])
    if row.status != HelpRequest.Status.PLACED or not is_kept_quiet(row):
        raise refusal(request)
    note(request=row, verb=Verb.PLACED, at=at, organization=row.organization)


@transaction.atomic
def name_shift(*, request: HelpRequest, at: datetime) -> None:
    """Name the first shift of what was a draft when the request became part of it: its people read whom to ask for."""
    shift = first_shift(request, at)
    unnamed = HelpRequest.objects.filter(pk=request.pk, status=HelpRequest.Status.PLACED, shift=None)
    if shift is None or not unnamed.filter(task=shift.task_id).update(shift=shift):
        raise refusal(request)
    tell_seats(requests=[request], shift=shift, verb=Verb.PLACED, at=at)


@transaction.atomic
def mark_served(*, request: HelpRequest, by: User | None, at: datetime, words: str = "") -> HelpRequest:
    """Say that help was brought, by its work or without any; whoever asked is asked whether it was."""
    move(request, Verb.SERVED, status=HelpRequest.Status.SERVED, served_at=at)
    write_down(request, Verb.SERVED, by, at)
    note(
        request=request,
        verb=Verb.SERVED,
        at=at,
        by=by,
        organization=request.organization,
        words=words.strip(),
    )
    return request


def _check_shift(shift: Shift, organization: Organization, at: datetime) -> None:
    # As it is now, kept from being called off until the end of the transaction.
    shift = Shift.objects.select_for_update(no_key=True, of=("self",)).select_related("area").get(pk=shift.pk)
    is_over = shift.ends_at is not None and shift.ends_at <= at
    if shift.organization_id != organization.pk or shift.status != Shift.Status.OPEN or is_over:
        raise NotOurShift(field="shift")
    refuse_if_stopped(shift.area)


def _first_shift(
    task: Task, organization: Organization, wanted: dict[str, Any] | None, *, by: User, at: datetime
) -> Shift | None:
    if wanted is None or task.status not in OPEN_TASKS:
        return None
    if not Adoption.objects.live().filter(task=task, organization=organization).exists():
        return None
    return post_shift(task=task, organization=organization, by=by, at=at, **wanted)
