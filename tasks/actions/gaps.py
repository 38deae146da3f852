"""A seat that comes back so late that somebody has to look for cover."""

from datetime import datetime

from notifications.notices import Notice
from organizations.queries import leaders_of
from tasks import policies
from tasks.models import Assignment, ShiftRole
from tasks.notices import handovers as notices


def told_of_gap(assignment: Assignment, *, at: datetime) -> list[Notice]:
    """What those who run a shift read when somebody steps back within a day of it and too few are left.

    Nothing where enough stay, or the seat is held for somebody who waited.
    """
    shift = assignment.shift
    if not policies.is_urgent(shift.starts_at, at):
        return []
    role = ShiftRole.objects.get(pk=assignment.role_id)
    missing = role.seats_min - role.seats_taken - role.seats_held
    if missing < 1:
        return []
    return [
        notices.stepped_back(assignment, user, missing=missing) for user in leaders_of([shift.organization])
    ]
