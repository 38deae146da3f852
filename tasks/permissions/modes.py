"""Who decides the mode of an authority, on calls of groups, and on help between areas."""

from datetime import datetime

from accounts.models import User
from areas.models import Area
from organizations.models import Delegation
from organizations.permissions import Mandate, can_lead, is_member, is_official_of, mandate_of
from tasks.models import Review, Task
from tasks.queries.modes import rights_in


def can_decide_mode(user: User, area: Area) -> bool:
    """Officials of the area or of one above."""
    return is_official_of(user, area)


def reviewer_of(user: User, review: Review, at: datetime) -> Mandate | None:
    """By what somebody decides on a group's call: an official of its area or of one above, or a delegate; never whoever
    asked, and nobody of the group itself."""
    if is_member(user, review.task.issuer) or review.asked_by_id == user.pk:
        return None
    return mandate_of(user, review.task.area, Delegation.Kind.REVIEW, at)


def can_call_partners(user: User, task: Task, at: datetime) -> bool:
    """Send a call to other groups by name: whoever leads the authority that asked, or the group where the mode allows."""
    if not can_lead(user, task.issuer):
        return False
    return task.issuer.is_authority or rights_in(task.area, at).groups_call_partners
