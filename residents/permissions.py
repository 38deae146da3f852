"""Who may look at residents' requests, decide about them, and promise how fast they are answered."""

from accounts.models import User
from areas.models import Area
from organizations.models import Organization
from organizations.permissions import can_lead, is_official_of
from residents.models import HelpRequest


def can_triage(user: User, request: HelpRequest) -> bool:
    """Read words and contact, and decide: owners and organizers of the organization that looks at it."""
    return request.organization is not None and can_lead(user, request.organization)


def can_look_for(user: User, organization: Organization) -> bool:
    """Open the list of requests that an organization looks at."""
    return can_lead(user, organization)


def can_take_over(user: User, request: HelpRequest) -> bool:
    """Give a request to another organization, or to the own authority, without having read it: officials over it."""
    return is_official_of(user, request.area)


def can_promise(user: User, area: Area) -> bool:
    """Promise how fast requests are answered: officials of the area or of one above."""
    return is_official_of(user, area)
