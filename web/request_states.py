"""Where a resident's request stands, as a shape and words: its state, and how far the promise is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from residents.models import HelpRequest
from residents.policies import Verb, Why
from web.states import StateKey
from web.wording import length_words

_STATUS = HelpRequest.Status
# From here on a promise is near: this share of its time is left.
NEAR = 0.25
SHAPES = {
    _STATUS.SERVED: StateKey.RUNNING,
    _STATUS.CONFIRMED: StateKey.FILLED,
    _STATUS.MERGED: StateKey.OVER,
    _STATUS.DECLINED: StateKey.CANCELLED,
    _STATUS.WITHDRAWN: StateKey.CANCELLED,
}


@dataclass(frozen=True)
class RequestRow:
    """A request with what a list shows: the shape of its promise, the words for it, and its age."""

    request: HelpRequest
    shape: StateKey
    words: str
    age: timedelta
    is_late: bool


def request_row(request: HelpRequest, at: datetime) -> RequestRow:
    shape, words = promise_state(request, at)
    ended = request.ended_at or at
    return RequestRow(request, shape, words, ended - request.asked_at, shape == StateKey.LATE)


def request_rows(requests: Iterable[HelpRequest], at: datetime) -> list[RequestRow]:
    return [request_row(request, at) for request in requests]


def promise_state(request: HelpRequest, at: datetime) -> tuple[StateKey, str]:
    """The shape and the words: how long until the promise is over, or by how much it is; else the state alone.

    A new request is measured by the promised answer until that is over, then, like every one that is waited for, by
    when it was to be done, whichever is worse.
    """
    if request.status not in (_STATUS.NEW, _STATUS.VERIFIED, _STATUS.PLACED):
        return SHAPES[_STATUS(request.status)], state_words(request)
    new = request.status == _STATUS.NEW
    due = request.answer_due_at if new else request.done_due_at
    if new and due is not None and request.done_due_at is not None:
        due = min(due, request.done_due_at)
    if due is None:
        return StateKey.OPEN, state_words(request)
    left = due - at
    if left < timedelta(0):
        late = max(-left, timedelta(minutes=1))
        return StateKey.LATE, gettext("%(time)s later than promised") % {"time": length_words(late)}
    sentence = gettext("answer within %(time)s") if new else gettext("done within %(time)s")
    near = left < (due - request.asked_at) * NEAR
    return StateKey.AT_RISK if near else StateKey.OPEN, sentence % {"time": length_words(left)}


def state_words(request: HelpRequest) -> str:
    """The state; of a request that ended by itself, that nobody said anything."""
    if request.status == _STATUS.CONFIRMED and request.confirmed_at is None:
        return gettext("Done, nobody objected")
    return str(request.get_status_display())


def event_words(verb: str) -> str:
    """What happened, for whoever looks at requests."""
    words = {
        Verb.ASKED: gettext("Asked for"),
        Verb.CORRECTED: gettext("Corrected"),
        Verb.VERIFIED: gettext("Checked"),
        Verb.MERGED: gettext("Laid to another that is the same"),
        Verb.UNMERGED: gettext("Stands by itself again"),
        Verb.SPLIT: gettext("Split into parts"),
        Verb.DECLINED: gettext("Said that it cannot be done"),
        Verb.PASSED_ON: gettext("Handed on"),
        Verb.PLACED: gettext("Made part of a piece of work"),
        Verb.TAKEN_OUT: gettext("Taken out of the work, looking again"),
        Verb.SERVED: gettext("Help was brought"),
        Verb.LOOKED: gettext("Contact was read"),
        Verb.LATE: gettext("Later than promised, brought before the authority above"),
        Verb.ENDED: gettext("Ended by itself, nobody objected"),
        Verb.CONFIRMED: gettext("The resident says that it is done"),
        Verb.NOT_DONE: gettext("The resident says that it is not done"),
        Verb.WITHDRAWN: gettext("Taken back by the resident"),
        Verb.WORDS_ADDED: gettext("The resident added words"),
    }
    return words[Verb(verb)]


def why_words(why: Iterable[Why]) -> list[str]:
    """What speaks for two requests being one."""
    words = {
        Why.PHONE: gettext("the same telephone number"),
        Why.POINT: gettext("the same code on a building"),
        Why.PLACE: gettext("nearly the same place"),
        Why.WORDS: gettext("nearly the same words"),
        Why.DAY: gettext("asked for close together"),
    }
    return [words[each] for each in why]
