"""Who may ask for work, take it on, decide stages and stop an area."""

from accounts.models import User
from areas.models import Area
from core import clock
from organizations.models import Organization
from organizations.permissions import can_lead, is_official_of
from tasks.models import Task
from tasks.queries.modes import rights_in


def can_issue(user: User, organization: Organization) -> bool:
    """Write calls in an organization's name: its owners and organizers, once it is approved."""
    return can_lead(user, organization)


def can_manage_call(user: User, task: Task) -> bool:
    """Edit, cancel or close: whoever leads the issuer, and officials of the call's area, unless the mode in force leaves
    calls of groups to the groups."""
    if can_lead(user, task.issuer):
        return True
    if not is_official_of(user, task.area):
        return False
    return task.issuer.is_authority or rights_in(task.area, clock.now()).authority_edits_groups_calls


def can_adopt(user: User, organization: Organization) -> bool:
    return can_lead(user, organization)


def can_decide_stage(user: User, area: Area) -> bool:
    """Start a crisis, change its stage: officials of the area or of one above."""
    return is_official_of(user, area)


def can_stop(user: User, area: Area) -> bool:
    """Stop everything in the area, or lift a stop that lies over it: officials of the area or of one above."""
    return is_official_of(user, area)
