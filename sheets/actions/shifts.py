"""Lines of a schedule become shifts of one call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.errors import DomainError
from sheets.actions.faults import Fault, Reading, Row, refused
from sheets.files import cells
from sheets.files.cells import BadCell, Cell
from sheets.models import Sheet
from sheets.queries.names import AreaNames, CapabilityNames
from tasks.actions.shifts import RoleWanted, edit_shift, post_shift
from tasks.models import Shift, Task
from volunteers.models import Capability

# A shift that ends before it begins goes into the night, if it is no longer than this.
LONGEST_NIGHT = timedelta(hours=14)
SEATS_MIN = 1
LAST_MINUTE = 23 * 60 + 59
# What the deadline of work without any says.
OPEN_ENDED = frozenset({"不限", "长期", "无", "open", "open-ended", "none"})
# Names of the domain's fields that the table calls otherwise.
FIELDS = {
    "starts_at": "starts",
    "ends_at": "ends",
    "due_at": "due",
    "name": "role",
    "contact_name": "contact",
    "private_details": "private",
    "notice_minutes": "notice",
}
# What is said once of a shift, whichever of its lines says it.
TEXTS = (
    ("place", "place", 200),
    ("address", "address", 300),
    ("contact", "contact_name", 80),
    ("bring", "bring", 200),
)
# Start, end, deadline, area and place: lines that share them are roles of one shift.
Key = tuple[datetime | None, datetime | None, datetime | None, int, str]


Value = TypeVar("Value")


@dataclass(frozen=True)
class Planned:
    """A role of a shift as a line describes it; `details` are what `post_shift` takes beside times and roles."""

    starts_at: datetime | None
    ends_at: datetime | None
    due_at: datetime | None
    details: dict[str, Any]
    role: RoleWanted

    def key(self, task: Task) -> Key:
        """What makes lines one shift; the call says the place where a line does not."""
        area = self.details.get("area", task.area)
        return self.starts_at, self.ends_at, self.due_at, area.pk, self.details.get("place", task.place)


@dataclass
class _Seen:
    """What earlier lines said of a shift."""

    line: int
    details: dict[str, Any]
    roles: dict[str, int] = field(default_factory=dict)


def _telephone(cell: Cell) -> str:
    words = cells.contact(cell)
    if len(words) > 20:
        raise BadCell("too-long", most=20, count=len(words))
    return words


class Shifts:
    """Reads a schedule, and posts its shifts fifty lines at a time; what is posted already is not posted again."""

    BATCH = 50

    def __init__(self, sheet: Sheet) -> None:
        assert sheet.task is not None
        self.sheet = sheet
        self.task: Task = sheet.task
        self.areas = AreaNames([self.task.area])
        self.capabilities = CapabilityNames()
        self.seen: dict[Key, _Seen] = {}

    def read(self, row: Row) -> tuple[Planned | None, list[Fault]]:
        """The role that a line describes, and what is wrong with it."""
        reading = Reading(row)
        times = self._times(reading)
        details = self._details(reading)
        seats = reading.need("seats", cells.whole, None)
        least = reading.take("seats_min", cells.whole, None)
        role = RoleWanted(
            name=reading.take("role", lambda cell: cells.text(cell, most=80), ""),
            seats=seats or 0,
            seats_min=min(SEATS_MIN, seats or 0) if least is None else least,
            min_age=reading.take("min_age", cells.whole, None) or 0,
            requirements=self._requirements(reading),
        )
        if times is None or not reading.is_good:
            return None, reading.faults
        planned = Planned(*times, details, role)
        self._compare(planned, reading)
        return planned if reading.is_good else None, reading.faults

    def _details(self, reading: Reading) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, called, most in TEXTS:
            if words := reading.take(name, partial(cells.text, most=most), ""):
                values[called] = words
        if words := reading.take("private", lambda cell: cells.paragraphs(cell, most=4_000), ""):
            values["private_details"] = words
        if words := reading.take("contact_phone", _telephone, ""):
            values["contact_phone"] = words
        if words := reading.take("area", cells.text, ""):
            values["area"] = reading.take("area", lambda cell: self.areas.find(words), None)
        if (opens := reading.take("opens_at", self._moment, None)) is not None:
            values["opens_at"] = self._on_clock(opens[0], opens[1] or 0)
        if (notice := reading.take("notice", cells.minutes_of_hours, None)) is not None:
            values["notice_minutes"] = notice
        if (party := reading.take("party_most", cells.whole, None)) is not None:
            values["party_most"] = party
        if reading.take("needs_approval", cells.text, ""):
            values["needs_approval"] = reading.take("needs_approval", cells.yes, False)
        return values

    def _compare(self, planned: Planned, reading: Reading) -> None:
        """Lines of one shift name different roles, and say nothing else twice in different words."""
        line = reading.row.line
        seen = self.seen.setdefault(planned.key(self.task), _Seen(line, planned.details))
        name = planned.role.name.casefold()
        first = seen.roles.setdefault(name, line)
        if first != line:
            reading.say("date", "same-as-line", line=first)
            return
        for called, value in planned.details.items():
            if called not in seen.details or seen.details[called] != value:
                reading.say(_field(called), "other-than-line", line=seen.line)

    def _times(self, reading: Reading) -> tuple[datetime | None, datetime | None, datetime | None] | None:
        """Start, end and deadline by the clock of the place; a day without a year falls in the call."""
        timed = any(str(reading.row[name] or "").strip() for name in ("date", "starts", "ends"))
        due_words = reading.take("due", cells.text, "")
        if not timed:
            if due_words.casefold() in OPEN_ENDED:
                return None, None, None
            if not due_words:
                if not reading.faults:
                    reading.say("date", "no-time")
                return None
            due = reading.take("due", self._moment, None)
            if due is None:
                return None
            return None, None, self._on_clock(due[0], LAST_MINUTE if due[1] is None else due[1])
        if due_words:
            reading.say("due", "time-and-deadline")
        day = reading.need("date", self._day, None)
        starts = reading.need("starts", cells.hour, None)
        ends = reading.need("ends", cells.hour, None)
        if day is None or starts is None or ends is None:
            return None
        start = self._on_clock(day, starts[0])
        end = self._on_clock(day + timedelta(days=1 if ends[1] else 0), ends[0])
        if end <= start:
            next_day = self._on_clock(day + timedelta(days=1), ends[0])
            end = next_day if next_day - start <= LONGEST_NIGHT else end
        return start, end, None

    @staticmethod
    def _on_clock(day: date, minutes: int) -> datetime:
        midnight = datetime.combine(day, datetime.min.time(), timezone.get_default_timezone())
        return midnight + timedelta(minutes=minutes)

    def _day(self, cell: Cell) -> date | None:
        return self._in_call(cell, cells.day, lambda found: found)

    def _moment(self, cell: Cell) -> tuple[date, int | None] | None:
        return self._in_call(cell, cells.moment, lambda found: found[0])

    def _in_call(
        self, cell: Cell, read: Callable[..., Value | None], day: Callable[[Value], date]
    ) -> Value | None:
        first, last = self.task.starts_on, self.task.ends_on
        found = read(cell, year=first.year)
        if found and day(found) < first and first.year < last.year and not isinstance(cell, date):
            # A call over New Year: 6 January is in its second year.
            later = read(cell, year=last.year)
            return later if later is not None and day(later) <= last else found
        return found

    def _requirements(self, reading: Reading) -> list[Capability] | None:
        names = reading.take("requirements", cells.listed, [])
        if not names:
            return None
        found, unknown = self.capabilities.find(names)
        if unknown:
            reading.say("requirements", "unknown-requirement", names=", ".join(unknown[:10]))
        return found

    @transaction.atomic
    def keep(
        self, items: list[tuple[int, Planned]], *, at: datetime, keep: bool, planned: int
    ) -> tuple[int, list[Fault]]:
        """Post them, or only try; how many, and what was refused."""
        # One schedule of a call at a time, so that what another one posted is seen.
        task = (
            Task.objects.select_for_update(no_key=True, of=("self",))
            .select_related("area")
            .get(pk=self.task.pk)
        )
        posted = self._posted(task, [each for _, each in items])
        faults: list[Fault] = []
        for line, each in items:
            key = each.key(task)
            there = posted.get(key)
            if there is not None and (fault := self._against(line, each, there)) is not None:
                faults.append(fault)
                continue
            try:
                with transaction.atomic():
                    posted[key] = self._keep_one(task, each, there, at=at)
            except DomainError as error:
                faults.append(refused(line, error, _field(error.field or "")))
        if not keep:
            transaction.set_rollback(True)
        return len(items) - len(faults), faults

    @staticmethod
    def _against(line: int, each: Planned, there: Shift) -> Fault | None:
        """Why the role is not added to the shift that is there; None where it is."""
        names = there.roles.values_list("name", flat=True)
        if each.role.name.casefold() in {name.casefold() for name in names}:
            return Fault(line, "date", "posted-already")
        for name, value in each.details.items():
            if getattr(there, name) != value:
                return Fault(line, _field(name), "other-than-posted")
        return None

    def _keep_one(self, task: Task, each: Planned, there: Shift | None, *, at: datetime) -> Shift:
        """Post the shift, or add the role to the one that is there."""
        if there is None:
            return post_shift(
                task=task,
                organization=self.sheet.organization,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                due_at=each.due_at,
                roles=[each.role],
                by=self.sheet.by,
                at=at,
                **each.details,
            )
        roles = there.roles.order_by("pk")
        wanted = [RoleWanted(role.name, role.seats_min, role.seats, role.min_age, of=role) for role in roles]
        return edit_shift(shift=there, changes={}, roles=[*wanted, each.role], by=self.sheet.by, at=at)

    def _posted(self, task: Task, items: list[Planned]) -> dict[Key, Shift]:
        """Open shifts of the call at the times of these, by what makes lines one shift."""
        at_times = Q(starts_at__in={each.starts_at for each in items if each.starts_at is not None})
        if any(each.starts_at is None for each in items):
            at_times |= Q(starts_at=None)
        open_shifts = Shift.objects.of(self.sheet.organization).filter(
            at_times, task=task, status=Shift.Status.OPEN
        )
        return {
            (shift.starts_at, shift.ends_at, shift.due_at, shift.area_id, shift.place): shift
            for shift in open_shifts.order_by("-pk")
        }


def _field(name: str) -> str:
    """What the table calls a field of the domain; one of several roles is a line of its own."""
    if name.startswith("roles-"):
        name = name.rpartition("-")[2]
    return FIELDS.get(name, name)
