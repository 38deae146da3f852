"""One bar a day: how many hands are missing, and the way to see that day on the map."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString

from insights.queries import Counts

HEIGHT = 40


@dataclass(frozen=True)
class DayBar:
    day: date
    label: str
    short: int
    url: str
    drawing: SafeString
    chosen: bool
    today: bool


def day_bars(by_day: Mapping[date, Counts], *, chosen: tuple[date, date], today: date) -> list[DayBar]:
    """The bars of days in their order; heights compare with the worst of them."""
    highest = max((counts.short for counts in by_day.values()), default=0)
    bars = []
    for index, (day, counts) in enumerate(by_day.items()):
        height = round(counts.short / highest * HEIGHT) if highest else 0
        drawing = format_html(
            '<svg class="day-bar" viewBox="0 0 20 {0}" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
            '<rect y="{1}" width="20" height="{2}"/></svg>',
            HEIGHT,
            HEIGHT - max(height, 1),
            max(height, 1),
        )
        label = f"{day.month}/{day.day}" if index == 0 or day.day == 1 else str(day.day)
        bars.append(
            DayBar(
                day,
                label,
                counts.short,
                f"?day={day.isoformat()}",
                drawing,
                chosen[0] <= day <= chosen[1],
                day == today,
            )
        )
    return bars
