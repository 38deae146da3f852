"""The rule of a series in words."""

from datetime import date

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from tasks.policies.recurrence import LAST, Freq, RuleValues, rule_in_values

_NTHS = {
    1: _("the first %(day)s"),
    2: _("the second %(day)s"),
    3: _("the third %(day)s"),
    4: _("the fourth %(day)s"),
    5: _("the fifth %(day)s"),
    LAST: _("the last %(day)s"),
}
_WORKDAYS = (0, 1, 2, 3, 4)


def rule_in_words(rule: str, starts_on: date) -> str:
    """As "every 2 weeks on Monday and Thursday", in the reader's language; the first day says what the rule leaves out."""
    values = rule_in_values(rule)
    if values.freq == Freq.DAILY:
        return _every_days(values.interval)
    if values.freq == Freq.WEEKLY:
        return _weekly(values, starts_on)
    return _monthly(values, starts_on)


def _every_days(interval: int) -> str:
    if interval == 1:
        return gettext("every day")
    return ngettext("every %(count)d day", "every %(count)d days", interval) % {"count": interval}


def _weekly(values: RuleValues, starts_on: date) -> str:
    weekdays = values.weekdays or (starts_on.weekday(),)
    if values.interval == 1 and len(weekdays) == 7:
        return gettext("every day")
    if values.interval == 1 and weekdays == _WORKDAYS:
        return gettext("every Monday to Friday")
    days = _listed([str(WEEKDAYS[day]) for day in weekdays])
    if values.interval == 1:
        return gettext("every %(days)s") % {"days": days}
    return ngettext(
        "every %(count)d week on %(days)s", "every %(count)d weeks on %(days)s", values.interval
    ) % {
        "count": values.interval,
        "days": days,
    }


def _monthly(values: RuleValues, starts_on: date) -> str:
    if values.nths:
        days = _listed([str(_NTHS[number]) % {"day": WEEKDAYS[day]} for number, day in values.nths])
    else:
        numbers = sorted(values.month_days or (starts_on.day,), key=lambda day: day if day > 0 else 99)
        days = _listed([_day_of_month(number) for number in numbers])
    if values.interval == 1:
        return gettext("every month on %(days)s") % {"days": days}
    return ngettext(
        "every %(count)d month on %(days)s", "every %(count)d months on %(days)s", values.interval
    ) % {"count": values.interval, "days": days}


def _day_of_month(number: int) -> str:
    if number == LAST:
        return gettext("the last day")
    return gettext("day %(number)d") % {"number": number}


def _listed(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    between, last = pgettext("between days", ", "), pgettext("before the last of several days", " and ")
    # A language may set a number apart with a blank, which a comma makes needless.
    first, *rest = words[:-1]
    return between.join([first, *(word.lstrip() for word in rest)]) + last + words[-1]
