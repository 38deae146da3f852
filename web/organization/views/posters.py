"""What hangs up and what is worn: the poster of a task, and badges for the people of a shift."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from core import clock
from tasks.models import Assignment
from tasks.queries.board import own_tasks, shifts_ahead
from tasks.queries.roster import ROSTER_MOST
from web.access import OrganizerRequest, organizer
from web.organization.frame import short_address
from web.organization.guards import desk_of_approved
from web.organization.views.shifts import shift_of

SHIFTS_ON_A_POSTER = 6
AS_FAR = timedelta(days=60)


@dataclass(frozen=True)
class Badge:
    """A name as its person wrote it, or who they came with; nothing by which somebody could pass for them."""

    name: str
    role: str
    comes_with: str = ""


@require_GET
@organizer()
def task_poster(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """A sheet with the next shifts of a task, and the QR code of all of them: it stays right while shifts come and go."""
    desk_of_approved(request)
    found = get_object_or_404(own_tasks(request.organization), code=task)
    at = clock.now()
    shifts = shifts_ahead(request.organization, at, until=at + AS_FAR).filter(task=found)
    context = {
        "task": found,
        "shifts": [shift for shift in shifts[: SHIFTS_ON_A_POSTER * 2] if shift.taken < shift.seats][
            :SHIFTS_ON_A_POSTER
        ],
        "organization": request.organization,
        "address": short_address(request, "public:need", found.code),
    }
    return render(request, "organization/task_poster.html", context)


@require_GET
@organizer()
def badges(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """A badge for everybody with a seat, ten on a sheet; those who come along write their own name."""
    desk_of_approved(request)
    found = shift_of(request, shift)
    live = Assignment.objects.live().filter(shift=found).select_related("volunteer__user", "role")
    made: list[Badge] = []
    for seat in live.order_by("role", "volunteer__user__name", "pk")[:ROSTER_MOST]:
        name = seat.volunteer.user.name
        made.append(Badge(name, seat.role.name))
        made.extend(Badge("", seat.role.name, name) for _ in range(seat.seats - 1))
    context = {"shift": found, "badges": made, "organization": request.organization}
    return render(request, "organization/badges.html", context)
