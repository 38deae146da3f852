"""Who may bring in and take out which tables."""

from typing import Any

from organizations.models import Organization
from organizations.permissions import can_lead, is_official_of
from sheets.models import Sheet
from tasks.permissions.shifts import can_post_shift
from volunteers.permissions import can_invite_volunteers


def can_use(user: Any, sheet: Sheet) -> bool:
    """Look at a table, go on with it, read its report: whoever may bring in or take out such a one."""
    if sheet.area is not None:
        return is_official_of(user, sheet.area)
    return can_lead(user, sheet.organization)


def can_import(user: Any, kind: str, organization: Organization) -> bool:
    """People and shifts: owners and organizers of an approved organization. Organizations: officials, of their area."""
    if kind == Sheet.Kind.PEOPLE:
        return can_invite_volunteers(user, organization)
    if kind == Sheet.Kind.SHIFTS:
        return can_post_shift(user, organization)
    return organization.is_authority and can_lead(user, organization)


def can_export(user: Any, organization: Organization) -> bool:
    """Owners and organizers; whoever serves the desk has the roster on paper."""
    return can_lead(user, organization)
