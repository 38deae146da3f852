"""Only an approved organization sends invitations: its name was looked at by somebody."""

import pytest

from core import clock
from notifications.models import Message
from organizations.actions import NotYetApproved, invite_member
from tests.factories.organizations import make_member, make_organization


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["pending", "declined", "suspended"])
def test_an_organization_that_is_not_approved_invites_nobody(status: str) -> None:
    organization = make_organization(status=status)
    owner = make_member(organization, "owner")
    with pytest.raises(NotYetApproved):
        invite_member(
            organization=organization, contact="new@example.org", role="desk", by=owner, at=clock.now()
        )
    assert not Message.objects.exists()
