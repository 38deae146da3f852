"""What a drill is measured by: each figure with its name, its unit and what it says."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Measure:
    """A figure of `summary.summarize`. `better`: 1 where more is better, -1 where less is, 0 where neither is."""

    key: str
    label: "_StrPromise"
    unit: "_StrPromise | str"
    definition: "_StrPromise"
    better: int = 0
    decimals: int = 0


PERCENT = "%"
MINUTES = _("min")
HOURS = _("h")
DAYS = _("days")
POINTS = _("points")

MEASURES: tuple[Measure, ...] = (
    Measure(
        "fill",
        _("Seats that were filled"),
        PERCENT,
        _("Taken seats over the least number, in shifts that began in these days; what one shift has beyond its "
          "least helps no other."),
        better=1,
        decimals=1,
    ),
    Measure(
        "fill_crisis",
        _("Seats filled, work of the crisis"),
        PERCENT,
        _("The same, for shifts of calls that belong to the crisis."),
        better=1,
        decimals=1,
    ),
    Measure(
        "fill_pressing",
        _("Seats filled, pressing work"),
        PERCENT,
        _("The same, for calls of the two highest priorities."),
        better=1,
        decimals=1,
    ),
    Measure(
        "seats",
        _("Seats asked for"),
        "",
        _("The least numbers of all shifts that began in these days, added up."),
    ),
    Measure(
        "adopted",
        _("Call taken on, median"),
        MINUTES,
        _("From a call to the organization that took it on. A call that nobody took on counts as longest."),
        better=-1,
    ),
    Measure(
        "adopted_p90",
        _("Call taken on, nine of ten"),
        MINUTES,
        _("Within so long nine of ten calls were taken on."),
        better=-1,
    ),
    Measure(
        "answered",
        _("Request answered, median"),
        MINUTES,
        _("From a resident's request to the first decision about it. One without an answer counts as longest."),
        better=-1,
    ),
    Measure(
        "answered_p90",
        _("Request answered, nine of ten"),
        MINUTES,
        _("Within so long nine of ten requests had an answer."),
        better=-1,
    ),
    Measure(
        "served",
        _("Help there, median"),
        MINUTES,
        _("From a resident's request until help was there, of those neither merged, declined nor taken back. One "
          "without help counts as longest."),
        better=-1,
    ),
    Measure(
        "served_p90",
        _("Help there, nine of ten"),
        MINUTES,
        _("Within so long help was there for nine of ten of them."),
        better=-1,
    ),
    Measure(
        "alerts",
        _("Alerts for each volunteer"),
        "",
        _("Offers sent, over all volunteers with an open account at the end."),
        better=-1,
        decimals=2,
    ),
    Measure(
        "alerts_p95",
        _("Alerts for the most alerted"),
        "",
        _("One volunteer in twenty had this many alerts or more."),
        better=-1,
    ),
    Measure(
        "alerts_to_seat",
        _("Alerts that led to a seat"),
        PERCENT,
        _("Offers that were accepted, over all that were sent."),
        better=1,
        decimals=1,
    ),
    Measure(
        "idle",
        _("On duty and never asked"),
        PERCENT,
        _("Of those who had been on duty for 7 days or longer at the end: who had neither an offer nor a new seat in "
          "these days."),
        better=-1,
        decimals=1,
    ),
    Measure(
        "fairness",
        _("Between areas"),
        POINTS,
        _("Mean fill rate of the best quarter of the counties less that of the worst, from four counties with shifts on."),
        better=-1,
    ),
    Measure(
        "standing",
        _("Standing work, before and in the crisis"),
        POINTS,
        _("Fill rate of work outside the crisis in these days, less that of the 28 days before. Below 0: the crisis "
          "took its people."),
        better=1,
        decimals=1,
    ),
    Measure(
        "hours",
        _("Confirmed hours"),
        HOURS,
        _("Timed hours that an organizer confirmed."),
        better=1,
    ),
    Measure("attendances", _("Attendances"), "", _("Shifts of a volunteer with confirmed hours."), better=1),
    Measure(
        "no_shows",
        _("Stayed away"),
        PERCENT,
        _("Marks of absence that stand, over these and the attendances."),
        better=-1,
        decimals=1,
    ),
    Measure(
        "travel",
        _("Way to an attendance"),
        "km",
        _("Mean distance as the crow flies from the point that a volunteer chose to that of the shift."),
        better=-1,
        decimals=2,
    ),
    Measure(
        "gap",
        _("Gap of the worst plan"),
        PERCENT,
        _("How far the plan of a match run lay below its proven bound, of all runs the most."),
        better=-1,
        decimals=3,
    ),
    Measure("runs", _("Match runs"), "", _("Plans that were made.")),
)  # fmt: skip
BY_KEY = {measure.key: measure for measure in MEASURES}

# Policies by name, as pages and pictures call them.
POLICY_NAMES: "dict[str, _StrPromise]" = {
    "certified": pgettext_lazy("a policy", "Certified matching"),
    "nearest": pgettext_lazy("a policy", "Nearest first"),
    "priority": pgettext_lazy("a policy", "Most pressing first"),
}


def policy_name(policy: str) -> str:
    return str(POLICY_NAMES.get(policy, policy))
