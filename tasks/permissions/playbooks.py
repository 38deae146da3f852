"""Who may write playbooks, and let a crisis follow one."""

from collections.abc import Iterable

from accounts.models import User
from areas.models import Area
from organizations.permissions import authorities_of, is_official_of
from tasks.models import Crisis, Playbook


def can_write_for(user: User, areas: Iterable[Area]) -> bool:
    """Write a playbook for these areas: officials of each of them; for everywhere, officials of a province."""
    areas = list(areas)
    if not areas:
        return any(authority.home_area.level == Area.Level.PROVINCE for authority in authorities_of(user))
    return all(is_official_of(user, area) for area in areas)


def can_edit_playbook(user: User, playbook: Playbook) -> bool:
    """Change it, take it out of use, put it to use again."""
    return can_write_for(user, playbook.areas.all())


def can_choose_playbook(user: User, crisis: Crisis) -> bool:
    """Let a crisis follow a playbook: officials of the area of the crisis, or of one above."""
    return is_official_of(user, crisis.area)
