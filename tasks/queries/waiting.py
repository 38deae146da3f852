"""The waiting list: who comes next, who waits for what, and how far ahead the others are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from areas.models import reads_chinese
from tasks.models import Shift, ShiftRole, Waiting
from tasks.policies import PersonFacts
from tasks.queries.seats import LIVE_TASKS, PERSON, person_facts, person_params, take
from volunteers.models import Volunteer

BATCH = 20

# Those in line for a role with what bears on the seat, in the order in which they are asked.
_LINE = f"""{PERSON.replace("SELECT ", "SELECT waiting.id, waiting.rank, waiting.code, waiting.seats, ", 1)}
FROM tasks_waiting waiting
JOIN volunteers_volunteer volunteer ON volunteer.id = waiting.volunteer_id
JOIN accounts_user person ON person.id = volunteer.user_id
WHERE waiting.role_id = %(role)s AND waiting.status = 'waiting' AND waiting.kind = 'seat' AND person.is_active
  AND (waiting.rank, waiting.id) > (%(rank)s, %(after)s)
ORDER BY waiting.rank, waiting.id LIMIT %(most)s
"""  # noqa: S608
_LINE_ZH = _LINE.replace("NAME", "name_zh")
_LINE_EN = _LINE.replace("NAME", "name_en")
# Roles with a free seat for which somebody waits.
_LEFT = """
SELECT role.id FROM tasks_shiftrole role
JOIN tasks_shift shift ON shift.id = role.shift_id
JOIN tasks_task task ON task.id = shift.task_id
WHERE role.id IN (
  SELECT waiting.role_id FROM tasks_waiting waiting
  WHERE waiting.status = 'waiting' AND waiting.kind = 'seat'
)
  AND role.seats > role.seats_taken + role.seats_held
  AND shift.status = 'open' AND task.status = ANY(%(live)s)
  AND (shift.starts_at IS NULL OR shift.starts_at > %(at)s)
ORDER BY shift.starts_at, role.id LIMIT %(most)s
"""


@dataclass(frozen=True)
class InLine:
    """A place in line with what bears on the seat."""

    pk: int
    rank: int
    code: str
    seats: int
    volunteer: Volunteer
    person: PersonFacts


def in_line_for(role: ShiftRole, *, at: datetime) -> Iterator[InLine]:
    """Those who wait for a seat in the role, in their order; `role` has its shift. A statement for every twenty."""
    rank, after = -32768, 0
    while True:
        params: dict[str, Any] = {**person_params(role, at), "rank": rank, "after": after, "most": BATCH}
        with connection.cursor() as cursor:
            cursor.execute(_LINE_ZH if reads_chinese() else _LINE_EN, params)
            rows = cursor.fetchall()
        for row in rows:
            values = iter(row)
            pk, rank, code, seats = (next(values) for _ in range(4))
            volunteer = take(Volunteer, values)
            volunteer.user = take(User, values)
            after = pk
            yield InLine(pk, rank, code, seats, volunteer, person_facts(volunteer, *values))
        if len(rows) < BATCH:
            return


def left_waiting(*, at: datetime, most: int) -> list[int]:
    """Roles with a free seat while somebody waits for one, the soonest first; who waits may not suit."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, {"at": at, "live": [str(status) for status in LIVE_TASKS], "most": most})
        return [role_id for (role_id,) in cursor.fetchall()]


def lines_that_are_over(*, at: datetime) -> list[Shift]:
    """Shifts for which somebody waits though they have begun, were cancelled, or their call has ended."""
    over = (
        ~Q(shift__status=Shift.Status.OPEN)
        | Q(shift__starts_at__lte=at)
        | ~Q(shift__task__status__in=LIVE_TASKS)
    )
    ids = Waiting.objects.live().filter(over).values("shift")
    return list(Shift.objects.filter(pk__in=ids).order_by("pk"))


