"""Need and hands by day: the lines, the widest gap, how they go on, and when they meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext

from insights.queries import Counts
from tasks.queries.stages import StageView
from web.authority.overview.forecast import AHEAD, Forecast, Value, forecast
from web.drawing.charts import Gap, Line, Meeting, Point, Series
from web.wording import in_chinese, local, month_name, number_words, plain_date


@dataclass(frozen=True)
class NeedAndHands:
    """What the plot shows, and what is said beside it."""

    series: list[Series]
    gap: Gap | None
    marks: list[Line]
    meeting: Meeting | None
    outlook: str


def need_and_hands(by_day: Mapping[date, Counts], today: date, stage: StageView | None) -> NeedAndHands:
    """Whole days up to today, from the first on which anything was needed, and how they go on."""
    days = _known(by_day, today)
    if not days:
        return NeedAndHands([], None, [], None, "")
    ahead = forecast([by_day[day].seats_least for day in days], [by_day[day].seats_covered for day in days])
    need = [Point(day, by_day[day].seats_least) for day in days]
    hands = [Point(day, by_day[day].seats_covered) for day in days]
    meeting = None
    if ahead is not None:
        need += _points(ahead.need, today)
        hands += _points(ahead.hands, today)
        meeting = _meeting(ahead, today)
    return NeedAndHands(
        [Series(gettext("Needed"), need, "need"), Series(gettext("There"), hands, "hands")],
        _widest(by_day, days),
        _begins(stage, days),
        meeting,
        _outlook(by_day[days[-1]], ahead, meeting),
    )


def _known(by_day: Mapping[date, Counts], today: date) -> list[date]:
    days = sorted(day for day in by_day if day <= today)
    start = next((index for index, day in enumerate(days) if by_day[day].seats_least), len(days))
    return days[start:]


def _points(values: Sequence[Value], today: date) -> list[Point]:
    return [
        Point(today + timedelta(days=number), round(one.value), forecast=True, error=round(one.error))
        for number, one in enumerate(values, start=1)
    ]


def _widest(by_day: Mapping[date, Counts], days: Sequence[date]) -> Gap | None:
    """The day on which most hands were missing."""
    short, day = max((by_day[day].short, day) for day in days)
    words = gettext("Widest gap: %(day)s, %(short)s hands")
    return Gap(day, words % {"day": plain_date(day), "short": number_words(short)}) if short else None


def _begins(stage: StageView | None, days: Sequence[date]) -> list[Line]:
    """Where the stage of now began, if the plot reaches back so far."""
    if stage is None or not stage.stage:
        return []
    day = local(stage.since).date()
    if not days[0] <= day <= days[-1]:
        return []
    return [Line(day, gettext("%(stage)s begins") % {"stage": stage.number_name})]


def _meeting(ahead: Forecast, today: date) -> Meeting | None:
    if ahead.meets_in is None:
        return None
    day = today + timedelta(days=ahead.meets_in)
    error = gettext("± %(days)s d") % {"days": ahead.error_days}
    return Meeting(day, gettext("Met %(day)s") % {"day": _briefly(day)}, error)


def _briefly(day: date) -> str:
    """Beside the plot there is room for few letters."""
    return plain_date(day) if in_chinese() else f"{day.day} {month_name(day)}"


def _outlook(last: Counts, ahead: Forecast | None, meeting: Meeting | None) -> str:
    if meeting is not None and ahead is not None:
        return gettext("Hands are expected to meet need on %(day)s (%(error)s).") % {
            "day": plain_date(meeting.day),
            "error": meeting.error,
        }
    if ahead is not None:
        return gettext(
            "Going on as in the last 7 days, hands do not surely meet need within %(days)s days."
        ) % {"days": AHEAD}
    if not last.short:
        return gettext("Today every shift has the hands that it needs.")
    return gettext("Too few days with shifts to say how it goes on.")
