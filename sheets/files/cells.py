"""What one cell may hold, and how people write numbers, days and hours in it."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from enum import Enum


class Mark(Enum):
    """Cells that hold no value of their own."""

    FORMULA = "formula"
    MERGED = "merged"


Cell = str | int | float | bool | date | datetime | time | timedelta | Mark | None

EXCEL_EPOCH = date(1899, 12, 30)
# As numbers of days: 1954 to 2119.
SERIALS = range(20_000, 80_000)
# Beyond them the clock of a place cannot be reckoned with, and nobody plans.
YEARS = range(1900, 2200)
SHORTENED = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d{1,3}")
BLANKS = re.compile(r"[\s\u200b\ufeff]+")
DAY_PATTERNS = (
    re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?"),
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY_MONTH = re.compile(r"(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+(?P<m>[a-z]{3,9})\.?,?(?:\s+(?P<y>\d{4}))?")
MONTH_DAY = re.compile(r"(?P<m>[a-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?(?:\s+(?P<y>\d{4}))?")
HOUR = re.compile(
    r"(?P<next>次日|第二天|翌日|next day|\+1)?\s*(?P<part>凌晨|早上|上午|中午|下午|傍晚|晚上|am|pm)?\s*"
    r"(?P<h>\d{1,2})(?:\s*[:.时点]\s*(?P<m>\d{1,2}|半)?\s*分?)?(?::\d{2})?\s*(?P<half>am|pm)?"
)
# An hour behind a day: 2020-02-06 18:30, 2月6日晚上8点, 6 Feb 8pm. It has a colon, 点 or 时, or says am or pm.
DAY_AND_HOUR = re.compile(
    r"(?P<day>.*?[\d日号])(?:\s+|(?<=[日号])|T)"
    r"(?P<hour>[^\d]{0,6}\d{1,2}(?::\d{1,2}(?::\d{2})?|\s*[点时].*|\s*[ap]m).{0,3})",
    re.IGNORECASE,
)
AFTERNOON = {"下午", "傍晚", "晚上", "pm"}
LISTED = re.compile(r"[,，;；、/|\n]+")


class BadCell(ValueError):
    """A cell that cannot be taken as it is; `code` says why, `params` fill the sentence."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


def plain(cell: Cell) -> Cell:
    """The cell, unless it holds a formula without a value or lies in a merged block."""
    if isinstance(cell, Mark):
        raise BadCell(cell.value)
    return cell


def text(cell: Cell, *, most: int | None = None) -> str:
    """The cell in one line, without blanks around it; whole numbers without a point. `most` in characters."""
    cell = plain(cell)
    if cell is None:
        return ""
    if isinstance(cell, float):
        words = str(int(cell)) if cell.is_integer() else repr(cell)
    elif isinstance(cell, datetime) and cell.time() == time():
        words = cell.date().isoformat()
    else:
        words = str(cell)
    words = BLANKS.sub(" ", words.replace("\0", "")).strip().removeprefix("'").strip()
    if most is not None and len(words) > most:
        raise BadCell("too-long", most=most, count=len(words))
    return words


def paragraphs(cell: Cell, *, most: int) -> str:
    """As `text`, with its lines kept."""
    if isinstance(cell, str):
        words = "\n".join(line.rstrip() for line in cell.replace("\0", "").splitlines()).strip()
        if len(words) > most:
            raise BadCell("too-long", most=most, count=len(words))
        return words
    return text(cell, most=most)


def contact(cell: Cell) -> str:
    """A telephone number or an address as it was meant: 1.3800000044E10 is whole, 1.38E+10 has lost its digits."""
    words = unicodedata.normalize("NFKC", text(cell)).replace(" ", "") if cell is not None else ""
    if SHORTENED.fullmatch(words):
        mantissa = re.sub(r"\D", "", words.lower().split("e")[0])
        exponent = int(re.sub(r".*e\+?", "", words.lower()))
        if len(mantissa) != exponent + 1:
            raise BadCell("number-shortened", value=words)
        return mantissa
    return words.removesuffix(".0")


def listed(cell: Cell) -> list[str]:
    """Several things in one cell, parted by a comma, a semicolon, 、, a slash or a line."""
    words = "" if cell is None else str(plain(cell)).replace("\0", "")
    return [part for part in (BLANKS.sub(" ", each).strip() for each in LISTED.split(words)) if part]


def whole(cell: Cell) -> int | None:
    """A whole number, with or without 人 behind it; None where the cell is empty."""
    words = unicodedata.normalize("NFKC", text(cell)).strip().rstrip("人个名岁").strip().removesuffix(".0")
    if not words:
        return None
    if not re.fullmatch(r"\d{1,6}", words):
        raise BadCell("no-number", value=words[:40])
    return int(words)


