"""What the pages of an organization read: its board, its calls, who is signed up and who is there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from organizations.models import Organization
from tasks.models import Assignment, CheckIn, Incident, Shift, Task
from web.states import State, StateKey, seats_state

# Whoever is not there by then is late.
GRACE = timedelta(minutes=15)
AHEAD = timedelta(days=14)


def own_tasks(organization: Organization) -> QuerySet[Task]:
    """Tasks that the organization leads or helps with, those that are open first."""
    return (
        Task.objects.filter(
            adoptions__organization=organization,
            adoptions__ended_at=None,
            status__in=(Task.Status.CALLED, Task.Status.ADOPTED),
        )
        .select_related("area__parent__parent", "issuer", "type")
        .annotate(share=F("adoptions__role"))
        .order_by("starts_on", "id")
    )


def with_seats(shifts: QuerySet[Shift]) -> QuerySet[Shift]:
    """Shifts with `taken`, `minimum`, `seats` over all their roles."""
    return shifts.annotate(
        taken=Coalesce(Sum("roles__seats_taken"), 0),
        minimum=Coalesce(Sum("roles__seats_min"), 0),
        seats=Coalesce(Sum("roles__seats"), 0),
    )


def with_presence(shifts: QuerySet[Shift]) -> QuerySet[Shift]:
    """Shifts with `present`: the seats of those who have checked in."""
    here = (
        Assignment.objects.live()
        .filter(
            shift=OuterRef("pk"),
            check_ins__kind=CheckIn.Kind.IN,
            check_ins__voided_at=None,
        )
        .values("shift")
        .annotate(total=Sum("seats"))
        .values("total")
    )
    return shifts.annotate(present=Coalesce(Subquery(here, output_field=IntegerField()), 0))


def shifts_of(organization: Organization) -> QuerySet[Shift]:
    """The open shifts of an organization with what their rows show."""
    own = Shift.objects.of(organization).filter(status=Shift.Status.OPEN)
    return with_presence(with_seats(own)).select_related("task", "area__parent__parent", "organization")


@dataclass(frozen=True)
class BoardRow:
    """A shift on the board: which section it stands in, and what its organizer does next."""

    shift: Shift
    section: str
    state: State
    taken: int
    needed: int
    seats: int
    selected: bool = False

    @property
    def missing(self) -> int:
        return max(self.needed - self.taken, 0)


SECTIONS = ("late", "short", "running", "open")


def board_rows(organization: Organization, at: datetime, *, until: datetime) -> list[BoardRow]:
    """Shifts that are not over, up to a time, by start; one query."""
    shifts = (
        shifts_of(organization)
        .filter(Q(ends_at=None) | Q(ends_at__gt=at))
        .filter(Q(starts_at=None) | Q(starts_at__lt=until))
        .order_by(F("starts_at").asc(nulls_last=True), "id")
    )
    return [board_row(shift, at) for shift in shifts]


def board_row(shift: Shift, at: datetime) -> BoardRow:
    """Late: begun a while ago and people missing. Short: too few hands. Running. Open: nothing to do."""
    taken, minimum, seats = shift.taken, shift.minimum, shift.seats  # type: ignore[attr-defined]
    if shift.starts_at is not None and shift.starts_at <= at:
        present = shift.present  # type: ignore[attr-defined]
        late = present < taken and at - shift.starts_at >= GRACE
        key = StateKey.LATE if late else StateKey.RUNNING
        # Once it runs, what counts is who is there of those who signed up.
        return BoardRow(shift, str(key), State(key, max(taken - present, 0)), present, taken, max(taken, 1))
    state = seats_state(taken, minimum, seats)
    section = "short" if taken < minimum else "open"
    return BoardRow(shift, section, state, taken, minimum, seats)


def signed_up(shift: Shift) -> QuerySet[Assignment]:
    """Who holds a seat, in the order of their sign-up, with the person and whether they are there."""
    return (
        Assignment.objects.live()
        .filter(shift=shift)
        .select_related("volunteer__user", "role")
        .prefetch_related("check_ins")
        .order_by("id")
    )


def open_incidents(organization: Organization) -> int:
    return Incident.objects.filter(shift__organization=organization, handled_at=None).count()


def task_counts(tasks: QuerySet[Task], organization: Organization, at: datetime) -> QuerySet[Task]:
    """Tasks with `shift_count`: the organization's own open shifts that are not over."""
    ahead = (
        Shift.objects.of(organization)
        .filter(task=OuterRef("pk"), status=Shift.Status.OPEN)
        .filter(Q(ends_at=None) | Q(ends_at__gt=at))
        .values("task")
        .annotate(total=Count("pk"))
        .values("total")
    )
    return tasks.annotate(shift_count=Coalesce(Subquery(ahead, output_field=IntegerField()), 0))
