"""What becomes of requests by itself: their work is done or called off, a promise is over, nobody says anything."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core import faults
from core.errors import DomainError
from notifications.actions import queue_messages
from organizations.models import Organization
from organizations.queries import authorities_over, leaders_of
from residents import notices
from residents.actions.merging import unmerge
from residents.actions.moving import move, refusal
from residents.actions.placing import mark_served, name_shift, say_planned, take_out
from residents.actions.telling import note
from residents.actions.triage import write_down
from residents.models import HelpRequest
from residents.policies import Verb
from residents.queries.drafts import of_drafts_made_public, of_returned_drafts, of_shifts_to_name
from residents.queries.progress import (
    after_delegations,
    late_and_untold,
    left_alone,
    of_cancelled_work,
    of_closed_work,
    of_served_shifts,
    unconfirmed,
)
from residents.queries.routing import who_looks_at

# Of each kind in one run; what is left comes with the next, a few minutes later.
AT_ONCE = 500
# What a request must still have in common with what was read of it many transactions ago.
AS_READ = ("status", "organization_id", "task_id", "shift_id", "merged_into_id", "served_at")


def follow(*, at: datetime) -> int:
    """Bring every request to where its work is, and say how many moved.

    A placed one is served when its shift was served or its work was closed, and looked for somebody again when
    either was called off. One that is later than promised goes to the authority above, once. A served one of which
    nobody says anything ends after `UNCONFIRMED_DAYS`. One laid to another that was taken back stands by itself
    again. A new one that lies with an organization whose delegation is over goes to whoever looks there now. Each is a
    transaction of its own, so that a run that is cut off is taken up by the next.
    """
    steps: tuple[tuple[QuerySet[HelpRequest], Callable[[HelpRequest, datetime], object]], ...] = (
        (of_cancelled_work(), _taken_out),
        (of_returned_drafts(), _taken_out),
        (of_drafts_made_public(), _planned),
        (of_shifts_to_name(at), _named),
        (of_closed_work(), _served),
        (of_served_shifts(at), _served),
        (unconfirmed(at), end_unconfirmed),
        (left_alone(at), _alone_again),
    )
    moved = sum(_each(found[:AT_ONCE], step, at) for found, step in steps)
    moved += _each(_to_be_brought_home(at)[:AT_ONCE], _brought_home, at)
    return moved + escalate(at=at)


def _each(found: Iterable[HelpRequest], step: Callable[[HelpRequest, datetime], object], at: datetime) -> int:
    moved = 0
    for request in list(found):
        try:
            with transaction.atomic():
                _need_as_read(request)
                step(request, at)
        except DomainError:
            # Somebody was faster and decided about it: what they said stands.
            continue
        moved += 1
        faults.point("residents.follow.between")
    return moved


def _need_as_read(request: HelpRequest) -> None:
    """Keep the request from others until the end of the transaction; raises where it moved since it was read.

    Nobody looks at what the job decides: what was moved to another work meanwhile must not be served by the first.
    """
    now = HelpRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    if any(getattr(now, name) != getattr(request, name) for name in AS_READ):
        raise refusal(request)


def _served(request: HelpRequest, at: datetime) -> None:
    mark_served(request=request, by=None, at=at)


def _taken_out(request: HelpRequest, at: datetime) -> None:
    take_out(request=request, by=None, at=at)


def _planned(request: HelpRequest, at: datetime) -> None:
    say_planned(request=request, at=at)


def _named(request: HelpRequest, at: datetime) -> None:
    name_shift(request=request, at=at)


def _alone_again(request: HelpRequest, at: datetime) -> None:
    unmerge(request=request, by=None, at=at)


def _to_be_brought_home(at: datetime) -> list[HelpRequest]:
    """Those that somebody else looks at by now; whoever opened a desk meanwhile, or was asked anew, keeps theirs."""
    looks: dict[int, Organization | None] = {}
    found = []
    for request in after_delegations(at):
        if request.area_id not in looks:
            looks[request.area_id] = who_looks_at(request.area, at)
        now = looks[request.area_id]
        if now is not None and now.pk != request.organization_id:
            found.append(request)
    return found


def _brought_home(request: HelpRequest, at: datetime) -> None:
    giver, organization = request.organization, who_looks_at(request.area, at)
    if giver is None or organization is None:
        raise refusal(request)
    move(request, Verb.PASSED_ON, organization=organization)
    write_down(request, Verb.PASSED_ON, None, at, {"from": giver.code, "to": organization.code})
    note(request=request, verb=Verb.PASSED_ON, at=at, organization=organization)


@transaction.atomic
def end_unconfirmed(request: HelpRequest, at: datetime) -> HelpRequest:
    """End a served request of which nobody said anything: without the moment of a word that nobody gave."""
    move(request, Verb.ENDED, status=HelpRequest.Status.CONFIRMED, ended_at=at)
    write_down(request, Verb.ENDED, None, at)
    note(request=request, verb=Verb.ENDED, at=at, organization=request.organization)
    return request


@transaction.atomic
def escalate(*, at: datetime) -> int:
    """Bring what is late before the authority above, each request once; its officials get one message for all."""
    rows = list(late_and_untold(at).select_for_update(of=("self",), no_key=True, skip_locked=True)[:AT_ONCE])
    above: dict[tuple[int, int | None], Organization | None] = {}
    late: dict[Organization, list[HelpRequest]] = defaultdict(list)
    for request in rows:
        place = (request.area_id, request.organization_id)
        if place not in above:
            above[place] = authority_above(request)
        authority = above[place]
        HelpRequest.objects.filter(pk=request.pk).update(escalated_at=at)
        write_down(request, Verb.LATE, None, at, {"authority": authority.code if authority else ""})
        note(request=request, verb=Verb.LATE, at=at, organization=authority or request.organization)
        if authority is not None:
            late[authority].append(request)
    for authority, requests in late.items():
        queue_messages(
            notices=notices.requests_late(authority, requests, leaders_of([authority]), at=at), at=at
        )
    return len(rows)


def authority_above(request: HelpRequest) -> Organization | None:
    """The nearest authority over the request's place, apart from the one that looks at it itself."""
    return next(
        (found for found in authorities_over(request.area) if found.pk != request.organization_id), None
    )
