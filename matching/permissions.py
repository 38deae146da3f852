"""Who may do what with the runs of the matching."""

from accounts.models import User
from areas.models import Area
from organizations.permissions import is_official_of


def can_call_off(user: User, scope: Area) -> bool:
    """Staff, and officials of the whole area that is planned."""
    return _is_staff(user) or is_official_of(user, scope)


def _is_staff(user: User) -> bool:
    return user.is_active and user.is_staff
