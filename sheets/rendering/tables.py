"""What an export holds: its headers and its rows, in the active language, some hundred at a time from the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from organizations.models import Organization
from sheets.files.writing import Value
from sheets.models import Sheet
from sheets.rendering.words import separated, titles
from tasks.models import Assignment, ServiceRecord, Shift
from tasks.queries.roster import roster_of
from volunteers.models import VolunteerCapability
from volunteers.queries import people_of

CHUNK = 500
# How long after a shift its people may still be called.
PHONES_AFTER = timedelta(days=1)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Out:
    """A row, and the person whose details stand in it, if one."""

    values: Sequence[Value]
    person_id: int | None = None


def _local(at: datetime | None) -> datetime | None:
    return timezone.localtime(at) if at else None


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None


def _dialled(phone: str) -> str:
    """A number as it is dialled here: a plus sign would be taken for the beginning of a formula."""
    return phone.removeprefix("+86").replace("+", "00")


def phones_shown(shift: Shift, at: datetime) -> bool:
    """Whether a roster still carries telephone numbers: until a day after the shift."""
    return shift.ends_at is None or at < shift.ends_at + PHONES_AFTER


def days_wanted(sheet: Sheet) -> tuple[date, date] | None:
    """First and last day of the shifts in a table; None for all of them, also those without a fixed time."""
    days = sheet.options.get("days")
    return (date.fromisoformat(days[0]), date.fromisoformat(days[1])) if days else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


def headers(sheet: Sheet) -> list[str]:
    """The first line of an export."""
    name, number = _("Name"), _("Volunteer number")
    if sheet.kind == Sheet.Kind.PEOPLE:
        return [number, name, _("Area"), _("Skills and languages"), pgettext("of belonging", "Since")]
    if sheet.kind == Sheet.Kind.ROSTER:
        return [
            name,
            number,
            pgettext("of a shift", "Role"),
            _("Seats"),
            _("Telephone"),
            pgettext("check-in time", "In"),
            pgettext("check-out time", "Out"),
            _("Minutes"),
        ]
    if sheet.kind == Sheet.Kind.HOURS:
        return [
            _("Day"),
            name,
            number,
            _("Call"),
            _("Begins at"),
            _("Ends at"),
            _("Minutes"),
            _("Confirmed on"),
            _("Record"),
        ]
    if sheet.kind == Sheet.Kind.SHIFTS:
        return [*titles("shifts"), _("Call"), _("People signed up"), _("State")]
    return [
        *titles(
            "organizations",
            ("name", "name_en", "kind", "cbo_type", "area", "registration_number", "telephone"),
        ),
        _("State"),
        _("Since"),
    ]


def count(sheet: Sheet) -> int:
    """How many rows there will be."""
    return _source(sheet).count()


def rows(sheet: Sheet, *, at: datetime) -> Iterator[Out]:
    """The rows of an export, in order."""
    if sheet.kind == Sheet.Kind.PEOPLE:
        return _people(sheet)
    if sheet.kind == Sheet.Kind.ROSTER:
        return _roster(sheet, at)
    if sheet.kind == Sheet.Kind.HOURS:
        return _hours(sheet)
    return _shifts(sheet) if sheet.kind == Sheet.Kind.SHIFTS else _organizations(sheet)


def _source(sheet: Sheet) -> QuerySet:
    if sheet.kind == Sheet.Kind.PEOPLE:
        return people_of(sheet.organization)
    if sheet.kind == Sheet.Kind.ROSTER:
        return Assignment.objects.live().filter(shift=sheet.shift)
    if sheet.kind == Sheet.Kind.HOURS:
        records = ServiceRecord.objects.filter(organization=sheet.organization)
        return records.select_related("volunteer__user", "task").order_by("starts_at", "pk")
    if sheet.kind == Sheet.Kind.SHIFTS:
        shifts = Shift.objects.of(sheet.organization).select_related("task", "area__parent__parent")
        if days := days_wanted(sheet):
            first, last = days
            shifts = shifts.filter(starts_at__gte=_midnight(first), starts_at__lt=_midnight(last + A_DAY))
        return shifts.prefetch_related("roles__requirements").order_by("starts_at", "pk")
    area = sheet.area or sheet.organization.home_area
    found = Organization.objects.filter(home_area__path__startswith=area.path)
    return found.select_related("home_area__parent__parent").order_by("home_area__code", "name", "pk")


def _people(sheet: Sheet) -> Iterator[Out]:
    people = _source(sheet).iterator(chunk_size=CHUNK)
    while batch := [each for _, each in zip(range(CHUNK), people, strict=False)]:
        skills = _skills([each.volunteer_id for each in batch])
        for each in batch:
            volunteer = each.volunteer
            area = volunteer.area.full_name if volunteer.area else ""
            known = separated(skills.get(volunteer.pk, ()))
            values = (volunteer.number, volunteer.user.name, area, known, _day(each.started_at))
            yield Out(values, volunteer.user_id)


def _skills(volunteer_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    held = VolunteerCapability.objects.filter(volunteer__in=volunteer_ids).exclude(
        capability__kind="qualification"
    )
    for row in held.select_related("capability").order_by("capability__position", "capability__code"):
        found.setdefault(row.volunteer_id, []).append(row.capability.name)
    return found


def _roster(sheet: Sheet, at: datetime) -> Iterator[Out]:
    assert sheet.shift is not None
    shift = sheet.shift
    persons = dict(Assignment.objects.live().filter(shift=shift).values_list("code", "volunteer__user_id"))
    phones = phones_shown(shift, at)
    for row in roster_of(shift, at=at):
        values = (
            row.name,
            row.number,
            row.role_name,
            row.seats,
            _dialled(row.phone) if phones else "",
            _local(row.in_at),
            _local(row.out_at),
            row.confirmed_minutes,
        )
        yield Out(values, persons.get(row.assignment_code))


def _hours(sheet: Sheet) -> Iterator[Out]:
    for record in _source(sheet).iterator(chunk_size=CHUNK):
        values = (
            record.served_on,
            record.volunteer.user.name,
            record.volunteer.number,
            record.task.display_title,
            _local(record.starts_at),
            _local(record.ends_at),
            record.minutes,
            _day(record.confirmed_at),
            record.code,
        )
        yield Out(values, record.volunteer.user_id)


def _shifts(sheet: Sheet) -> Iterator[Out]:
    """With the headers of an import, so that what comes out can go in again."""
    for shift in _source(sheet).iterator(chunk_size=CHUNK):
        for role in shift.roles.all():
            start, end = _local(shift.starts_at), _local(shift.ends_at)
            yield Out(
                (
                    start.date() if start else None,
                    start.time() if start else None,
                    end.time() if end else None,
                    _due(shift),
                    shift.place,
                    shift.address,
                    shift.area.full_name,
                    role.seats_min,
                    role.seats,
                    role.name,
                    separated(each.name for each in role.requirements.all()),
                    role.min_age or None,
                    shift.contact_name,
                    _dialled(shift.contact_phone),
                    shift.bring,
                    _local(shift.opens_at),
                    _hours_of(shift.notice_minutes),
                    shift.party_most,
                    pgettext("in a table", "yes") if shift.needs_approval else "",
                    shift.private_details,
                    shift.task.display_title,
                    role.seats_taken,
                    shift.get_status_display(),
                )
            )


def _due(shift: Shift) -> Value:
    """The deadline of work without a time; a word where it has none either."""
    if shift.starts_at is not None:
        return None
    return _local(shift.due_at) or pgettext("deadline of work without one", "open")


def _hours_of(minutes: int) -> Value:
    """A notice in hours, as a number that an import reads."""
    return minutes / 60 if minutes % 60 else minutes // 60 or None


def _organizations(sheet: Sheet) -> Iterator[Out]:
    for each in _source(sheet).iterator(chunk_size=CHUNK):
        yield Out(
            (
                each.name,
                each.name_en,
                each.get_kind_display(),
                each.get_cbo_type_display(),
                each.home_area.full_name,
                each.registration_number,
                _dialled(each.contact_phone),
                each.get_status_display(),
                _day(each.created_at),
            )
        )
