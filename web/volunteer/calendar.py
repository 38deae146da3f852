"""One event in the format of calendars (RFC 5545)."""

from datetime import UTC, datetime

LINE_BYTES = 75


def event(
    *,
    uid: str,
    starts_at: datetime,
    ends_at: datetime,
    title: str,
    place: str,
    address: str,
    made_at: datetime,
) -> str:
    """The whole file, with a reminder two hours before."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Manyhands//Manyhands//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{uid}@manyhands",
        f"DTSTAMP:{_moment(made_at)}",
        f"DTSTART:{_moment(starts_at)}",
        f"DTEND:{_moment(ends_at)}",
        f"SUMMARY:{_escaped(title)}",
        f"LOCATION:{_escaped(place)}",
        f"URL:{address}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(title)}",
        "TRIGGER:-PT2H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for plain, safe in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        text = text.replace(plain, safe)
    return text


def _folded(line: str) -> str:
    """Lines of at most 75 bytes; no character is cut in two."""
    parts, part, size = [], "", 0
    for character in line:
        length = len(character.encode())
        if size + length > LINE_BYTES:
            parts.append(part)
            part, size = " ", 1
        part += character
        size += length
    return "\r\n".join([*parts, part])
