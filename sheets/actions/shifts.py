"""Lines of a schedule become shifts of one call."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from sheets.actions.faults import Fault, Reading, Row, refused
from sheets.files import cells
from sheets.files.cells import BadCell, Cell
from sheets.models import Sheet
from sheets.queries.names import AreaNames, CapabilityNames
from tasks.actions.shifts import post_shift
from tasks.models import Shift, Task
from volunteers.models import Capability

# A shift that ends before it begins goes into the night, if it is no longer than this.
LONGEST_NIGHT = timedelta(hours=14)
SEATS_MIN = 1
# Names of the domain's fields that the table calls otherwise.
FIELDS = {
    "starts_at": "starts",
    "ends_at": "ends",
    "role_name": "role",
    "contact_name": "contact",
    "private_details": "private",
}
Key = tuple[datetime, datetime, str, str]


@dataclass(frozen=True)
class Planned:
    """A shift as a line describes it; `values` are what `post_shift` takes beside the times."""

    starts_at: datetime
    ends_at: datetime
    values: dict[str, Any]
    requirements: list[Capability] | None

    @property
    def key(self) -> Key:
        return self.starts_at, self.ends_at, self.values.get("place", ""), self.values["role_name"]


def _telephone(cell: Cell) -> str:
    words = cells.contact(cell)
    if len(words) > 20:
        raise BadCell("too-long", most=20, count=len(words))
    return words


class Shifts:
    """Reads a schedule, and posts its shifts fifty at a time; one that is posted already is not posted again."""

    BATCH = 50

    def __init__(self, sheet: Sheet) -> None:
        assert sheet.task is not None
        self.sheet = sheet
        self.task: Task = sheet.task
        self.areas = AreaNames([self.task.area])
        self.capabilities = CapabilityNames()
        self.first_lines: dict[Key, int] = {}

    def read(self, row: Row) -> tuple[Planned | None, list[Fault]]:
        """The shift that a line describes, and what is wrong with it."""
        reading = Reading(row)
        times = self._times(reading)
        values: dict[str, Any] = {}
        for field, name, most in (
            ("place", "place", 200),
            ("address", "address", 300),
            ("contact", "contact_name", 80),
            ("bring", "bring", 200),
        ):
            if words := reading.take(field, partial(cells.text, most=most), ""):
                values[name] = words
        if words := reading.take("private", lambda cell: cells.paragraphs(cell, most=4_000), ""):
            values["private_details"] = words
        if words := reading.take("contact_phone", _telephone, ""):
            values["contact_phone"] = words
        if words := reading.take("area", cells.text, ""):
            values["area"] = reading.take("area", lambda cell: self.areas.find(words), None)
        seats = reading.need("seats", cells.whole, None)
        least = reading.take("seats_min", cells.whole, None)
        values["seats"] = seats or 0
        values["seats_min"] = min(SEATS_MIN, seats or 0) if least is None else least
        values["role_name"] = reading.take("role", lambda cell: cells.text(cell, most=80), "")
        values["min_age"] = reading.take("min_age", cells.whole, None) or 0
        requirements = self._requirements(reading)
        if times is None or not reading.is_good:
            return None, reading.faults
        planned = Planned(*times, values, requirements)
        first = self.first_lines.setdefault(planned.key, row.line)
        if first != row.line:
            reading.say("date", "same-as-line", line=first)
            return None, reading.faults
        return planned, reading.faults

    def _times(self, reading: Reading) -> tuple[datetime, datetime] | None:
        """Start and end by the clock of the place; a day without a year falls in the call."""
        day = reading.need("date", self._day, None)
        starts = reading.need("starts", cells.hour, None)
        ends = reading.need("ends", cells.hour, None)
        if day is None or starts is None or ends is None:
            return None
        zone = timezone.get_default_timezone()
        midnight = datetime.combine(day, datetime.min.time(), zone)
        start = midnight + timedelta(minutes=starts[0])
        end = midnight + timedelta(minutes=ends[0], days=1 if ends[1] else 0)
        if end <= start and end + timedelta(days=1) - start <= LONGEST_NIGHT:
            end += timedelta(days=1)
        return start, end

    def _day(self, cell: Cell) -> date | None:
        first, last = self.task.starts_on, self.task.ends_on
        found = cells.day(cell, year=first.year)
        if found is not None and found < first and first.year < last.year and not isinstance(cell, date):
            # A call over New Year: 6 January is in its second year.
            later = cells.day(cell, year=last.year)
            return later if later is not None and later <= last else found
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
            key = each.starts_at, each.ends_at, each.values.get("place", task.place), each.values["role_name"]
            if key in posted:
                faults.append(Fault(line, "date", "posted-already"))
                continue
            try:
                post_shift(
                    task=task,
                    organization=self.sheet.organization,
                    starts_at=each.starts_at,
                    ends_at=each.ends_at,
                    by=self.sheet.by,
                    at=at,
                    requirements=each.requirements,
                    **each.values,
                )
            except DomainError as error:
                faults.append(refused(line, error, FIELDS.get(error.field or "", error.field or "")))
        if not keep:
            transaction.set_rollback(True)
        return len(items) - len(faults), faults

    def _posted(self, task: Task, items: list[Planned]) -> set[tuple[Any, ...]]:
        open_shifts = Shift.objects.of(self.sheet.organization).filter(
            task=task, status=Shift.Status.OPEN, starts_at__in={each.starts_at for each in items}
        )
        return set(open_shifts.values_list("starts_at", "ends_at", "place", "roles__name"))
