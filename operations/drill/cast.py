"""Who plays beside the volunteers: authorities with their officials, groups with whoever acts for them."""

from dataclasses import dataclass

from accounts.models import User
from areas.models import Area
from organizations.models import Membership, Organization


@dataclass(frozen=True)
class Office:
    """An authority, the area that it answers for, and the official who acts for it."""

    organization: Organization
    area: Area
    official: User


@dataclass(frozen=True)
class Group:
    """A community organization, where it is at home, and whoever acts for it."""

    organization: Organization
    area: Area
    owner: User


@dataclass(frozen=True)
class Cast:
    """Offices from the province down, groups by id."""

    offices: tuple[Office, ...]
    groups: tuple[Group, ...]

    @property
    def province(self) -> Office:
        return self.offices[0]

    def office_over(self, area: Area) -> Office:
        """The nearest authority whose area holds this one."""
        holding = [one for one in self.offices if area.path.startswith(one.area.path)]
        return max(holding, key=lambda one: one.area.level)


class NobodyToPlay(LookupError):
    """The database holds no authority, or no group, that somebody acts for."""


def gather() -> Cast:
    """Whoever may act in this database. Two queries."""
    owners = (
        Membership.objects.live()
        .filter(role=Membership.Role.OWNER, organization__in=Organization.objects.approved())
        .select_related("organization__home_area__parent", "user")
        .order_by("organization_id", "id")
    )
    first: dict[int, Membership] = {}
    for membership in owners:
        first.setdefault(membership.organization_id, membership)
    offices, groups = [], []
    for one in first.values():
        group = one.organization
        if group.kind == Organization.Kind.GOVERNMENT:
            offices.append(Office(group, group.home_area, one.user))
        else:
            groups.append(Group(group, group.home_area, one.user))
    if not offices or not groups:
        raise NobodyToPlay("a drill needs a synthetic place: authorities, groups and volunteers")
    offices.sort(key=lambda one: (one.area.level, one.organization.pk))
    return Cast(tuple(offices), tuple(groups))
