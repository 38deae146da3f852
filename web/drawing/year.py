"""A month of somebody's days: a person on each day served, the darker the longer, a dot on the others."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.html import format_html
from django.utils.safestring import SafeString

from web.drawing.people import DAY_PITCH, DAY_SHADES, PERSON_PATH
from web.drawing.svg import join, number, picture
from web.wording import weekday_letters

HEAD = 20
WEEKS = 6


def shade_of(hours: float) -> int:
    """1 to 4 for a day served, 0 for any other."""
    return sum(hours >= step for step in DAY_SHADES) + 1 if hours > 0 else 0


def month_crowd(first: date, hours_by_day: Mapping[date, float], until: date, text: str) -> SafeString:
    """Draw the days of the month of `first`, in weeks from Monday; none after `until`, which is framed."""
    marks = [
        format_html('<text class="middle" x="{}" y="14">{}</text>', number((column + 0.5) * DAY_PITCH), short)
        for column, (short, _) in enumerate(weekday_letters())
    ]
    day = first.replace(day=1)
    offset = day.weekday()
    while day.month == first.month and day <= until:
        place = offset + day.day - 1
        x, y = place % 7 * DAY_PITCH, HEAD + place // 7 * DAY_PITCH
        marks.append(_day(x, y, shade_of(hours_by_day.get(day, 0))))
        if day == until:
            marks.append(format_html('<rect class="day-now" x="{}" y="{}" width="22" height="22"/>', x, y))
        day += timedelta(days=1)
    return picture(
        join(marks), width=7 * DAY_PITCH + 1, height=HEAD + WEEKS * DAY_PITCH + 1, css="day-crowd", text=text
    )


def _day(x: int, y: int, shade: int) -> SafeString:
    if not shade:
        return format_html('<circle cx="{}" cy="{}" r="1.6"/>', x + 11, y + 11)
    return format_html(
        '<path class="day day--{}" transform="translate({} {}) scale(.8)" d="{}"/>',
        shade,
        number(x + 1.4),
        number(y + 1.4),
        PERSON_PATH,
    )
