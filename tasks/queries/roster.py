"""Who is in a shift, and whether they are there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from tasks import policies
from tasks.models import Assignment, CheckIn, ServiceRecord, Shift

ROSTER_MOST = 1000
# So many names can be told apart at a glance.
NAMED_MOST = 8


@dataclass(frozen=True)
class RosterRow:
    """One volunteer of a shift, as its organizers and its desk see them."""

    assignment_code: str
    name: str
    number: str
    phone: str
    language: str
    seats: int
    role_name: str
    spoken_code: str
    signed_up_at: datetime
    is_child: bool
    guardian_name: str
    guardian_phone: str
    override_reason: str
    in_at: datetime | None = None
    in_method: str = ""
    in_nonce: str = ""
    out_at: datetime | None = None
    out_method: str = ""
    out_nonce: str = ""
    confirmed_minutes: int | None = None
    record_code: str = ""

    @property
    def is_here(self) -> bool:
        return self.in_at is not None and self.out_at is None

    @property
    def in_method_label(self) -> str:
        return str(CheckIn.Method(self.in_method).label) if self.in_method else ""

    @property
    def out_method_label(self) -> str:
        return str(CheckIn.Method(self.out_method).label) if self.out_method else ""


def seats_of(shift: Shift) -> list[Assignment]:
    """The live assignments of a shift with the persons."""
    live = Assignment.objects.live().filter(shift=shift)
    return list(live.select_related("volunteer__user").order_by("pk"))


def roster_of(shift: Shift, *, at: datetime) -> list[RosterRow]:
    """Everybody who holds a seat, by sign-up. Three statements, however many people."""
    live = Assignment.objects.live().filter(shift=shift)
    seats = list(live.select_related("volunteer__user", "role").order_by("pk")[:ROSTER_MOST])
    return _rows(seats, at)


def presence_of(shift: Shift) -> list[tuple[str, int, datetime | None, datetime | None]]:
    """Code, seats, arrival and departure of everybody who holds a seat; one statement."""
    valid = Q(check_ins__voided_at=None)
    came, left = (
        Max("check_ins__at", filter=valid & Q(check_ins__kind=kind))
        for kind in (CheckIn.Kind.IN, CheckIn.Kind.OUT)
    )
    live = Assignment.objects.live().filter(shift=shift).annotate(came=came, left=left)
    return list(live.order_by("pk").values_list("code", "seats", "came", "left"))


def _rows(seats: list[Assignment], at: datetime) -> list[RosterRow]:
    checks = {
        (check.assignment_id, check.kind): check
        for check in CheckIn.objects.valid().filter(assignment__in=seats)
    }
    records = {record.assignment_id: record for record in ServiceRecord.objects.filter(assignment__in=seats)}
    rows = []
    for seat in seats:
        volunteer, user = seat.volunteer, seat.volunteer.user
        age = policies.age_on(volunteer.birth_on, at.date())
        is_child = age is not None and age < policies.AGE_WITH_GUARDIAN_BELOW
        arrived, left = checks.get((seat.pk, "in")), checks.get((seat.pk, "out"))
        record = records.get(seat.pk)
        rows.append(
            RosterRow(
                assignment_code=seat.code,
                name=user.name,
                number=volunteer.number,
                phone=user.phone,
                language=user.language,
                seats=seat.seats,
                role_name=seat.role.name,
                spoken_code=seat.spoken_code,
                signed_up_at=seat.created_at,
                is_child=is_child,
                guardian_name=volunteer.guardian_name if is_child else "",
                guardian_phone=volunteer.guardian_phone if is_child else "",
                override_reason=seat.override_reason,
                in_at=arrived.at if arrived else None,
                in_method=arrived.method if arrived else "",
                in_nonce=str(arrived.nonce) if arrived else "",
                out_at=left.at if left else None,
                out_method=left.method if left else "",
                out_nonce=str(left.nonce) if left else "",
                confirmed_minutes=record.minutes if record else None,
                record_code=record.code if record else "",
            )
        )
    return rows


def seat_by_spoken(shift: Shift, typed: str) -> list[Assignment]:
    """The live seats that a typed or scanned code can mean: four digits, the pass's code, or a volunteer number.

    More than one where two people of a shift were given the same four digits: the desk then asks for the name.
    """
    wanted = typed.strip().upper().replace(" ", "")
    if not wanted:
        return []
    live = Assignment.objects.live().filter(shift=shift).select_related("volunteer__user", "shift")
    return list(
        live.filter(Q(spoken_code=wanted) | Q(code=wanted) | Q(volunteer__number=wanted)).order_by("pk")[:5]
    )


def seats_by_name(shift: Shift, typed: str) -> list[Assignment]:
    """The live seats of people whose name has these letters in it: two at least, or one Chinese character."""
    wanted = typed.strip()
    if len(wanted) < (2 if wanted.isascii() else 1):
        return []
    live = Assignment.objects.live().filter(shift=shift).select_related("volunteer__user", "shift")
    return list(live.filter(volunteer__user__name__icontains=wanted).order_by("pk")[:NAMED_MOST])


def unconfirmed(
    organization_id: int, *, at: datetime, assignments: Iterable[str] | None = None
) -> QuerySet[Assignment]:
    """Seats of the organization's shifts that are over and whose hours nobody has confirmed."""
    seats = (
        Assignment.objects.live()
        .filter(
            Q(shift__ends_at__lte=at) | Q(shift__ends_at=None),
            shift__organization_id=organization_id,
            service_record=None,
            check_ins__kind=CheckIn.Kind.IN,
            check_ins__voided_at=None,
        )
        .select_related("volunteer__user", "role", "shift__task", "shift__organization")
    )
    if assignments is not None:
        seats = seats.filter(code__in=list(assignments))
    return seats.order_by("shift__starts_at", "pk")


def hours_rows(organization_id: int, *, at: datetime, limit: int = 200) -> list[tuple[Shift, RosterRow]]:
    """What waits for a confirmation, shift by shift; a row without a departure needs one first."""
    seats = list(unconfirmed(organization_id, at=at)[:limit])
    return list(zip((seat.shift for seat in seats), _rows(seats, at), strict=True))
