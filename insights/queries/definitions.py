"""What each figure is: in words, from which rows, how fresh, how protected."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Key(StrEnum):
    """Names of figures; stable, they are columns of the CSV."""

    CALLS = "calls"
    SEATS_ASKED = "seats_asked"
    SEATS_FILLED = "seats_filled"
    FILL_RATE = "fill_rate"
    SHORT = "short"
    RESPONSE_MINUTES = "response_minutes"
    FILL_MINUTES = "fill_minutes"
    VOLUNTEERS = "volunteers"
    HOURS = "hours"


class Unit(StrEnum):
    COUNT = "count"
    PERCENT = "percent"
    DURATION = "duration"
    PERSONS = "persons"
    HOURS = "hours"


@dataclass(frozen=True)
class Definition:
    """One figure: `what` it counts, from which `source`, how it is `protected`."""

    key: Key
    name: str | Promise
    unit: Unit
    what: str | Promise
    source: str | Promise
    protected: str | Promise


FRESH = _("Counted again every minute; the public figures once a day.")
_EXACT = _("Exact: seats and calls are not persons.")
_PERSONS = _(
    "1 to 7 are hidden (*), others rounded to 5; † hides one more so that none can be computed back."
)

DEFINITIONS: Mapping[Key, Definition] = {
    definition.key: definition
    for definition in (
        Definition(
            Key.CALLS,
            _("Calls"),
            Unit.COUNT,
            _("Calls made public on a day of the period, those cancelled later among them."),
            _("Calls, by the moment at which they became public."),
            _EXACT,
        ),
        Definition(
            Key.SEATS_ASKED,
            _("Seats asked for"),
            Unit.COUNT,
            _("Seats of shifts that begin in the period and are not cancelled."),
            _("Shifts with a fixed time, by the day on which they begin."),
            _EXACT,
        ),
        Definition(
            Key.SEATS_FILLED,
            _("Seats taken"),
            Unit.COUNT,
            _("Of these, seats that somebody has taken."),
            _("Shifts with a fixed time, by the day on which they begin."),
            _EXACT,
        ),
        Definition(
            Key.FILL_RATE,
            _("Fill rate"),
            Unit.PERCENT,
            _(
                "Taken seats over the least that the shifts need; a kind of seat counts as 100 % at most. For today and tomorrow: over the shifts that are not over and not stopped."
            ),
            _("Shifts with a fixed time, by the day on which they begin."),
            _EXACT,
        ),
        Definition(
            Key.SHORT,
            _("Short of hands"),
            Unit.COUNT,
            _(
                "For each kind of seat in a shift of the period the least number minus the taken seats, where that is above 0, added up. What is short now: the same over shifts of today and tomorrow that are not over and not stopped."
            ),
            _(
                "Shifts with a fixed time, by the day on which they begin. What is short now is counted at that moment."
            ),
            _EXACT,
        ),
        Definition(
            Key.RESPONSE_MINUTES,
            _("From the call to an organization"),
            Unit.DURATION,
            _("Median time from a call to the organization that took it on, for calls of the period."),
            _("Calls that were taken on."),
            _("Exact: it is about calls, not persons."),
        ),
        Definition(
            Key.FILL_MINUTES,
            _("From the call to enough hands"),
            Unit.DURATION,
            _(
                "Median time from a call until as many seats were taken as people were needed, for calls of the period."
            ),
            _("Calls whose seats reached the people needed."),
            _("Exact: it is about calls, not persons."),
        ),
        Definition(
            Key.VOLUNTEERS,
            _("Volunteers who served"),
            Unit.PERSONS,
            _(
                "Different persons with confirmed hours in the period; who served in two places counts once above both."
            ),
            _("Confirmed service records, by the day of service and the place of the shift."),
            _PERSONS,
        ),
        Definition(
            Key.HOURS,
            _("Hours served"),
            Unit.HOURS,
            _("Confirmed hours, timed by check-in and check-out; hours added by hand are not in it."),
            _("Confirmed service records, by the day of service and the place of the shift."),
            _("Rounded to 5; hidden (*) where fewer than 8 persons served, † as for persons."),
        ),
    )
}