def place_in_line(waiting: Waiting) -> int:
    """From 1: how many have to get a seat, the person included. Those for whom one is held come no more before."""
    before = Q(rank__lt=waiting.rank) | Q(rank=waiting.rank, pk__lt=waiting.pk)
    return waiting_for(waiting.role_id).filter(before).count() + 1


def waiting_for(role_id: int) -> QuerySet[Waiting]:
    """Those for whom no seat is held yet."""
    return Waiting.objects.filter(role=role_id, status=Waiting.Status.WAITING, kind=Waiting.Kind.SEAT)


def lines_for(
    shift: Shift, volunteer: Volunteer | None, at: datetime
) -> dict[int, tuple[int, str | None, datetime | None]]:
    """By the id of each role somebody waits for: how many do, the volunteer's own place, and until when it is held."""
    own = Q(volunteer=volunteer) if volunteer else Q(pk=None)
    held = own & Q(status=Waiting.Status.OFFERED, expires_at__gt=at)
    rows = Waiting.objects.live().filter(shift=shift, kind=Waiting.Kind.SEAT).order_by().values("role")
    found = rows.annotate(
        count=Count("pk", filter=Q(status=Waiting.Status.WAITING)),
        own=Max("code", filter=own),
        until=Max("expires_at", filter=held),
    )
    return {row["role"]: (row["count"], row["own"], row["until"]) for row in found}


def count_waiting(shift: Shift) -> int:
    """How many places in line there are for its roles, held ones included."""
    return Waiting.objects.live().filter(shift=shift, kind=Waiting.Kind.SEAT).count()


def line_of(role: ShiftRole) -> list[Waiting]:
    """Everybody who waits for the role or has a seat held in it, in their order, with the person."""
    live = Waiting.objects.live().filter(role=role, kind=Waiting.Kind.SEAT)
    return list(live.in_line().select_related("volunteer__user"))


def line_of_shift(shift: Shift) -> list[Waiting]:
    """The lines of all its roles, one after the other, with the person and the role."""
    live = Waiting.objects.live().filter(shift=shift, kind=Waiting.Kind.SEAT)
    return list(live.select_related("volunteer__user", "role").order_by("role", "rank", "pk"))


def _with_all() -> QuerySet[Waiting]:
    """Places with what their pages show, and `ahead`: how many others come before."""
    ahead = (
        Waiting.objects.filter(
            Q(rank__lt=OuterRef("rank")) | Q(rank=OuterRef("rank"), pk__lt=OuterRef("pk")),
            role=OuterRef("role"),
            status=Waiting.Status.WAITING,
            kind=Waiting.Kind.SEAT,
        )
        .order_by()
        .values("role")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Waiting.objects.select_related(
        "role",
        "shift__task",
        "shift__organization",
        "shift__area__parent__parent",
        "volunteer__user",
        "assignment",
    ).annotate(ahead=Coalesce(Subquery(ahead), Value(0)))


def waiting_of(volunteer: Volunteer, at: datetime) -> list[Waiting]:
    """Where the volunteer waits: what is held first, by its deadline, then by the start of the shift; `ahead` with each."""
    live = _with_all().filter(volunteer=volunteer).live()  # type: ignore[attr-defined]
    begun = Q(shift__starts_at__lte=at)
    return list(
        live.exclude(begun).order_by(
            F("expires_at").asc(nulls_last=True), F("shift__starts_at").asc(nulls_last=True), "pk"
        )
    )


def place_of(code: str, volunteers: Volunteer | QuerySet[Volunteer]) -> Waiting | None:
    """A place in line by what its holder was sent, or typed: with blanks, dashes or small letters."""
    typed = "".join(code.split()).replace("-", "").upper()
    whose = {"volunteer": volunteers} if isinstance(volunteers, Volunteer) else {"volunteer__in": volunteers}
    return _with_all().filter(code=typed, **whose).first()


def own_place(role: ShiftRole, volunteer: Volunteer) -> Waiting | None:
    """The live place of a volunteer in a role, of either kind."""
    return Waiting.objects.live().filter(role=role, volunteer=volunteer).first()
