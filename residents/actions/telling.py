"""Writing down what happened to a request, and telling whoever it concerns."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from core import access_log, clock
from core.models import AccessRecord
from notifications.actions import queue_messages
from notifications.notices import Notice
from organizations.models import Organization
from organizations.queries import leaders_of
from residents import notices
from residents.models import HelpRequest, RequestEvent, RequestLook
from residents.policies import Verb
from tasks.models import Assignment, Shift, Task

# What whoever asked is told of, by the kind of message; the other events they read on their page.
TOLD: dict[Verb, str] = {
    Verb.VERIFIED: "help_verified",
    Verb.PLACED: "help_placed",
    Verb.SERVED: "help_served",
    Verb.DECLINED: "help_declined",
    Verb.MERGED: "help_merged",
    Verb.UNMERGED: "help_news",
    Verb.SPLIT: "help_news",
    Verb.PASSED_ON: "help_news",
    Verb.TAKEN_OUT: "help_news",
    Verb.ENDED: "help_news",
}
# Of what became of the request that theirs was laid together with, they are told as of their own.
SHARED = frozenset({Verb.PLACED, Verb.SERVED, Verb.DECLINED, Verb.TAKEN_OUT})
# What whoever looks at requests is told of.
TOLD_TO_DESK = frozenset(
    {Verb.ASKED, Verb.PASSED_ON, Verb.NOT_DONE, Verb.WITHDRAWN, Verb.WORDS_ADDED, Verb.CONFIRMED}
)
# Of these also by text message or e-mail, at most once an hour.
OUTSIDE = frozenset({Verb.ASKED, Verb.PASSED_ON, Verb.NOT_DONE})
# A page that is loaded again within this time is one look.
ONE_LOOK = timedelta(hours=1)


@transaction.atomic
def note(
    *,
    request: HelpRequest,
    verb: Verb | str,
    at: datetime,
    by: User | None = None,
    organization: Organization | None = None,
    words: str = "",
) -> RequestEvent:
    """Write the event, and queue what whoever asked and whoever looks at requests are told of it; where it was taken
    back, also whoever was on the way.

    `organization` is the one in whose name it happened; where it is none, whoever asked did it. `words` are read by
    whoever asked: no names or contacts of others belong into them.
    """
    verb = Verb(verb)
    event = RequestEvent.objects.create(
        request=request, verb=verb, at=at, by=by, organization=organization, words=words
    )
    queue_messages(notices=[*_to_whoever_asked(event, verb), *_to_desk(event, verb)], at=at)
    if verb is Verb.WITHDRAWN and request.shift is not None:
        tell_seats(requests=[request], shift=request.shift, verb=verb, at=at)
    return event


def tell_seats(*, requests: Sequence[HelpRequest], shift: Shift, verb: Verb, at: datetime) -> None:
    """Tell whoever holds a seat in the shift that there is somebody more to help, or somebody less; nobody once it is
    over. The message says neither who nor where: that stands on the page of the seat."""
    if shift.ends_at is not None and shift.ends_at <= at:
        return
    seats = Assignment.objects.live().filter(shift=shift).select_related("volunteer__user").order_by("pk")
    asked_by = {request.asked_by_id for request in requests}
    told = [
        notices.to_seat(seat, shift, verb, len(requests), at)
        for seat in seats
        if len(requests) > 1 or seat.volunteer.user_id not in asked_by
    ]
    queue_messages(notices=told, at=at)


def _to_whoever_asked(event: RequestEvent, verb: Verb) -> list[Notice]:
    kind = TOLD.get(verb)
    if kind is None:
        return []
    others = list(event.request.merged.all()) if verb in SHARED else []
    return [
        notice
        for request in (event.request, *others)
        if (notice := notices.news(kind, request, event)) is not None
    ]


def _to_desk(event: RequestEvent, verb: Verb) -> list[Notice]:
    desk = event.request.organization
    if desk is None or verb not in TOLD_TO_DESK:
        return []
    leaders = list(leaders_of([desk]))
    told = [notices.to_desk(event, desk, leader) for leader in leaders]
    if verb in OUTSIDE:
        told += [notices.call_to_desk(event, desk, leader) for leader in leaders]
    return told


def looked(*, request: HelpRequest, by: User, at: datetime, organization: Organization | None) -> None:
    """Somebody read the contact and the address in the name of the organization that looks at the request."""
    looked_each(requests=[request], by=by, at=at, organization=organization)


def looked_each(
    *,
    requests: Sequence[HelpRequest],
    by: User,
    at: datetime,
    organization: Organization | None = None,
    task: Task | None = None,
) -> None:
    """Write down who read the contact and the address: whoever asked sees it on the page of the request, and whoever
    has an account also with the other looks at their details.

    A page that reads may call it: within an hour the same look adds nothing. Three statements at most. `organization`
    is in whose name; `task` the work that brings help, where a volunteer with a seat read it.
    """
    since = at - clock.of_machine(ONE_LOOK)
    seen = set(
        RequestLook.objects.filter(request__in=requests, by=by, at__gt=since).values_list(
            "request_id", flat=True
        )
    )
    new = [request for request in requests if request.pk not in seen and request.asked_by_id != by.pk]
    if not new:
        return
    RequestLook.objects.bulk_create(
        RequestLook(request=request, by=by, at=at, organization=organization) for request in new
    )
    access_log.record_once(
        person_ids=[request.asked_by_id for request in new if request.asked_by_id],
        by=by,
        label=organization.name if organization else "",
        at=at,
        since=since,
        purpose=AccessRecord.Purpose.HELP,
        what=AccessRecord.What.ADDRESS,
        about=task.titles if task else notices.kind_words(new[0]),
    )
