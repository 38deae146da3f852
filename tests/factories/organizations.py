"""Organizations and the people who act for them, for tests."""

from itertools import count
from typing import Any

from accounts.models import User
from areas.models import Area
from core import clock
from organizations.models import Membership, Organization, ServiceArea
from tests.factories.accounts import make_user
from tests.factories.areas import make_area

_numbers = count(1)


def make_organization(
    *,
    home_area: Area | None = None,
    kind: str = "community",
    name: str = "",
    status: str = "approved",
    serves: tuple[Area, ...] = (),
    **fields: Any,
) -> Organization:
    """An approved group with a county of its own, unless told otherwise; `serves` adds service areas."""
    values = {"created_at": clock.now(), **fields}
    if kind == "cbo":
        values.setdefault("cbo_type", "charity")
    organization = Organization.objects.create(
        name=name or f"Group {next(_numbers)}",
        home_area=home_area or make_area(),
        kind=kind,
        status=status,
        **values,
    )
    ServiceArea.objects.bulk_create(ServiceArea(organization=organization, area=area) for area in serves)
    return organization


def make_authority(area: Area | None = None, **fields: Any) -> Organization:
    """An approved government body over the area."""
    return make_organization(home_area=area, kind="government", **fields)


def make_member(organization: Organization, role: str = "organizer", user: User | None = None) -> User:
    """A live member of the organization; returns the person."""
    user = user or make_user()
    Membership.objects.create(user=user, organization=organization, role=role, started_at=clock.now())
    return user


def make_official(area: Area, role: str = "organizer", user: User | None = None) -> User:
    """An official of the area, through its authority, which is made where there is none; returns the person."""
    authority = Organization.objects.authorities().filter(home_area=area).first() or make_authority(area)
    return make_member(authority, role, user)
