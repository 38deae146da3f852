"""What the last plan of an area says: for a role, about people, and why not somebody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.timezone import localtime

from areas.models import Area
from matching.models import MatchRun, Proposal, RolePrice
from matching.rendering.reasons import WhyNot
from tasks import policies
from tasks.models import Shift, ShiftRole
from tasks.policies import PersonFacts, SeatFacts
from tasks.queries.asking import candidates
from tasks.queries.seats import role_as_it_is
from volunteers.models import Volunteer


def planned_for(role: ShiftRole) -> list[Proposal]:
    """The people whom the last plan puts into a role, in the order in which they are asked; with their accounts."""
    return list(Proposal.objects.filter(role=role).select_related("volunteer__user").order_by("rank"))


def planned_elsewhere(volunteer_ids: Collection[int], role: ShiftRole) -> set[int]:
    """Those of some volunteers whom the last plan puts into another shift that leaves no room for this one.

    `role` has its shift. One statement.
    """
    shift = role.shift
    if shift.starts_at is None or shift.ends_at is None:
        return set()
    others = Proposal.objects.filter(
        ~Q(role=role),
        volunteer__in=volunteer_ids,
        role__shift__starts_at__lt=shift.ends_at + policies.REST,
        role__shift__ends_at__gt=shift.starts_at - policies.REST,
    )
    return set(others.values_list("volunteer_id", flat=True))


def last_run(area: Area | None) -> MatchRun | None:
    """The last plan that stands for an area; of any area where none is named."""
    runs = MatchRun.objects.filter(status=MatchRun.Status.DONE).select_related("scope")
    if area is not None:
        runs = runs.filter(scope__path__in=area.paths_above())
    return runs.order_by("-pk").first()


def why_not(
    role: ShiftRole, volunteer: Volunteer, at: datetime, *, seat: SeatFacts | None = None
) -> WhyNot | None:
    """Why a volunteer is not asked for a seat; None where there is no such role or profile any more.

    Four statements; three where the role was just read with its shift, and `seat` says what is asked of its people.
    """
    if seat is None:
        found = role_as_it_is(role)
        if found is None:
            return None
        role, seat = found
    person = candidates(role, seat, [volunteer.pk], at=at).get(volunteer.pk)
    if person is None:
        return None
    proposals = list(
        Proposal.objects.filter(volunteer=volunteer)
        .select_related("role__shift__task")
        .order_by("role__shift__starts_at", "pk")
    )
    planned = seats_of(role)
    is_planned = any(one.role_id == role.pk for one in proposals)
    others = [one.role for one in proposals if one.role_id != role.pk]
    elsewhere = next((other.shift for other in others if _excludes(other, role)), None)
    for_hours = None
    if elsewhere is None and not is_planned:
        for_hours = _shift_that_uses_up_hours(seat, person.facts.person, others)
    return WhyNot(
        turndown=person.turndown(seat, at=at, by_hand=True),
        reasons=policies.against(policies.weigh(seat, person.facts.person, at=localtime(at))),
        is_planned=is_planned,
        elsewhere=elsewhere or for_hours,
        for_hours=for_hours is not None,
        price=planned.price if planned else None,
        verdict=planned.verdict if planned and planned.empty_count else "",
        planned_at=planned.run.finished_at if planned else None,
    )


def _shift_that_uses_up_hours(
    seat: SeatFacts, person: PersonFacts, others: Sequence[ShiftRole]
) -> Shift | None:
    """The first shift of the week that the plan has for somebody, where it leaves them too few hours for a seat."""
    if seat.period is None:
        return None
    week = policies.week_of(localtime(seat.period[0]))
    there = [
        (one.shift, (one.shift.starts_at, one.shift.ends_at))
        for one in others
        if one.shift.starts_at is not None and one.shift.ends_at is not None
    ]
    in_week = [(shift, period) for shift, period in there if policies.minutes_within(week, [period])]
    left = person.max_hours_week * 60 - policies.minutes_within(
        week, [*person.busy, *(period for _, period in in_week)]
    )
    return in_week[0][0] if in_week and policies.minutes_within(seat.period, [seat.period]) > left else None


def seats_of(role: ShiftRole) -> RolePrice | None:
    """What the last plan says of a role's seats, with its run: their price, and why some stay empty."""
    return RolePrice.objects.filter(role=role).select_related("run").first()


@dataclass(frozen=True)
class RolePlan:
    """What the last plan says of a role: its seats, and what it counted for each volunteer whom it puts there, by id."""

    seats: RolePrice
    planned_at: datetime | None
    weighed: dict[int, dict[str, Any]]


def with_plans(roles: QuerySet[ShiftRole]) -> QuerySet[ShiftRole]:
    """The same roles, of which `plan_of` can tell what the last plan says; no further statement."""
    weighed = Proposal.objects.filter(role=OuterRef("role")).values_list(
        JSONObject(id="volunteer_id", factors="factors")
    )
    seats = RolePrice.objects.filter(role=OuterRef("pk")).values_list(
        JSONObject(
            price="price",
            verdict="verdict",
            empty_count="empty_count",
            people="people",
            planned_at="run__finished_at",
            weighed=ArraySubquery(weighed),
        )
    )
    return roles.annotate(planned=Subquery(seats[:1]))


def plan_of(role: Any) -> RolePlan | None:
    """What stands beside a role of `with_plans`; None where the last plan did not hold it."""
    if role.planned is None:
        return None
    planned = dict(role.planned)
    weighed = {one["id"]: one["factors"] for one in planned.pop("weighed")}
    planned_at = planned.pop("planned_at")
    at = datetime.fromisoformat(planned_at) if planned_at else None
    return RolePlan(RolePrice(role=role, **planned), at, weighed)


def _excludes(planned: ShiftRole, role: ShiftRole) -> bool:
    """Whether a planned shift leaves no room for another one."""
    if planned.pk == role.pk:
        return False
    start, end = planned.shift.starts_at, planned.shift.ends_at
    other_start, other_end = role.shift.starts_at, role.shift.ends_at
    if start is None or end is None or other_start is None or other_end is None:
        return False
    return start < other_end + policies.REST and other_start < end + policies.REST