def minutes_of_hours(cell: Cell) -> int | None:
    """Minutes from a number of hours, as 2, 1.5 or 2 小时; None where the cell is empty."""
    words = unicodedata.normalize("NFKC", text(cell)).strip().lower()
    words = re.sub(r"\s*(?:个?小时|hours?|h)$", "", words)
    if not words:
        return None
    if not re.fullmatch(r"\d{1,4}(?:\.\d{1,2})?", words):
        raise BadCell("no-number", value=words[:40])
    return round(float(words) * 60)


def day(cell: Cell, *, year: int | None = None) -> date | None:
    """A day: a date, a day's number, 2020-02-06, 2020年2月6日, 2月6日 or 6 Feb in `year`. None where empty."""
    found = _day(plain(cell), year)
    if found is not None and found.year not in YEARS:
        raise BadCell("no-day", value=found.isoformat())
    return found


def _day(cell: Cell, year: int | None) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    words = unicodedata.normalize("NFKC", text(cell)).strip().lower()
    if not words:
        return None
    words = re.sub(r"\s*[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?$", "", words)
    words = re.sub(r"[ t]\d{1,2}:\d{2}(?::\d{2})?$", "", words)
    if re.fullmatch(r"\d{5}", words) and int(words) in SERIALS:
        return EXCEL_EPOCH + timedelta(days=int(words))
    compact = words.replace(" ", "")
    found = next((match for pattern in DAY_PATTERNS if (match := pattern.fullmatch(compact))), None)
    found = found or DAY_MONTH.fullmatch(words) or MONTH_DAY.fullmatch(words)
    if found is None:
        raise BadCell("no-day", value=words[:40])
    parts = found.groupdict()
    month = parts["m"] if parts["m"].isdigit() else str(_month(parts["m"], words))
    if parts.get("y") is None and year is None:
        raise BadCell("no-year", value=words[:40])
    try:
        return date(int(parts.get("y") or year or 0), int(month), int(parts["d"]))
    except ValueError as error:
        raise BadCell("no-day", value=words[:40]) from error


def _month(name: str, words: str) -> int:
    if name[:3] not in MONTHS:
        raise BadCell("no-day", value=words[:40])
    return MONTHS.index(name[:3]) + 1


def moment(cell: Cell, *, year: int | None = None) -> tuple[date, int | None] | None:
    """A day, and minutes since its midnight where an hour stands behind it. None where empty."""
    cell = plain(cell)
    if isinstance(cell, datetime):
        return cell.date(), (cell.hour * 60 + cell.minute) or None
    words = unicodedata.normalize("NFKC", text(cell)).strip()
    found = DAY_AND_HOUR.fullmatch(words)
    if found is None or isinstance(cell, date):
        only = day(cell, year=year)
        return (only, None) if only is not None else None
    only, minutes = day(found["day"], year=year), hour(found["hour"])
    if only is None or minutes is None:
        raise BadCell("no-day", value=words[:40])
    return only, minutes[0]


def hour(cell: Cell) -> tuple[int, bool] | None:
    """Minutes since midnight, and whether the next day is meant; 24:00 is 1440. None where empty."""
    cell = plain(cell)
    if isinstance(cell, datetime):
        cell = cell.time()
    if isinstance(cell, time):
        return cell.hour * 60 + cell.minute, False
    if isinstance(cell, timedelta):
        return _within(int(cell.total_seconds() // 60), str(cell))
    if isinstance(cell, float) and 0 <= cell < 1:
        return round(cell * 1440), False
    words = unicodedata.normalize("NFKC", text(cell)).strip().lower()
    if not words:
        return None
    found = HOUR.fullmatch(words)
    if found is None:
        raise BadCell("no-hour", value=words[:40])
    hours = int(found["h"])
    minutes = 30 if found["m"] == "半" else int(found["m"] or 0)
    part = found["part"] or found["half"]
    if (part in AFTERNOON and hours < 12) or (part == "中午" and hours < 3):
        hours += 12
    elif part in {"am", "凌晨"} and hours == 12:
        hours = 0
    if minutes > 59:
        raise BadCell("no-hour", value=words[:40])
    total, _ = _within(hours * 60 + minutes, words)
    return total, found["next"] is not None


def _within(minutes: int, words: str) -> tuple[int, bool]:
    if not 0 <= minutes <= 1440:
        raise BadCell("no-hour", value=words[:40])
    return minutes, False


def yes(cell: Cell) -> bool:
    """Whether the cell says yes: 是, 有, yes, y, true, 1, x, √."""
    return text(cell).casefold() in {"是", "有", "对", "yes", "y", "true", "1", "x", "√", "✓"}
