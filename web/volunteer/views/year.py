"""A volunteer's own year: every day with hours, as a picture and as a list."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from tasks.queries.hours import Served, served_by
from web.access import VolunteerRequest, volunteer_only
from web.drawing.year import month_crowd
from web.volunteer.frame import frame
from web.wording import month_name, number_words

MONTHS = 12


@dataclass(frozen=True)
class Month:
    """A month with its days served and their lengths, and the picture of it."""

    first: date
    name: str
    days: list[tuple[date, timedelta]]
    drawing: SafeString

    @property
    def length(self) -> timedelta:
        return sum((length for _, length in self.days), timedelta())


@never_cache
@require_safe
@volunteer_only
def year(request: VolunteerRequest) -> HttpResponse:
    """The last twelve months, or a calendar year that the address names. One statement of its own."""
    today, served = clock.today(), served_by(request.volunteer)
    years = sorted({day.year for day in served.by_day}, reverse=True)
    wish = request.GET.get("year", "")
    chosen = int(wish) if wish.isdecimal() and int(wish) in years else None
    last = today.replace(day=1) if chosen is None else date(chosen, MONTHS, 1)
    # Of this year no month to come.
    found = [_month(first, served, today) for first in _months(last) if first <= today]
    days = sum(len(month.days) for month in found)
    hours = sum((month.length for month in found), timedelta()) / timedelta(hours=1)
    context = frame(request, "hours") | {
        "months": found,
        "served_months": [month for month in reversed(found) if month.days],
        "days": days,
        "hours": round(hours, 1),
        "years": [(one, one == chosen) for one in years],
        "chosen": chosen,
    }
    return render(request, "volunteer/year.html", context)


def _months(last: date) -> list[date]:
    """The first days of the twelve months that end with one."""
    counted = last.year * MONTHS + last.month - 1
    return [
        date(number // MONTHS, number % MONTHS + 1, 1) for number in range(counted - MONTHS + 1, counted + 1)
    ]


def _month(first: date, served: Served, today: date) -> Month:
    of_month = {
        day: hours
        for day, hours in served.by_day.items()
        if (day.year, day.month) == (first.year, first.month)
    }
    name = gettext("%(month)s %(year)s") % {"month": month_name(first), "year": first.year}
    said = ngettext(
        "%(month)s: %(days)s day, %(hours)s hours", "%(month)s: %(days)s days, %(hours)s hours", len(of_month)
    )
    text = said % {
        "month": name,
        "days": len(of_month),
        "hours": number_words(round(sum(of_month.values()), 1)),
    }
    days = [(day, timedelta(hours=hours)) for day, hours in sorted(of_month.items())]
    return Month(first, name, days, month_crowd(first, of_month, today, text))
