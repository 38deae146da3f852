"""The days of an overview: those with a bar, the chosen ones, and the time behind that medians look at."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext

from core import clock
from insights.queries import window_of
from web.wording import full_date

DAYS_BEFORE, DAYS_AFTER = 10, 4
# The calendar shows whole weeks, the lines what lies in them.
WEEKS = 6


@dataclass(frozen=True)
class Days:
    today: date
    chosen: tuple[date, date]
    is_default: bool

    @property
    def bars(self) -> tuple[date, date]:
        return self.today - timedelta(days=DAYS_BEFORE), self.today + timedelta(days=DAYS_AFTER)

    @property
    def span(self) -> tuple[date, date]:
        """What the lines and the bars are read from."""
        return self.weeks[0], self.bars[1]

    @property
    def weeks(self) -> tuple[date, date]:
        """The Monday on which the calendar begins and the Sunday on which it ends."""
        sunday = self.today + timedelta(days=6 - self.today.weekday())
        return sunday - timedelta(days=7 * WEEKS - 1), sunday

    @property
    def history(self) -> tuple[date, date]:
        return window_of(self.today)

    @property
    def query(self) -> str:
        return "" if self.is_default else f"?day={self.chosen[0].isoformat()}"

    def every_bar(self) -> list[date]:
        first, last = self.bars
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def days_of(text: str) -> Days:
    """The day that was asked for, where it has a bar; otherwise today and tomorrow."""
    today = clock.today()
    days = Days(today, (today, today + timedelta(days=1)), True)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return days
    first, last = days.bars
    return Days(today, (day, day), False) if first <= day <= last else days


def day_options(days: Days) -> list[tuple[str, str, bool]]:
    """The days with a bar, for the select: its value, its words, whether it is chosen."""
    return [
        ("", gettext("Today and tomorrow"), days.is_default),
        *(
            (day.isoformat(), full_date(day), not days.is_default and day == days.chosen[0])
            for day in days.every_bar()
        ),
    ]
