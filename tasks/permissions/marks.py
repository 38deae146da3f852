"""Who notes that somebody did not come, and who decides on what they say to it."""

from accounts.models import User
from organizations.permissions import can_lead, is_official_of
from organizations.queries import leaders_of
from tasks.models import Assignment, Mark
from tasks.permissions.shifts import can_act_for


def can_mark(user: User, assignment: Assignment) -> bool:
    """Owners and organizers of the shift's organization; nobody their own seat."""
    return can_lead(user, assignment.shift.organization) and assignment.volunteer.user_id != user.pk


def can_appeal(user: User, mark: Mark) -> bool:
    """The volunteer, and whoever acts for them."""
    return can_act_for(user, mark.volunteer)


def can_decide_mark(user: User, mark: Mark) -> bool:
    """Another owner or organizer of the organization, never who noted it, never whom it is about.

    Where there is no other, an official of the shift's area: nobody judges what they noted themselves.
    """
    if user.pk in (mark.marked_by_id, mark.volunteer.user_id):
        return False
    if can_lead(user, mark.organization):
        return True
    return not others_to_decide(mark) and is_official_of(user, mark.assignment.shift.area)


def others_to_decide(mark: Mark) -> list[User]:
    """The owners and organizers who may decide on an objection to it."""
    aside = (mark.marked_by_id, mark.volunteer.user_id)
    return list(leaders_of([mark.organization]).exclude(pk__in=aside))
