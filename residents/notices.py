"""What whoever asked for help is told, and what whoever looks at requests is told: one kind a message."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from notifications.notices import Kind, Notice
from organizations.models import Organization
from residents.models import HelpRequest, RequestEvent
from tasks.models import Assignment, Shift

# News of a request that is older is on its page, and no longer worth a text message.
USEFUL = timedelta(days=3)
_ABOUT = {
    "help": {"zh": "买药、取药，或去办一件事", "en": "Medicine fetched, or an errand run"},
    "code": "7KQ3MWXA7KQ3",
    "url": "/help/7KQ3MWXA7KQ3/",
    "organization": {"zh": "运河邻里互助会", "en": "Canalside Mutual Aid"},
    "answer_by": "2020-02-07T10:00:00Z",
}
_OF_WORK = {
    **_ABOUT,
    "work": {"zh": "代买药品", "en": "Medicine runs"},
    "starts_at": "2020-02-06T10:00:00Z",
    "ends_at": "2020-02-06T12:00:00Z",
}
_DESK = {
    **_ABOUT,
    "what": "asked",
    "area": {"zh": "拱墅区", "en": "Gongshu District"},
    "url": "/org/7KQ3MWXA/residents/",
}
_SEAT = {
    "verb": "placed",
    "count": 2,
    "title": {"zh": "代买药品", "en": "Medicine runs"},
    "starts_at": "2020-02-06T10:00:00Z",
    "ends_at": "2020-02-06T12:00:00Z",
    "url": "/me/seats/8KQ34MWX7204/",
}
KINDS = (
    Kind("help_asked", _ABOUT),
    # The same with six digits, for a telephone of which nobody knows yet whose it is.
    Kind("help_code", {**_ABOUT, "secret": "314159"}),
    Kind("help_verified", _ABOUT),
    Kind("help_placed", _OF_WORK),
    Kind("help_served", _ABOUT),
    Kind("help_declined", {**_ABOUT, "words": "我们没有能修电梯的人，请打物业电话。"}),
    Kind("help_merged", _ABOUT),
    Kind("help_news", {**_ABOUT, "what": "passed-on"}),
    Kind("help_seat", _SEAT),
    Kind("help_waiting", _DESK),
    Kind("help_waiting_call", _DESK),
    Kind(
        "help_late",
        {
            "count": 3,
            "area": {"zh": "拱墅区", "en": "Gongshu District"},
            "oldest": "2020-02-05T10:00:00Z",
            "url": "/area/330105/requests/?state=late",
        },
    ),
)


def kind_words(request: HelpRequest) -> dict[str, str]:
    """The kind of help by language, as residents say it."""
    kind = request.type
    return {"zh": kind.asked_zh or kind.name_zh, "en": kind.asked_en or kind.name_en}


def asked(request: HelpRequest, *, digits: str = "") -> Notice | None:
    """To whoever asked: it is written down, under which code, and until when somebody answers."""
    if digits:
        return _to_asker("help_code", request, f"help:{request.ref}:code:{digits}", {"secret": digits})
    return _to_asker("help_asked", request, f"help:{request.ref}:asked", {})


def news(kind: str, request: HelpRequest, event: RequestEvent) -> Notice | None:
    """To whoever asked, of what happened: to their own request, or to the one that it was laid together with."""
    more: dict[str, Any] = {}
    if kind == "help_placed":
        more = _work(event.request)
    elif kind == "help_declined":
        more = {"words": event.words}
    elif kind == "help_news":
        more = {"what": event.verb}
    return _to_asker(kind, request, f"help:{request.ref}:{event.pk}", more, event)


def _work(request: HelpRequest) -> dict[str, Any]:
    task, shift = request.task, request.shift
    return {
        "work": task.titles if task else "",
        "starts_at": shift.starts_at if shift else None,
        "ends_at": shift.ends_at if shift else None,
    }


def _to_asker(
    kind: str, request: HelpRequest, event: str, more: dict[str, Any], about: RequestEvent | None = None
) -> Notice | None:
    """None where no contact was left."""
    person = request.asked_by
    own = person is not None and request.phone in ("", person.phone)
    if person is None and not request.phone:
        return None
    at = about.at if about else request.asked_at
    return Notice(
        kind=kind,
        event=event,
        recipient=person,
        context={**_about(request), "url": f"/help/{request.code}/", "code": request.code, **more},
        address=None if own else ("sms", request.phone),
        language=request.language,
        useful_until=at + USEFUL,
        inbox=person is not None,
    )


def to_seat(seat: Assignment, shift: Shift, verb: str, count: int, at: datetime) -> Notice:
    """To the holder of a seat: that `count` more are helped there, or that somebody there waits no more."""
    return Notice(
        kind="help_seat",
        event=f"help-seat:{seat.code}:{verb}:{at:%Y%m%d%H%M%S%f}",
        recipient=seat.volunteer.user,
        context={
            "verb": str(verb),
            "count": count,
            "title": shift.task.titles,
            "starts_at": shift.starts_at,
            "ends_at": shift.ends_at,
            "url": f"/me/seats/{seat.code}/",
        },
        useful_until=shift.ends_at or at + USEFUL,
    )


def to_desk(event: RequestEvent, desk: Organization, leader: User) -> Notice:
    """To somebody who leads the organization that looks at requests, in the app."""
    context = _of_desk(event, desk)
    return Notice("help_waiting", f"help-desk:{event.pk}", leader, context=context, outside=False)


def call_to_desk(event: RequestEvent, desk: Organization, leader: User) -> Notice:
    """The same by text message or e-mail: the event is the hour, so that a rush makes one message."""
    return Notice(
        "help_waiting_call",
        f"help-desk:{desk.pk}:{event.at:%Y%m%d%H}",
        leader,
        context=_of_desk(event, desk),
        useful_until=event.at + USEFUL,
        inbox=False,
    )


def _of_desk(event: RequestEvent, desk: Organization) -> dict[str, Any]:
    """Neither name, contact nor place, and no code: it opens the request as whoever asked sees it."""
    request = event.request
    address = (
        f"/area/{desk.home_area.code}/requests/" if desk.is_authority else f"/org/{desk.code}/residents/"
    )
    area = request.area
    names = {"zh": area.name_zh, "en": area.name_en}
    return {**_about(request), "what": event.verb, "area": names, "url": f"{address}{request.ref}/"}


def _about(request: HelpRequest) -> dict[str, Any]:
    """No place and no words: messages are kept longer than what a request says of a person."""
    desk = request.organization
    return {
        "help": kind_words(request),
        "organization": {"zh": desk.name, "en": desk.name_en or desk.name} if desk else "",
        "answer_by": request.answer_due_at,
    }


def requests_late(
    authority: Organization, requests: Sequence[HelpRequest], officials: Iterable[User], *, at: datetime
) -> list[Notice]:
    """To the officials of the authority above: how many requests are later than promised. No request is named."""
    area = authority.home_area
    context = {
        "count": len(requests),
        "area": {"zh": area.name_zh, "en": area.name_en},
        "oldest": min(request.asked_at for request in requests),
        "url": f"/area/{area.code}/requests/?state=late",
    }
    event = f"help-late:{authority.pk}:{at:%Y%m%d%H%M%S}"
    return [
        Notice("help_late", event, official, context=context, useful_until=at + USEFUL)
        for official in officials
    ]
