"""Who may post and run shifts, and who sees a volunteer."""

from accounts.models import User
from organizations.models import Organization
from organizations.permissions import can_lead, can_serve_desk, is_official_of
from tasks.models import Assignment, Shift
from volunteers.models import Volunteer
from volunteers.queries import proxied_by


def can_post_shift(user: User, organization: Organization) -> bool:
    """Its owners and organizers, once it is approved."""
    return can_lead(user, organization)


def can_edit_shift(user: User, shift: Shift) -> bool:
    """Change, cancel, place people, confirm hours: owners and organizers of its organization."""
    return can_lead(user, shift.organization)


def can_serve_shift(user: User, shift: Shift) -> bool:
    """See the roster, check people in and out, report incidents: every member of its organization."""
    return can_serve_desk(user, shift.organization)


def can_read_incidents(user: User, shift: Shift) -> bool:
    """Owners and organizers, and officials of the shift's area."""
    return can_lead(user, shift.organization) or is_official_of(user, shift.area)


def can_act_for(user: User, volunteer: Volunteer) -> bool:
    """Sign up, step back, check in: the volunteer themselves, or somebody who acts for them."""
    if volunteer.user_id == user.pk:
        return True
    return proxied_by(user).filter(pk=volunteer.pk).exists()


def can_answer_for(user: User, assignment: Assignment) -> bool:
    """Give a seat back in the volunteer's name."""
    return can_act_for(user, assignment.volunteer)


def can_see_volunteer(user: User, volunteer: Volunteer) -> bool:
    """The volunteer, whoever acts for them, and members of an organization in one of whose shifts they have a seat."""
    if can_act_for(user, volunteer):
        return True
    seats = Assignment.objects.live().filter(volunteer=volunteer).select_related("shift__organization")
    return any(can_serve_desk(user, seat.shift.organization) for seat in seats)
