"""What whoever asks for help does: ask, add words, take back, say whether it was done."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from accounts.actions import normalize_phone
from accounts.models import User
from areas.models import Area
from core import audit, rates
from core.errors import DomainError
from notifications.actions import queue_messages
from residents import notices
from residents.actions.moving import locked
from residents.actions.telling import note
from residents.models import HelpRequest, RequestPoint
from residents.policies import REOPEN_DAYS, Verb
from residents.queries.promises import promise_of
from residents.queries.routing import who_looks_at
from tasks.models import TaskType

WORDS_MOST = 1000
PLACE_MOST = 200
ADDRESS_MOST = 300
NAME_MOST = 40
PEOPLE_MOST = 500
# Help is planned for days, not for next year.
DAYS_AHEAD = 90
REOPEN = timedelta(days=REOPEN_DAYS)
A_DAY, AN_HOUR = 86_400, 3600
# A family behind one telephone; a whole building, or a counter, behind one network address.
OF_ONE_PHONE = 5
FROM_ONE_ADDRESS = 30
WORDS_A_DAY = 20

Status = HelpRequest.Status
MAY_TAKE_BACK = (Status.NEW, Status.VERIFIED, Status.PLACED)
MAY_CONFIRM = (Status.PLACED, Status.SERVED)
MAY_REOPEN = (Status.SERVED, Status.CONFIRMED)
# Of one that was laid to another the same, as that one stands.
MERGED_MAY_CONFIRM = (Status.SERVED, Status.CONFIRMED)
MAY_ADD_WORDS = (Status.NEW, Status.VERIFIED, Status.PLACED, Status.SERVED, Status.MERGED)


class PlaceMissing(DomainError):
    code = "place-missing"
    text = _("Write where help is needed, as you would tell a neighbour: street, building, village")


class WordsMissing(DomainError):
    code = "words-missing"
    text = _("Write in a line or two what is needed")


class TooLong(DomainError):
    code = "too-long"
    text = _("%(most)d characters are the most; these are %(count)d")


class DayPast(DomainError):
    code = "day-past"
    text = _("This day is over. Choose today or a later one")


class DayTooFar(DomainError):
    code = "day-too-far"
    text = _("This day is more than %(days)d days away. Ask again when it is nearer")


class TooManyPeople(DomainError):
    code = "too-many-people"
    text = _("Between 1 and %(most)d people. For more, call the hotline")


class NotAskedFor(DomainError):
    code = "not-asked-for"
    text = _("Choose what kind of help it is; “something else” is among them")


class TooManyRequests(DomainError):
    code = "too-many-requests"
    text = _("Five requests came from this number today. Add words to one of them, or call the hotline")


class TooManyFromHere(DomainError):
    code = "too-many-requests-from-here"
    text = _("Very many requests came from your network within an hour. Call the hotline, it takes them too")


class TooManyWords(DomainError):
    code = "too-many-words"
    text = _("You added words very often today. Call the hotline if it is urgent")


class NotNow(DomainError):
    code = "not-now"
    text = _("This is not possible any more: the request is “%(state)s” now")


def count_request(*, phone: str, ip: str) -> None:
    """Count one request of somebody who asks for themselves; raises where there were too many.

    Not within the act's transaction: a refused one counts as well.
    """
    if phone and not rates.hit(f"help:{phone}", limit=OF_ONE_PHONE, seconds=A_DAY):
        raise TooManyRequests(field="phone")
    if not rates.hit(f"help-ip:{ip}", limit=FROM_ONE_ADDRESS, seconds=AN_HOUR):
        raise TooManyFromHere


@transaction.atomic
def ask_help(
    *,
    type: TaskType,
    area: Area,
    words: str,
    channel: str,
    at: datetime,
    by: User | None = None,
    entered_by: User | None = None,
    point: RequestPoint | None = None,
    place: str = "",
    address: str = "",
    people: int = 1,
    wanted_on: date | None = None,
    name: str = "",
    phone: str = "",
    language: str,
) -> HelpRequest:
    """Write a request down, promise when it is answered and done, and tell whoever looks at requests there.

    `by` is the account that asks, where there is one; `entered_by` is who wrote it down for them, by telephone or
    from paper. A point gives its area and its place. The telephone counts as confirmed where it is that of the
    account, or where somebody who wrote it down spoke with them. Where everything stands still requests are taken
    all the same.
    """
    if point is not None:
        area, place = point.area, place.strip() or point.place
    if not type.asked_zh and entered_by is None:
        raise NotAskedFor(field="type")
    place, words, address, name = place.strip(), words.strip(), address.strip(), name.strip()
    phone = normalize_phone(phone) if phone.strip() else ""
    _check(place=place, words=words, address=address, name=name, people=people)
    check_day(wanted_on, at)
    answer, done = promise_of(area, type, at)
    own_phone = by is not None and phone != "" and phone == by.phone and by.phone_confirmed_at is not None
    request = HelpRequest.objects.create(
        type=type,
        channel=channel,
        point=point,
        area=area,
        county_id=area.county_id,
        language=language,
        words=words,
        place=place,
        address=address,
        people=people,
        wanted_on=wanted_on,
        name=name,
        phone=phone,
        phone_confirmed_at=at if phone and (own_phone or entered_by is not None) else None,
        organization=who_looks_at(area, at),
        asked_at=at,
        asked_by=by,
        entered_by=entered_by,
        answer_due_at=at + timedelta(minutes=answer),
        done_due_at=at + timedelta(minutes=done),
    )
    note(request=request, verb=Verb.ASKED, at=at, by=entered_by or by)
    audit.record(
        verb="request.asked",
        by=entered_by or by,
        at=at,
        subject=request,
        area_code=area.code,
        data={"channel": channel, "type": type.code, "ref": request.ref},
    )
    return request


def _check(*, place: str, words: str, address: str, name: str, people: int) -> None:
    if not place:
        raise PlaceMissing(field="place")
    if not words:
        raise WordsMissing(field="words")
    given = (("place", place, PLACE_MOST), ("words", words, WORDS_MOST))
    for field, text, most in (*given, ("address", address, ADDRESS_MOST), ("name", name, NAME_MOST)):
        if len(text) > most:
            raise TooLong(field=field, most=most, count=len(text))
    if not 1 <= people <= PEOPLE_MOST:
        raise TooManyPeople(field="people", most=PEOPLE_MOST)


def check_day(wanted_on: date | None, at: datetime) -> None:
    if wanted_on is None:
        return
    today = localdate(at)
    if wanted_on < today:
        raise DayPast(field="wanted_on")
    if wanted_on > today + timedelta(days=DAYS_AHEAD):
        raise DayTooFar(field="wanted_on", days=DAYS_AHEAD)


@transaction.atomic
def confirm_phone(*, request: HelpRequest, at: datetime) -> None:
    """Note that whoever asked holds the telephone: they wrote the digits that went there."""
    HelpRequest.objects.filter(pk=request.pk, phone_confirmed_at=None).exclude(phone="").update(
        phone_confirmed_at=at
    )
    request.refresh_from_db(fields=["phone_confirmed_at"])


@transaction.atomic
def withdraw_request(*, request: HelpRequest, at: datetime, by: User | None = None, words: str = "") -> None:
    """Whoever asked needs it no more. Whoever looks at it is told, and so whoever was on the way.

    One that was laid to another no longer lies there; that one goes on.
    """
    words = _short(words)
    states = _states_by_main(request, MAY_TAKE_BACK, MAY_TAKE_BACK)
    _move(request, states, status=Status.WITHDRAWN, merged_into=None, ended_at=at)
    _noted(request, Verb.WITHDRAWN, at, by, words)


@transaction.atomic
def confirm_done(*, request: HelpRequest, at: datetime, by: User | None = None) -> None:
    """Whoever asked says that it is done; that may come before the organization said so.

    One that was laid to another stays there and ends with it: its word is its own, and is said once.
    """
    if request.status == Status.MERGED:
        states = _states_by_main(request, (), MERGED_MAY_CONFIRM)
        if request.confirmed_at is not None:
            raise NotNow(state=request.get_status_display())
        _move(request, states, confirmed_at=at)
    else:
        served = request.served_at or at
        _move(request, MAY_CONFIRM, status=Status.CONFIRMED, served_at=served, confirmed_at=at, ended_at=at)
    _noted(request, Verb.CONFIRMED, at, by, "")


@transaction.atomic
def say_not_done(*, request: HelpRequest, words: str, at: datetime, by: User | None = None) -> None:
    """Whoever asked says that it was not done: it begins again where it was checked, with what was promised first.

    Possible as long as its words are kept. One that was laid to another stands by itself from then on.
    """
    words = _short(words)
    states = _states_by_main(request, MAY_REOPEN, MAY_REOPEN)
    if is_long_over(request, at):
        raise NotNow(state=request.get_status_display())
    _move(
        request,
        states,
        status=Status.VERIFIED,
        merged_into=None,
        task=None,
        shift=None,
        placed_at=None,
        served_at=None,
        confirmed_at=None,
        ended_at=None,
        escalated_at=None,
        reopened=F("reopened") + 1,
    )
    _noted(request, Verb.NOT_DONE, at, by, words)


@transaction.atomic
def add_words(*, request: HelpRequest, words: str, at: datetime, by: User | None = None) -> None:
    """A line more, for whoever looks at the request."""
    words = _short(words)
    if not words:
        raise WordsMissing(field="words")
    if request.status not in MAY_ADD_WORDS:
        raise NotNow(state=request.get_status_display())
    _noted(request, Verb.WORDS_ADDED, at, by, words)


def is_long_over(request: HelpRequest, at: datetime) -> bool:
    """Whether it ended too long ago to begin again; one that was laid to another ends with that one."""
    ended_at = (request.merged_into or request).ended_at
    return ended_at is not None and ended_at <= at - REOPEN


def _states_by_main(request: HelpRequest, own: tuple[str, ...], of_main: tuple[str, ...]) -> tuple[str, ...]:
    """The states from which a move is possible: of one that was laid to another, where that one is in the right one.

    Keeps both from others until the end, the one that stays first, as merging does. Refreshes the object.
    """
    if request.merged_into is None:
        return own
    (main,) = locked([request.merged_into])
    (row,) = locked([request])
    if row.merged_into_id != main.pk or main.status not in of_main:
        raise NotNow(state=row.get_status_display())
    request.refresh_from_db()
    return (Status.MERGED,)


def count_words(request: HelpRequest) -> None:
    """Count one addition; raises where there were too many. Not within the act's transaction."""
    if not rates.hit(f"help-words:{request.pk}", limit=WORDS_A_DAY, seconds=A_DAY):
        raise TooManyWords(field="words")


def _short(words: str) -> str:
    words = words.strip()
    if len(words) > WORDS_MOST:
        raise TooLong(field="words", most=WORDS_MOST, count=len(words))
    return words


def _move(request: HelpRequest, states: tuple[str, ...], **changes: object) -> None:
    """One conditional UPDATE: of two at once, one writes and the other is refused. Refreshes the object."""
    if not HelpRequest.objects.filter(pk=request.pk, status__in=states).update(**changes):
        request.refresh_from_db(fields=["status"])
        raise NotNow(state=request.get_status_display())
    request.refresh_from_db()


def _noted(request: HelpRequest, verb: Verb, at: datetime, by: User | None, words: str) -> None:
    note(request=request, verb=verb, at=at, by=by, words=words)
    audit.record(
        verb=f"request.{verb}",
        by=by,
        at=at,
        subject=request,
        area_code=request.area.code,
        data={"ref": request.ref},
    )


def tell_whoever_asked(*, request: HelpRequest, at: datetime, digits: str = "") -> None:
    """The first message, to a contact that was left: the code, the address of the page and until when somebody
    answers; with `digits` where nobody knows yet whose telephone it is."""
    notice = notices.asked(request, digits=digits)
    if notice is not None:
        queue_messages(notices=[notice], at=at)
