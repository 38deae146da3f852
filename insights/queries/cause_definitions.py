"""What each number on the picture of causes is, as `DEFINITIONS` says it of figures."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from insights.queries.definitions import Definition, Unit


class CauseKey(StrEnum):
    """Names of the numbers; they stand in addresses."""

    CAUSE_PEOPLE = "cause_people"
    CAUSE_HOURS = "cause_hours"
    CAUSE_FILL = "cause_fill"
    CAUSE_STARVED = "cause_starved"


_DAILY = _("Once a day, after 6:00, for the days since the crisis began. Officials see it.")
_SEATS = _(
    "Open shifts with a fixed time of calls outside the crisis, by the cause of their kind of work and the place of the shift."
)
_EXACT = _("Exact: seats are not persons. Counted for counties and above.")

CAUSES: Mapping[str, Definition] = {
    definition.key: definition
    for definition in (
        Definition(
            CauseKey.CAUSE_PEOPLE,
            _("Where the people of a cause went"),
            Unit.PERSONS,
            _(
                "Volunteers at home in the area, by their usual cause: that of the most confirmed minutes in the 365 days before the crisis. Whoever served the crisis at all counts there; others where they still served, or nowhere."
            ),
            _("number of persons for each cause and each way; each person counts once"),
            _(
                "Confirmed service records outside the crisis for the usual cause, all records since the crisis began for the way; by home."
            ),
            _DAILY,
            _(
                "1 to 7 are hidden (*), others rounded to 5; † hides one more so that none can be computed back. Sums over causes are not kept. Counted for counties and above."
            ),
        ),
        Definition(
            CauseKey.CAUSE_HOURS,
            _("Hours a week for a cause"),
            Unit.HOURS,
            _(
                "What the taken seats of standing work last, week by week from the day on which the crisis began; only weeks that are over. Usual is the mean of the 8 weeks before, now the mean of the last 4."
            ),
            _("Σ taken seats × length of the shift; left: 100 × now ÷ usual"),
            _SEATS,
            _DAILY,
            _EXACT,
        ),
        Definition(
            CauseKey.CAUSE_FILL,
            _("Fill rate of a cause"),
            Unit.PERCENT,
            _(
                "Of the seats that the standing work of these weeks needs, those that somebody took: in the 8 usual weeks and in the last 4."
            ),
            _("100 × Σ min(taken, least) ÷ Σ least, rounded down"),
            _SEATS,
            _DAILY,
            _EXACT,
        ),
        Definition(
            CauseKey.CAUSE_STARVED,
            _("Starved causes"),
            Unit.COUNT,
            _(
                "Causes with less than half of their usual hours left, or whose fill rate fell by 25 points or more."
            ),
            _("left < 50 %, or usual fill rate − fill rate now ≥ 25"),
            _SEATS,
            _DAILY,
            _EXACT,
        ),
    )
}
