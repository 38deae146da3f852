"""What is refused about a series, each with its sentence."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class RuleUnclear(DomainError):
    code = "rule-unclear"
    text = _("“%(part)s” is not understood. Choose daily, weekly or monthly, and the days")


class SeriesEndsFirst(DomainError):
    code = "series-ends-first"
    text = _("The last day lies before the first")


class SeriesOutsideTask(DomainError):
    code = "series-outside-task"
    text = _("The call runs from %(first)s to %(last)s. Choose first and last day in it")


class NoOccurrence(DomainError):
    code = "no-occurrence"
    text = _("No day between the two is one of these. Choose other days, or a later last day")


class TooManyOccurrences(DomainError):
    code = "too-many-occurrences"
    text = _("A series has at most %(most)s shifts. Choose an earlier last day")


class LengthOutOfRange(DomainError):
    code = "length-out-of-range"
    text = _("A shift lasts at most 24 hours. Split it into several")


class NotASeries(DomainError):
    code = "not-a-series"
    text = _("This shift belongs to no series")


class SeriesOver(DomainError):
    code = "series-over"
    text = _("This series has ended")


class DayMovesAlone(DomainError):
    code = "day-moves-alone"
    text = _("Another day is for one shift alone. For all of them, end the series here and start another one")


class SeriesRunsAlready(DomainError):
    code = "series-runs-already"
    text = _("The same series runs already: the same days, hours and place")
