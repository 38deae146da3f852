"""A request as its page says it: what happens now in one sentence, what was promised, and the events in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext, pgettext

from accounts.queries import mask
from organizations.models import Organization
from residents.actions.asking import (
    MAY_ADD_WORDS,
    MAY_CONFIRM,
    MAY_REOPEN,
    MAY_TAKE_BACK,
    MERGED_MAY_CONFIRM,
    is_long_over,
)
from residents.models import HelpRequest, RequestEvent
from residents.policies import Verb
from web import wording
from web.context import TabItem
from web.public.frame import tabs

Status = HelpRequest.Status
# In which part of the way a request is: asked, looked at, planned, done.
STEPS = {Status.NEW: 1, Status.VERIFIED: 2, Status.PLACED: 3, Status.SERVED: 4, Status.CONFIRMED: 4}

# What ended without help.
MAY_ASK_AGAIN = (Status.DECLINED, Status.WITHDRAWN)


@dataclass(frozen=True)
class EventView:
    """One line of what happened."""

    at: datetime
    what: str
    words: str


@dataclass(frozen=True)
class RequestView:
    """What the page needs; `main` is the request itself, or the one that it was laid together with."""

    request: HelpRequest
    main: HelpRequest
    now: str
    promise: str
    is_late: bool
    spoken: list[str]
    phone: str
    can_withdraw: bool
    can_confirm: bool
    can_say_not_done: bool
    can_add_words: bool
    can_ask_again: bool
    step: int


def page_tabs(request: HttpRequest) -> list[TabItem]:
    """The tabs at the foot; in larger text one thing stands on a page."""
    return [] if getattr(request, "elder", "") else tabs(request, "help")


def spoken_code(code: str) -> list[str]:
    """In groups of four, as one reads it aloud."""
    return [code[start : start + 4] for start in range(0, len(code), 4)]


def request_view(request: HelpRequest, at: datetime) -> RequestView:
    main = request.merged_into or request
    merged = main is not request
    may_confirm = main.status in (MERGED_MAY_CONFIRM if merged else MAY_CONFIRM)
    promise, late = _promise(main, at)
    return RequestView(
        request=request,
        main=main,
        now=_now(request, main),
        promise=promise,
        is_late=late,
        spoken=spoken_code(request.code),
        phone=mask(request.phone),
        can_withdraw=main.status in MAY_TAKE_BACK,
        can_confirm=may_confirm and request.confirmed_at is None,
        can_say_not_done=main.status in MAY_REOPEN and not is_long_over(request, at),
        can_add_words=request.status in MAY_ADD_WORDS,
        can_ask_again=main.status in MAY_ASK_AGAIN,
        step=STEPS.get(Status(main.status), 0),
    )


def _name(organization: Organization | None) -> str:
    return organization.display_name if organization else ""


def _now(request: HelpRequest, main: HelpRequest) -> str:
    """What happens now, in one sentence."""
    who = _name(main.organization) or gettext("The authority of the area")
    if main is not request:
        return gettext("Somebody asked for the same, so both go on as one. %(now)s") % {
            "now": _now_of_both(request, main)
        }
    if main.status == Status.PLACED:
        return _planned(main)
    return {
        Status.NEW: gettext("%(who)s looks at your request and answers."),
        Status.VERIFIED: gettext("%(who)s checked your request and looks for somebody who can come."),
        Status.SERVED: gettext("%(who)s says that it is done. Whether it is, is yours to say."),
        Status.CONFIRMED: gettext("It is done, and you said so.")
        if main.confirmed_at
        else gettext("It is closed: nobody said that it was not done."),
        Status.DECLINED: gettext("%(who)s cannot do this. The reason stands below."),
        Status.WITHDRAWN: gettext("You took the request back. Nobody comes."),
    }.get(Status(main.status), "") % {"who": who}


def _now_of_both(request: HelpRequest, main: HelpRequest) -> str:
    """The same for whoever follows a request that is not their own: what others said is not put into their mouth."""
    if main.status in MERGED_MAY_CONFIRM and request.confirmed_at:
        return gettext("It is done, and you said so.")
    if main.status == Status.CONFIRMED and main.confirmed_at:
        return gettext("Whoever asked as well says that it is done. Whether it is for you, is yours to say.")
    if main.status == Status.WITHDRAWN:
        return gettext("Whoever asked as well took theirs back. Yours goes on by itself.")
    return _now(main, main)


def _planned(main: HelpRequest) -> str:
    work = main.task.display_title if main.task else ""
    if main.shift is not None and main.shift.starts_at is not None and main.shift.ends_at is not None:
        when = f"{wording.full_date(wording.local(main.shift.starts_at).date())} " + wording.hours_words(
            main.shift.starts_at, main.shift.ends_at
        )
        return gettext("Help is planned for %(when)s, as part of “%(work)s”.") % {"when": when, "work": work}
    return gettext("Help is planned as part of “%(work)s”.") % {"work": work}


def _promise(main: HelpRequest, at: datetime) -> tuple[str, bool]:
    """What was promised and is still ahead, and whether its time is over."""
    if main.status == Status.NEW:
        due, ahead = main.answer_due_at, gettext("You have an answer by %(when)s.")
        late = gettext("An answer was promised by %(when)s. It is late, and we count that.")
    elif main.status in (Status.VERIFIED, Status.PLACED):
        due, ahead = main.done_due_at, gettext("It is to be done by %(when)s.")
        late = gettext("It was to be done by %(when)s. It is late, and we count that.")
    else:
        return "", False
    if due is None:
        return "", False
    return (ahead if due > at else late) % {"when": moment(due)}, due <= at


def moment(at: datetime) -> str:
    """A day and an hour: 2月6日 18:00, 6 February 18:00."""
    there = wording.local(at)
    return f"{wording.plain_date(there.date())} {there:%H:%M}"


def event_views(request: HelpRequest, events: list[RequestEvent]) -> list[EventView]:
    return [EventView(event.at, _event_words(event), event.words) for event in events]


def _event_words(event: RequestEvent) -> str:
    who = _name(event.organization)
    known = _words(who)
    return known.get(event.verb, "")


def _words(who: str) -> dict[str, str]:
    values: dict[str, Any] = {"who": who or gettext("We")}
    sentences = {
        Verb.ASKED: gettext("Asked for help"),
        Verb.CORRECTED: gettext("%(who)s corrected something in it"),
        Verb.VERIFIED: gettext("%(who)s checked it and looks for somebody"),
        Verb.MERGED: gettext("%(who)s put it together with another for the same"),
        Verb.UNMERGED: gettext("%(who)s lets it go on by itself again"),
        Verb.SPLIT: gettext("%(who)s does it in parts"),
        Verb.DECLINED: gettext("%(who)s cannot do it"),
        Verb.PASSED_ON: gettext("%(who)s passed it on"),
        Verb.PLACED: gettext("%(who)s planned the help"),
        Verb.TAKEN_OUT: gettext("The plan was called off; %(who)s looks for somebody again"),
        Verb.SERVED: gettext("%(who)s says that it is done"),
        Verb.LOOKED: gettext("%(who)s read your contact"),
        Verb.LATE: gettext("Late: it went to the authority above"),
        Verb.ENDED: gettext("Closed, since nobody said that it was not done"),
        Verb.CONFIRMED: pgettext("a resident", "You said that it is done"),
        Verb.NOT_DONE: pgettext("a resident", "You said that it was not done; it began again"),
        Verb.WITHDRAWN: pgettext("a resident", "You took it back"),
        Verb.WORDS_ADDED: pgettext("a resident", "You added"),
    }
    return {str(verb): sentence % values for verb, sentence in sentences.items()}
