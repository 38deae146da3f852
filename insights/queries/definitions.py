"""What each figure is: in words, as a formula, from which rows, how fresh, how protected."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Key(StrEnum):
    """Names of figures; stable, they are columns of the CSV and stand in addresses."""

    CALLS = "calls"
    SEATS_ASKED = "seats_asked"
    SEATS_FILLED = "seats_filled"
    FILL_RATE = "fill_rate"
    SHORT = "short"
    SHORT_BY_KIND = "short_by_kind"
    FAIRNESS = "fairness"
    RESPONSE_MINUTES = "response_minutes"
    FILL_MINUTES = "fill_minutes"
    VOLUNTEERS = "volunteers"
    ACTIVE = "volunteers"
    HOURS = "hours"
    ON_DUTY = "on_duty"
    IDLE = "idle"
    IDLE_RATE = "idle_rate"
    REQUESTS = "requests"
    REQUESTS_OPEN = "requests_open"
    REQUESTS_DONE = "requests_done"
    REQUESTS_DECLINED = "requests_declined"
    ANSWER_MINUTES = "answer_minutes"
    DONE_MINUTES = "done_minutes"
    PROMISE_KEPT = "promise_kept"
    INDEX = "index"


class Unit(StrEnum):
    COUNT = "count"
    PERCENT = "percent"
    POINTS = "points"
    DURATION = "duration"
    PERSONS = "persons"
    HOURS = "hours"


@dataclass(frozen=True)
class Definition:
    """One figure: `what` it counts, by which `formula`, from which `source`, when it is `refreshed`, how it is
    `protected`."""

    key: StrEnum
    name: str | Promise
    unit: Unit
    what: str | Promise
    formula: str | Promise
    source: str | Promise
    refreshed: str | Promise
    protected: str | Promise


FRESH = _("Seats and calls are counted again every minute; persons and public figures once a day.")
EVERY_MINUTE = _("Every minute, for the days on which something changed; public once a day, after 6:00.")
ONCE_A_DAY = _("Once a day, after 6:00, for officials and for everybody alike.")
_EXACT = _("Exact: seats and calls are not persons.")
_PERSONS = _(
    "1 to 7 are hidden (*), others rounded to 5; † hides one more so that none can be computed back."
)
_RATES = _("Hidden where fewer than 8 count in it or where their number is hidden; otherwise rounded to 5.")
_SHIFTS = _("Shifts with a fixed time, by the day on which they begin.")
_SERVED = _("Confirmed service records, by the day of service and the place of the shift.")
_REQUESTS = _("Requests of residents, by the day on which they asked and the place where help is needed.")
_DUTY = _("Profiles with the mark “on duty”, by home; offers and seats of the last 7 days.")

DEFINITIONS: Mapping[Key, Definition] = {
    Key(definition.key): definition
    for definition in (
        Definition(
            Key.CALLS,
            _("Calls"),
            Unit.COUNT,
            _("Calls made public on a day of the period, those cancelled later among them."),
            _("number of calls with a first public moment in the period"),
            _("Calls, by the moment at which they became public."),
            EVERY_MINUTE,
            _EXACT,
        ),
        Definition(
            Key.SEATS_ASKED,
            _("Seats asked for"),
            Unit.COUNT,
            _("Seats of shifts that begin in the period and are not cancelled."),
            _("Σ seats"),
            _SHIFTS,
            EVERY_MINUTE,
            _EXACT,
        ),
        Definition(
            Key.SEATS_FILLED,
            _("Seats taken"),
            Unit.COUNT,
            _("Of these, seats that somebody has taken."),
            _("Σ taken seats"),
            _SHIFTS,
            EVERY_MINUTE,
            _EXACT,
        ),
        Definition(
            Key.FILL_RATE,
            _("Fill rate"),
            Unit.PERCENT,
            _(
                "Taken seats over the least that the shifts need; a kind of seat counts as 100 % at most. For today and tomorrow: over the shifts that are not over and not stopped."
            ),
            _("100 × Σ min(taken, least) ÷ Σ least, rounded down"),
            _SHIFTS,
            EVERY_MINUTE,
            _EXACT,
        ),
        Definition(
            Key.SHORT,
            _("Short of hands"),
            Unit.COUNT,
            _(
                "For each kind of seat in a shift of the period the least number minus the taken seats, where that is above 0, added up. What is short now: the same over shifts of today and tomorrow that are not over and not stopped."
            ),
            _("Σ max(0, least − taken)"),
            _(
                "Shifts with a fixed time, by the day on which they begin. What is short now is counted at that moment."
            ),
            EVERY_MINUTE,
            _EXACT,
        ),
        Definition(
            Key.SHORT_BY_KIND,
            _("Short of hands by kind of work"),
            Unit.COUNT,
            _(
                "The hands that are missing, one number for each kind of work; together they are “short of hands”."
            ),
            _("Σ max(0, least − taken) over the shifts of a kind"),
            _SHIFTS,
            EVERY_MINUTE,
            _EXACT,
        ),
        Definition(
            Key.FAIRNESS,
            _("Gap between areas"),
            Unit.POINTS,
            _(
                "How far the best served quarter of the areas is ahead of the worst. 0 means that all are served alike; it needs 4 areas with shifts."
            ),
            _("mean fill rate of the best quarter of the counties − that of the worst quarter"),
            _SHIFTS,
            EVERY_MINUTE,
            _EXACT,
        ),
        Definition(
            Key.RESPONSE_MINUTES,
            _("From the call to an organization"),
            Unit.DURATION,
            _("Median time from a call to the organization that took it on, for calls of the period."),
            _("median of (taken on − called)"),
            _("Calls that were taken on."),
            EVERY_MINUTE,
            _("Exact: it is about calls, not persons."),
        ),
        Definition(
            Key.FILL_MINUTES,
            _("From the call to enough hands"),
            Unit.DURATION,
            _(
                "Median time from a call until as many seats were taken as people were needed, for calls of the period."
            ),
            _("median of (the last sign-up that was needed − called)"),
            _("Calls whose seats reached the people needed."),
            EVERY_MINUTE,
            _("Exact: it is about calls, not persons."),
        ),
        Definition(
            Key.VOLUNTEERS,
            _("Volunteers who served"),
            Unit.PERSONS,
            _(
                "Different persons with confirmed hours in the period; who served in two places counts once above both."
            ),
            _("number of different persons"),
            _SERVED,
            ONCE_A_DAY,
            _PERSONS,
        ),
        Definition(
            Key.HOURS,
            _("Hours served"),
            Unit.HOURS,
            _("Confirmed hours, timed by check-in and check-out; hours added by hand are not in it."),
            _("Σ minutes ÷ 60"),
            _SERVED,
            ONCE_A_DAY,
            _("Rounded to 5; hidden (*) where fewer than 8 persons served, † as for persons."),
        ),
        Definition(
            Key.ON_DUTY,
            _("On duty"),
            Unit.PERSONS,
            _("Volunteers who say that they may be asked at once, at the moment of counting."),
            _("number of persons with the mark"),
            _DUTY,
            ONCE_A_DAY,
            _PERSONS,
        ),
        Definition(
            Key.IDLE,
            _("On duty and never asked"),
            Unit.PERSONS,
            _(
                "Of those on duty, who have been so for 7 days or longer and in these 7 days got no offer and took no seat."
            ),
            _("number of persons on duty − those asked or busy in the last 7 days − those on duty for less"),
            _DUTY,
            ONCE_A_DAY,
            _PERSONS,
        ),
        Definition(
            Key.IDLE_RATE,
            _("Share never asked"),
            Unit.PERCENT,
            _("How many of those on duty wait and are not asked."),
            _("100 × never asked ÷ on duty"),
            _DUTY,
            ONCE_A_DAY,
            _RATES,
        ),
        Definition(
            Key.REQUESTS,
            _("Requests of residents"),
            Unit.COUNT,
            _(
                "Requests for help that came in the 7 days of the period. Each stands for a household, so they are protected like persons, and no single day is made public."
            ),
            _("number of requests"),
            _REQUESTS,
            ONCE_A_DAY,
            _PERSONS,
        ),
        Definition(
            Key.REQUESTS_OPEN,
            _("Requests that wait"),
            Unit.COUNT,
            _("Of these requests, those neither done nor ended at the moment of counting."),
            _("number of requests not looked at, checked, or part of a piece of work"),
            _REQUESTS,
            ONCE_A_DAY,
            _PERSONS,
        ),
        Definition(
            Key.REQUESTS_DONE,
            _("Requests that are done"),
            Unit.COUNT,
            _("Of these requests, those that are done as the organization or the resident says."),
            _("number of requests with help brought or confirmed"),
            _REQUESTS,
            ONCE_A_DAY,
            _PERSONS,
        ),
        Definition(
            Key.REQUESTS_DECLINED,
            _("Requests declined"),
            Unit.COUNT,
            _("Of these requests, those that could not be met; each has a reason."),
            _("number of declined requests"),
            _REQUESTS,
            ONCE_A_DAY,
            _PERSONS,
        ),
        Definition(
            Key.ANSWER_MINUTES,
            _("From the request to an answer"),
            Unit.DURATION,
            _(
                "Median time until somebody looked at a request and decided, for requests of the period with an answer."
            ),
            _("median of (first decision − asked)"),
            _REQUESTS,
            ONCE_A_DAY,
            _RATES,
        ),
        Definition(
            Key.DONE_MINUTES,
            _("From the request to help"),
            Unit.DURATION,
            _("Median time until help was there, for requests of the period that are done."),
            _("median of (help brought − asked)"),
            _REQUESTS,
            ONCE_A_DAY,
            _RATES,
        ),
        Definition(
            Key.PROMISE_KEPT,
            _("Promises kept"),
            Unit.PERCENT,
            _(
                "Requests of the period for which no promised time passed, neither without an answer nor without help. Those that ended otherwise are held to the answer alone."
            ),
            _("100 × requests without a late answer or late help ÷ requests with a promise"),
            _REQUESTS,
            ONCE_A_DAY,
            _RATES,
        ),
        Definition(
            Key.INDEX,
            _("Index"),
            Unit.COUNT,
            _(
                "One number from 0 to 100 for an area and a day, from parts that can be looked at one by one. A part that is not known or hidden leaves its weight to the others; calls of which none was taken on make theirs 0."
            ),
            _("Σ weight × part ÷ Σ weight of the known parts"),
            _(
                "The public figures of the day; parts and weights carry a version, and other weights change no earlier day."
            ),
            ONCE_A_DAY,
            _("Made from figures that are already protected."),
        ),
    )
}
