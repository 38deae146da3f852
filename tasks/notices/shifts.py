"""What volunteers and organizers are told about seats and shifts: one kind a message, its words in the templates."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from accounts.models import User
from areas.models import Area
from notifications.notices import Kind, Notice
from organizations.models import Organization
from tasks.models import Assignment, Incident, ServiceRecord, Shift

SHIFT_SAMPLE = {
    "title": {"zh": "夜间卡口测温登记", "en": "Night checkpoint"},
    "starts_at": "2020-02-06T10:00:00Z",
    "ends_at": "2020-02-06T14:00:00Z",
    "due_at": None,
    "area": {"zh": "温州市鹿城区五马街道", "en": "Wuma Subdistrict, Lucheng District, Wenzhou"},
    "place": "信河街 126 号，社区服务站门口",
    "organization": {"zh": "鹿城邻里互助会", "en": "Lucheng Neighbours"},
    "shift_url": "/needs/8KQ34MWX/",
}
SEAT_SAMPLE = {
    **SHIFT_SAMPLE,
    "name": "桂芳",
    "is_remote": False,
    "address": "",
    "contact": "林跃",
    "contact_phone": "+8613900000001",
    "bring": "手机、保暖衣物。口罩、手套现场发",
    "spoken_code": "7204",
    "seats": 1,
    "notice_minutes": 120,
    "url": "/me/seats/8KQ34MWX7204/",
    "rebook_url": "/me/rebook/8KQ34MWX7204/",
}
_BOARD = {
    **SHIFT_SAMPLE,
    "organization_code": "7KQ3MWXA",
    "shift_code": "8KQ34MWX",
    "name": "桂芳",
    "number": "40231123",
    "url": "/org/7KQ3MWXA/shifts/8KQ34MWX/people/",
}
KINDS = (
    Kind("seat_taken", {**SEAT_SAMPLE, "was_short": 8, "placed_by": "", "override": ""}),
    Kind("seat_released", {**SEAT_SAMPLE, "reason": ""}),
    Kind("seat_removed", {**SEAT_SAMPLE, "reason": "你选的那天改到了 2 月 8 日。"}),
    Kind(
        "shift_changed",
        {**SEAT_SAMPLE, "time": True, "where": True, "other": True, "reason": "路口封了。"},
    ),
    Kind("shift_cancelled", {**SEAT_SAMPLE, "reason": "物资改到明天到。"}),
    Kind("shift_reminder", SEAT_SAMPLE),
    Kind(
        "hours_confirmed",
        {
            **SHIFT_SAMPLE,
            "name": "桂芳",
            "minutes": 235,
            "hours": 3,
            "rest": 55,
            "from": "2020-02-06T10:00:00Z",
            "until": "2020-02-06T13:55:00Z",
            "record": "9ACDEF34",
            "url": "/me/hours/",
        },
    ),
    Kind(
        "incident_reported", {**_BOARD, "kind": "injury", "is_urgent": True, "text": "有人摔倒，已送医院。"}
    ),
    Kind("contact", {**_BOARD, "text": "我可以晚到 20 分钟吗？", "phone": ""}),
)


def seat_taken(
    assignment: Assignment, shift: Shift, user: User, *, was_short: int, placed_by: str = ""
) -> Notice:
    """The seat is theirs: time, place, whom to ask for, what to bring, the code to say."""
    context = {
        **about_seat(assignment, shift, user),
        "was_short": was_short,
        "placed_by": placed_by,
        "override": assignment.override_reason,
    }
    return _notice("seat_taken", f"seat:{assignment.code}:taken", user, context, shift)


def seat_released(assignment: Assignment, shift: Shift, user: User) -> Notice:
    context = {**about_seat(assignment, shift, user), "reason": assignment.end_reason}
    return Notice(
        kind="seat_released",
        event=f"seat:{assignment.code}:released",
        recipient=user,
        context=context,
        useful_until=shift.ends_at,
        # The person has just done it: a line in the inbox is enough.
        outside=False,
    )


def seat_removed(assignment: Assignment, shift: Shift, user: User, reason: str | dict[str, str]) -> Notice:
    context = {**about_seat(assignment, shift, user), "reason": reason}
    return _notice("seat_removed", f"seat:{assignment.code}:removed", user, context, shift)


def shift_cancelled(assignments: Iterable[Assignment], shift: Shift, reason: str) -> Iterator[Notice]:
    for assignment in assignments:
        user = assignment.volunteer.user
        context = {**about_seat(assignment, shift, user), "reason": reason}
        yield _notice("shift_cancelled", f"seat:{assignment.code}:cancelled", user, context, shift)


def shift_changed(
    assignments: Iterable[Assignment], shift: Shift, changes: dict[str, bool], reason: str
) -> Iterator[Notice]:
    for assignment in assignments:
        user = assignment.volunteer.user
        context = {**about_seat(assignment, shift, user), **changes, "reason": reason}
        yield _notice("shift_changed", f"seat:{assignment.code}:v{shift.version}", user, context, shift)


def reminder(assignment: Assignment, lead: int) -> Notice:
    """`lead` names the moment that they chose: each reminds once of a start."""
    shift, user = assignment.shift, assignment.volunteer.user
    if shift.starts_at is None:
        raise ValueError(f"{assignment.code} has no start to remind of")
    start = shift.starts_at.astimezone(UTC).strftime("%Y%m%dT%H%M")
    return Notice(
        kind="shift_reminder",
        event=f"seat:{assignment.code}:remind-{lead}:{start}",
        recipient=user,
        context=about_seat(assignment, shift, user),
        useful_until=shift.starts_at,
    )


def hours_confirmed(record: ServiceRecord, shift: Shift, user: User) -> Notice:
    hours, rest = divmod(record.minutes, 60)
    context = {
        **about_shift(shift),
        "name": user.name,
        "minutes": record.minutes,
        "hours": hours,
        "rest": rest,
        "from": record.starts_at,
        "until": record.ends_at,
        "record": record.code,
        "url": "/me/hours/",
    }
    return Notice(kind="hours_confirmed", event=f"hours:{record.code}", recipient=user, context=context)


def incident_reported(incident: Incident, shift: Shift, people: Iterable[User]) -> Iterator[Notice]:
    context = {
        **_board(shift),
        "name": incident.reported_by.name,
        "number": "",
        "kind": incident.kind,
        "is_urgent": incident.is_urgent,
        "text": incident.text,
        "url": f"/org/{shift.organization.code}/incidents/{incident.code}/",
    }
    for person in people:
        # What is urgent goes to the phone as well; the rest waits in the inbox.
        yield Notice(
            kind="incident_reported",
            event=f"incident:{incident.code}",
            recipient=person,
            context=context,
            outside=incident.is_urgent,
        )


def contact(
    assignment: Assignment, people: Iterable[User], *, text: str, phone: str, event: str
) -> Iterator[Notice]:
    """A volunteer's question to those who run the shift. Their telephone only where they chose to give it."""
    volunteer = assignment.volunteer
    context = {
        **_board(assignment.shift),
        "name": volunteer.user.name,
        "number": volunteer.number,
        "text": text,
        "phone": phone,
    }
    for person in people:
        yield Notice(kind="contact", event=event, recipient=person, context=context)


