"""Requests that are one, and one that is several."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from residents.actions.asking import is_long_over
from residents.actions.moving import first_answer, locked, move, refusal
from residents.actions.telling import note
from residents.actions.triage import NobodyToHelp, write_down
from residents.models import HelpRequest, RequestEvent
from residents.policies import ALLOWED, KEEPS_OTHERS, Verb
from residents.queries.promises import promise_of
from tasks.models import TaskType

PARTS_LEAST, PARTS_MOST = 2, 6
# What the request that stays can take over from those that are laid to it.
TAKEN_OVER = ("people", "wanted_on", "place")


class SameRequest(DomainError):
    code = "same-request"
    text = _("A request cannot be the same as itself. Choose another one")


class PartsOutOfRange(DomainError):
    code = "parts-out-of-range"
    text = _("Write %(least)d to %(most)d parts")


class WordsDeleted(DomainError):
    code = "words-deleted"
    text = _("This ended long ago, and what was asked is deleted. It can no longer go on by itself")


@dataclass(frozen=True)
class Part:
    """One of the requests that a request is split into."""

    type: TaskType
    people: int
    words: str
    wanted_on: date | None = None


@transaction.atomic
def merge(
    *,
    requests: Sequence[HelpRequest],
    into: HelpRequest,
    by: User,
    at: datetime,
    words: str = "",
    take: Collection[str] = (),
) -> HelpRequest:
    """Lay requests to the one that stays. Whoever asked follows that one from then on; `unmerge` undoes it.

    What was laid to one of them goes on to the same one, so that no request follows one that follows another.
    `take` are names of TAKEN_OVER: the larger number of people, the earlier day, and a place where it has none.
    Contact and address stay where they are, so that nobody reads them on somebody else's request.
    """
    if any(request.pk == into.pk for request in requests):
        raise SameRequest(field="into")
    rows = {row.pk: row for row in locked([*requests, into])}
    kept = rows.pop(into.pk)
    if kept.status not in KEEPS_OTHERS or kept.organization_id != into.organization_id:
        raise refusal(into)
    for seen in requests:
        row = rows[seen.pk]
        if row.status not in ALLOWED[Verb.MERGED] or row.organization_id != seen.organization_id:
            raise refusal(seen)
        move(
            row,
            Verb.MERGED,
            status=HelpRequest.Status.MERGED,
            merged_into=kept,
            answered_at=first_answer(at),
            ended_at=at,
        )
        write_down(row, Verb.MERGED, by, at, {"into": kept.ref})
        note(request=row, verb=Verb.MERGED, at=at, by=by, organization=row.organization, words=words.strip())
    # Nothing is laid to a row that is locked: what lies there now is all that has to go on with it.
    HelpRequest.objects.filter(merged_into__in=rows.values()).update(merged_into=kept)
    _take_over(kept, list(rows.values()), take)
    return kept


@transaction.atomic
def unmerge(*, request: HelpRequest, by: User | None, at: datetime, words: str = "") -> HelpRequest:
    """Make it a request of its own again: as new where being merged was the first thing that happened to it.

    What the other request took over stays there, and can be corrected. Not possible once its words are deleted, or
    so long after the end that they are about to be.
    """
    (row,) = locked([request])
    if row.status not in ALLOWED[Verb.UNMERGED]:
        raise refusal(request)
    if not row.words or is_long_over(row, at):
        raise WordsDeleted
    is_new = row.answered_at == row.ended_at
    move(
        row,
        Verb.UNMERGED,
        status=HelpRequest.Status.NEW if is_new else HelpRequest.Status.VERIFIED,
        merged_into=None,
        answered_at=None if is_new else row.answered_at,
        confirmed_at=None,
        ended_at=None,
    )
    write_down(row, Verb.UNMERGED, by, at)
    note(request=row, verb=Verb.UNMERGED, at=at, by=by, organization=row.organization, words=words.strip())
    return row


@transaction.atomic
def split(*, request: HelpRequest, parts: Sequence[Part], by: User, at: datetime) -> list[HelpRequest]:
    """Make several requests of one: the first part is the request itself, the others are new and follow it.

    Each has its own kind, people and day, and counts as checked; contact, address and the day on which it was asked
    are the same. Whoever asked finds them all by the one code.
    """
    if not PARTS_LEAST <= len(parts) <= PARTS_MOST:
        raise PartsOutOfRange(least=PARTS_LEAST, most=PARTS_MOST)
    if any(part.people < 1 for part in parts):
        raise NobodyToHelp(field="people")
    first, *others = parts
    promised = request.done_due_at
    move(
        request,
        Verb.SPLIT,
        status=HelpRequest.Status.VERIFIED,
        answered_at=first_answer(at),
        **_of_part(request, first, promised),
    )
    made = [request, *(_another(request, part, promised) for part in others)]
    write_down(request, Verb.SPLIT, by, at, {"parts": [part.ref for part in made[1:]]})
    note(request=request, verb=Verb.SPLIT, at=at, by=by, organization=request.organization)
    # No message for each part: the one about the request leads to them all.
    RequestEvent.objects.bulk_create(
        RequestEvent(request=part, at=at, by=by, organization=request.organization, verb=Verb.SPLIT)
        for part in made[1:]
    )
    return made


def _of_part(request: HelpRequest, part: Part, promised: datetime | None) -> dict[str, object]:
    due = request.asked_at + timedelta(minutes=promise_of(request.area, part.type, request.asked_at)[1])
    return {
        "type": part.type,
        "people": part.people,
        "wanted_on": part.wanted_on,
        "words": part.words.strip() or request.words,
        "done_due_at": min(due, promised or due),
    }


_COPIED = (
    "channel",
    "point_id",
    "area_id",
    "county_id",
    "language",
    "place",
    "address",
    "name",
    "phone",
    "phone_confirmed_at",
    "status",
    "organization_id",
    "asked_at",
    "asked_by_id",
    "entered_by_id",
    "answer_due_at",
    "answered_at",
)


def _another(request: HelpRequest, part: Part, promised: datetime | None) -> HelpRequest:
    values = {name: getattr(request, name) for name in _COPIED}
    return HelpRequest.objects.create(split_from=request, **values, **_of_part(request, part, promised))


def _take_over(kept: HelpRequest, others: Sequence[HelpRequest], take: Collection[str]) -> None:
    """Write what the request that stays takes over; what is no gain is left as it is."""
    changes: dict[str, object] = {}
    if "people" in take:
        changes["people"] = max(kept.people, *(other.people for other in others))
    days = [day for day in (kept.wanted_on, *(other.wanted_on for other in others)) if day is not None]
    if "wanted_on" in take and days:
        changes["wanted_on"] = min(days)
    places = [other.place for other in others if other.place]
    if "place" in take and places and not kept.place:
        changes["place"] = places[0]
    for name, value in changes.items():
        setattr(kept, name, value)
    if changes:
        kept.save(update_fields=list(changes))
