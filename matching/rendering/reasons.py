"""Plans in words: what weighed when somebody was suggested, and why somebody is not asked."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from matching.models import MatchRun, RolePrice
from tasks.actions.refusals import words_for
from tasks.models import Shift, Task
from tasks.policies import Reason, Turndown
from tasks.rendering.offers import in_one_line, reasons_in_words

# What a plan counts of somebody, beside what speaks for them in words.
WEIGHED = ("cost", "load", "load_points", "price", "elsewhere", "runner_up")


@dataclass(frozen=True)
class WhyNot:
    """What keeps somebody from being asked for a seat, if anything; `turndown` is the first ground, for counting.

    `reasons` are the rules of a sign-up that speak against the seat; `elsewhere` is the shift for which the last plan
    needs them more, `for_hours` where it leaves them time to be there but too few hours of that week; `price` is what
    one more seat here is worth in that plan, `verdict` why the plan leaves seats here empty.
    """

    turndown: Turndown | None
    reasons: list[Reason] = field(default_factory=list)
    is_planned: bool = False
    elsewhere: Shift | None = None
    for_hours: bool = False
    price: float | None = None
    verdict: str = ""
    planned_at: datetime | None = None

    @property
    def is_needed_elsewhere(self) -> bool:
        return self.elsewhere is not None


def why_not_in_words(why: WhyNot, shift: Shift) -> list[str]:
    """The sentences for the person themselves, the hardest first; what will happen where nothing keeps them."""
    if why.reasons:
        return [words_for(reason, shift) for reason in why.reasons]
    if why.turndown is not None:
        return [_said_to_you(why.turndown)]
    if why.elsewhere is not None:
        return [_needed_elsewhere(why.elsewhere, for_hours=why.for_hours)]
    if why.is_planned and shift.task.filling == Task.Filling.PROPOSE:
        return [
            gettext(
                "You are suggested to the organizer, who decides whom to ask. You can sign up without an offer"
            )
        ]
    if why.is_planned:
        return [gettext("You are next: an offer is on its way as soon as a seat needs you")]
    if why.planned_at is None:
        return [gettext("No plan has been made for this shift yet. You can sign up without an offer")]
    if why.verdict == RolePrice.Verdict.NO_WORTH:
        return [
            gettext(
                "It is far for you, or you served much lately: that weighs more than one more person here. "
                "You can sign up without an offer"
            )
        ]
    return [
        gettext("Others who are nearer or served less lately come first. You can sign up without an offer")
    ]


def _needed_elsewhere(shift: Shift, *, for_hours: bool) -> str:
    said = (
        gettext("Your hours of that week are needed more elsewhere: %(title)s, %(day)s")
        if for_hours
        else gettext("You are needed more elsewhere: %(title)s, %(day)s")
    )
    return said % {
        "title": shift.task.display_title,
        "day": date_format(localtime(shift.starts_at), "MONTH_DAY_FORMAT") if shift.starts_at else "",
    }


def _said_to_you(turndown: Turndown) -> str:
    match turndown:
        case Turndown.NO_MESSAGES:
            return gettext("You did not agree to messages about needs, so nobody asks you")
        case Turndown.RATION:
            return gettext("You have had as many offers today as you want")
        case Turndown.ASKED:
            return gettext("You were asked for this shift already")
        case Turndown.GAVE_BACK:
            return gettext("You had a seat here before, so nobody asks again. You can sign up if you like")
        case Turndown.ASKED_ELSEWHERE:
            return gettext("You are being asked for another shift at that time")
        case Turndown.NOT_FREE:
            return gettext("It lies outside the hours that you gave")
        case Turndown.NOT_THIS_WORK:
            return gettext("You said that this work is not for you")
        case Turndown.TIRED:
            return gettext("You wanted a rest today")
        case Turndown.DISTANCE:
            return gettext("You said lately that so far is too far")
        case Turndown.BEYOND_REACH:
            return gettext("In this stage only people nearer by are asked. You can sign up without an offer")
        case _:
            return gettext("You cannot be asked for it now")


def factors_in_words(factors: dict[str, Any]) -> list[str]:
    """Why a plan put somebody into a seat: what spoke for them, then what it counted, in points."""
    words = reasons_in_words(factors)
    if "cost" in factors:
        words.append(gettext("Their coming counts as %(points)s points") % {"points": f"{factors['cost']:,}"})
    if factors.get("load"):
        words.append(
            ngettext(
                "of these %(points)s for %(count)d recent shift or alert",
                "of these %(points)s for %(count)d recent shifts or alerts",
                factors["load"],
            )
            % {"points": factors.get("load_points", 0), "count": factors["load"]}
        )
    if "price" in factors:
        words.append(
            gettext("one more seat here is worth %(points)s points")
            % {"points": f"{round(factors['price']):,}"}
        )
    return words + _compared_in_words(factors)


def weighed_in_words(factors: dict[str, Any]) -> str:
    """In a line, what the plan counted for somebody whom it suggests: cost, price of the seat, what else, who else."""
    return in_one_line(factors_in_words({name: factors[name] for name in WEIGHED if name in factors}))


def _compared_in_words(factors: dict[str, Any]) -> list[str]:
    """What else they could do then, and what the next one would cost; never who that is."""
    words = []
    if "elsewhere" in factors:
        points = round(factors["elsewhere"])
        words.append(
            gettext("elsewhere their time would be worth %(points)s points") % {"points": f"{points:,}"}
            if points > 0
            else gettext("no other shift misses them then")
        )
    if "runner_up" in factors:
        points = round(factors["runner_up"])
        words.append(
            gettext("the next one would count as %(points)s points more") % {"points": f"{points:,}"}
            if points > 0
            else gettext("the next one would count as no more")
        )
    elif "elsewhere" in factors:
        words.append(gettext("nobody else could take the seat"))
    return words


def outcome_in_words(run: MatchRun) -> str:
    """How good a plan is: its gap to what no plan can exceed, or that none was computed."""
    if run.gap_percent is None:
        return gettext("No bound was computed")
    return gettext("At most %(gap)s %% below the best plan there can be") % {"gap": f"{run.gap_percent:.2f}"}
