"""Tables, invitations to volunteer and those who took one up, for tests. Factories build rows and check no rule."""

from datetime import timedelta
from itertools import count
from typing import Any

from accounts.models import User
from core import clock
from organizations.models import Organization
from sheets.models import Sheet
from tests.factories.accounts import make_user
from tests.factories.organizations import make_organization
from tests.factories.volunteers import make_volunteer
from volunteers.models import Affiliation, Volunteer, VolunteerInvitation

_numbers = count(1)


def make_sheet(organization: Organization, by: User, **fields: Any) -> Sheet:
    """A list of people that was brought in, unless told otherwise."""
    content = "姓名,手机\n张三,13800000044\n".encode()
    values: dict[str, Any] = {
        "direction": "in",
        "kind": "people",
        "format": "csv",
        "encoding": "utf-8",
        "file_name": "list.csv",
        "content": content,
        "content_size": len(content),
        "header_line": 1,
        "mapping": {"name": 0, "phone": 1},
        "created_at": clock.now(),
        **fields,
    }
    if values.get("status") in ("done", "failed", "refused", "dropped"):
        values.setdefault("ended_at", clock.now())
    return Sheet.objects.create(organization=organization, by=by, **values)


def make_volunteer_invitation(
    organization: Organization | None = None, *, by: User | None = None, **fields: Any
) -> VolunteerInvitation:
    """An open invitation to a number of its own."""
    at = clock.now()
    values = {
        "contact": f"+86137{next(_numbers):08d}",
        "name": "张三",
        "invited_at": at,
        "expires_at": at + timedelta(days=30),
        **fields,
    }
    return VolunteerInvitation.objects.create(
        organization=organization or make_organization(), invited_by=by or make_user(), **values
    )


def make_affiliation(
    organization: Organization, volunteer: Volunteer | None = None, **fields: Any
) -> Affiliation:
    """A volunteer who belongs to the organization's people."""
    values = {"started_at": clock.now(), **fields}
    return Affiliation.objects.create(
        organization=organization, volunteer=volunteer or make_volunteer(), **values
    )
