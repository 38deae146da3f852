"""What the last plan of an area says: for a role, about people, and why not somebody."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Q
from django.utils.timezone import localtime

from areas.models import Area
from matching.models import MatchRun, Proposal, RolePrice
from matching.rendering.reasons import WhyNot
from tasks import policies
from tasks.models import ShiftRole
from tasks.policies import SeatFacts
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
    price = (
        RolePrice.objects.filter(role=role)
        .annotate(planned_at=F("run__finished_at"))
        .values_list("price", "planned_at")
        .first()
    )
    return WhyNot(
        turndown=person.turndown(seat, at=at, by_hand=True),
        reasons=policies.against(policies.weigh(seat, person.facts.person, at=localtime(at))),
        is_planned=any(one.role_id == role.pk for one in proposals),
        elsewhere=next((one.role.shift for one in proposals if _excludes(one.role, role)), None),
        price=price[0] if price else None,
        planned_at=price[1] if price else None,
    )


def _excludes(planned: ShiftRole, role: ShiftRole) -> bool:
    """Whether a planned shift leaves no room for another one."""
    if planned.pk == role.pk:
        return False
    start, end = planned.shift.starts_at, planned.shift.ends_at
    other_start, other_end = role.shift.starts_at, role.shift.ends_at
    if start is None or end is None or other_start is None or other_end is None:
        return False
    return start < other_end + policies.REST and other_start < end + policies.REST
