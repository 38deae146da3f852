"""The first authority of a deployment: nobody stands above it to approve it, so the operator founds it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import audit
from core.errors import DomainError
from organizations.models import Membership, Organization
from organizations.permissions import forget


class AlreadyFounded(DomainError):
    code = "already-founded"
    text = _("%(area)s has an authority already: %(name)s. Its officials invite their colleagues.")


@transaction.atomic
def found_authority(
    *, area: Area, name: str, official: User, at: datetime, name_en: str = ""
) -> Organization:
    """An approved government body over the area, with its first official as owner."""
    above = Organization.objects.authorities().filter(home_area=area).first()
    if above is not None:
        raise AlreadyFounded(area=area.name, name=above.display_name)
    authority = Organization.objects.create(
        name=name.strip(),
        name_en=name_en.strip(),
        kind=Organization.Kind.GOVERNMENT,
        home_area=area,
        status=Organization.Status.APPROVED,
        created_at=at,
        created_by=official,
    )
    Membership.objects.create(
        user=official, organization=authority, role=Membership.Role.OWNER, started_at=at
    )
    audit.record(
        verb="organization.founded",
        by=None,
        at=at,
        subject=authority,
        area_code=area.code,
        reason="by the operator",
    )
    forget(official)
    return authority