def _notice(kind: str, event: str, user: User, context: dict[str, Any], shift: Shift) -> Notice:
    return Notice(kind=kind, event=event, recipient=user, context=context, useful_until=shift.ends_at)


def about_shift(shift: Shift) -> dict[str, Any]:
    """Reads the task, the organization and the area up to its city: load them with the shift."""
    task = shift.task
    return {
        "title": task.titles,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "due_at": shift.due_at,
        "area": area_names(shift.area),
        "place": shift.place,
        "organization": organization_names(shift.organization),
        "shift_url": f"/needs/{shift.code}/",
    }


def about_seat(assignment: Assignment, shift: Shift, user: User) -> dict[str, Any]:
    """What the holder of a seat may know, with the address and whom to call."""
    return {
        **about_shift(shift),
        "name": user.name,
        "is_remote": shift.task.is_remote,
        "address": shift.address,
        "contact": shift.contact_name,
        "contact_phone": shift.contact_phone,
        "bring": shift.bring,
        "spoken_code": assignment.spoken_code,
        "seats": assignment.seats,
        "notice_minutes": shift.release_notice_minutes,
        "url": f"/me/seats/{assignment.code}/",
        "rebook_url": f"/me/rebook/{assignment.code}/",
    }


def _board(shift: Shift) -> dict[str, Any]:
    code = shift.organization.code
    return {
        **about_shift(shift),
        "organization_code": code,
        "shift_code": shift.code,
        "url": f"/org/{code}/shifts/{shift.code}/people/",
    }


def organization_names(organization: Organization) -> dict[str, str]:
    return {"zh": organization.name, "en": organization.name_en or organization.name}


def area_names(area: Area) -> dict[str, str]:
    """The area with those above it up to its city, in both languages."""
    names = [area]
    while names[-1].level > Area.Level.CITY and (above := names[-1].parent) is not None:
        if above.level < Area.Level.CITY:
            break
        names.append(above)
    return {
        "zh": "".join(part.name_zh for part in reversed(names)),
        "en": ", ".join(part.name_en for part in names),
    }
