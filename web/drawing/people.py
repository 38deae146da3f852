"""The person, the mark, the hem, the crowd and the days served."""

import math
from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from web.drawing.svg import join, number, picture
from web.wording import WEEKDAYS_EN, full_date, in_chinese, number_words

# Two strokes on a field of 24: the character 人.
LEFT_STROKE = "M12 2.4C12 10.4 8.4 16.6 2.6 21.2"
RIGHT_STROKE = "M13.6 10.2C15.2 14.8 18 18.4 21.8 21"
PERSON_PATH = LEFT_STROKE + RIGHT_STROKE
HEM_PATH = "M8.6 2.2C8.6 6 6 9.4 0 11.6M9.7 6.4C11 9 13.6 10.9 18 11.6"

CROWD_LIMIT = 40
CROWD_COLUMNS = 8
CROWD_PITCH = 43

DAY_PITCH = 22
DAY_LABELS = 24
# From these hours a day is drawn one shade darker.
DAY_SHADES = (2.0, 4.0, 6.0)


def person(css: str = "person") -> SafeString:
    """Draw one person."""
    return picture(_strokes(), width=24, height=24, css=css)


def mark(css: str = "mark", text: str = "") -> SafeString:
    """Draw the mark: three persons, the one on top being the reader."""
    stroke = format_html('<path d="{}"/>', PERSON_PATH)
    content = format_html(
        '<g class="mark-top" transform="translate(11.4 .2) scale(1.02)">{0}</g>'
        '<g transform="translate(.2 23.4) scale(.98)">{0}</g>'
        '<g transform="translate(24.2 23.4) scale(.98)">{0}</g>',
        stroke,
    )
    return picture(content, width=48, height=48, css=css, text=text)


def _strokes() -> SafeString:
    return format_html('<path d="{}"/>', PERSON_PATH)


def crowd(
    taken: int, needed: int, seats: int, you: int | None = None, before: int | None = None
) -> SafeString:
    """Draw a person for each seat: taken, still needed, welcome beyond that; one square is the reader's seat.

    `you` counts from 0; a list of more than 40 seats draws nothing (use stitches).
    Who came since there were only `before` people fills in while one looks.
    """
    if seats > CROWD_LIMIT or seats < 1:
        return mark_safe("")
    columns = min(seats, CROWD_COLUMNS)
    rows = math.ceil(seats / columns)
    people = []
    for seat in range(seats):
        column, row = seat % columns, seat // columns
        came = "taken new" if before is not None and seat >= before else "taken"
        kind = came if seat < taken else "needed" if seat < needed else "welcome"
        square = mark_safe("")
        if seat == you:
            kind = "you"
            square = mark_safe('<rect width="39" height="40" rx="2"/>')
        people.append(
            format_html(
                '<g class="{}" transform="translate({} {})">{}'
                '<path transform="translate(3 3) scale(1.4)" d="{}"/></g>',
                kind,
                column * CROWD_PITCH,
                row * (CROWD_PITCH + 2),
                square,
                PERSON_PATH,
            )
        )
    text = _crowd_text(taken, needed, seats, you is not None)
    width, height = columns * CROWD_PITCH - 3, rows * (CROWD_PITCH + 2) - 4
    return picture(join(people), width=width, height=height, css="crowd", text=text)


def _crowd_text(taken: int, needed: int, seats: int, you: bool) -> str:
    values = {"taken": taken, "seats": seats, "needed": needed}
    text = gettext("%(taken)d of %(seats)d seats taken, %(needed)d needed to open") % values
    return gettext("%(text)s; one seat is kept for you") % {"text": text} if you else text


def day_crowd(hours_by_day: Mapping[date, float], until: date, weeks: int = 15) -> SafeString:
    """Draw the days served: a person on each day with hours, darker for more, a dot on the others."""
    monday = until - timedelta(days=until.weekday(), weeks=weeks - 1)
    marks = []
    served = 0
    total = 0.0
    for offset in range((until - monday).days + 1):
        day = monday + timedelta(days=offset)
        x = DAY_LABELS + (offset // 7) * DAY_PITCH
        y = (offset % 7) * DAY_PITCH
        hours = hours_by_day.get(day, 0)
        if hours > 0:
            served += 1
            total += hours
            shade = sum(hours >= step for step in DAY_SHADES) + 1
            marks.append(
                format_html(
                    '<path class="day day--{}" transform="translate({} {}) scale(.8)" d="{}"/>',
                    shade,
                    number(x + 1.4),
                    number(y + 1.4),
                    PERSON_PATH,
                )
            )
        else:
            marks.append(format_html('<circle cx="{}" cy="{}" r="1.6"/>', x + 11, y + 11))
        if day == until:
            marks.append(format_html('<rect class="day-now" x="{}" y="{}" width="22" height="22"/>', x, y))
    width, bottom = DAY_LABELS + weeks * DAY_PITCH, 7 * DAY_PITCH
    marks.extend(_day_labels(monday, width, bottom))
    return picture(
        join(marks),
        width=width + 1,
        height=bottom + 26,
        css="day-crowd",
        text=_days_text(served, total),
    )


def _day_labels(monday: date, width: int, bottom: int) -> list[SafeString]:
    zh = in_chinese()
    names = (
        ("一", "", "三", "", "五", "", "日")
        if zh
        else tuple(n[:3] if i % 2 == 0 else "" for i, n in enumerate(WEEKDAYS_EN))
    )
    labels = [
        format_html('<text x="0" y="{}">{}</text>', row * DAY_PITCH + 15, name)
        for row, name in enumerate(names)
        if name
    ]
    first = full_date(monday, year=True).rsplit(" ", 1)[0] if zh else f"{monday.day} {monday:%b %Y}"
    labels.append(format_html('<text x="{}" y="{}">{}</text>', DAY_LABELS, bottom + 20, first))
    labels.append(
        format_html(
            '<text class="end" x="{}" y="{}">{}</text>',
            width,
            bottom + 20,
            gettext("today"),
        )
    )
    return labels


def _days_text(served: int, total: float) -> str:
    return ngettext(
        "%(days)d day served, %(hours)s hours",
        "%(days)d days served, %(hours)s hours",
        served,
    ) % {
        "days": served,
        "hours": number_words(total),
    }
