from datetime import timedelta

import pytest

from accounts.actions.contacts import BadContact
from core import clock
from notifications.models import Message
from organizations import actions
from organizations.models import Membership
from organizations.permissions import organizations_of, role_in
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization

pytestmark = pytest.mark.django_db

PHONE = "13800000044"


def invite(organization, by, contact=PHONE, role="organizer", at=None):
    return actions.invite_member(
        organization=organization, contact=contact, role=role, by=by, at=at or clock.now()
    )


def membership_of(user, organization):
    return Membership.objects.get(user=user, organization=organization)


def test_an_invitation_goes_out_with_a_code_and_lasts_14_days():
    organization = make_organization()
    owner = make_member(organization, "owner")

    invitation = invite(organization, owner)

    message = Message.objects.get(kind="invitation")
    assert (message.channel, message.address) == ("sms", "+86138" + PHONE[3:])
    assert invitation.code in message.context["secret"]
    assert invitation.expires_at - invitation.invited_at == timedelta(days=14)


def test_inviting_twice_sends_one_message():
    organization = make_organization()
    owner = make_member(organization, "owner")

    first, second = invite(organization, owner), invite(organization, owner, contact="138 0000 0044")

    assert first == second
    assert Message.objects.filter(kind="invitation").count() == 1


def test_inviting_to_another_role_takes_the_first_invitation_back():
    organization = make_organization()
    owner = make_member(organization, "owner")
    first = invite(organization, owner)

    invite(organization, owner, role="desk")

    first.refresh_from_db()
    assert first.withdrawn_at is not None


def test_a_wrong_number_is_named():
    organization = make_organization()

    with pytest.raises(BadContact) as refusal:
        invite(organization, make_member(organization, "owner"), contact="138 0000 004")

    assert refusal.value.field == "contact"


@pytest.mark.parametrize(
    ("own", "role"), [("desk", "desk"), ("organizer", "organizer"), ("organizer", "owner")]
)
def test_a_role_grants_no_more_than_it_may(own, role):
    organization = make_organization()

    with pytest.raises(actions.NotAllowed):
        invite(organization, make_member(organization, own), role=role)


def test_an_organizer_invites_to_the_desk():
    organization = make_organization()

    assert invite(organization, make_member(organization, "organizer"), role="desk").role == "desk"


def test_whoever_holds_the_code_joins_once():
    organization = make_organization()
    invitation = invite(organization, make_member(organization, "owner"))
    person, other = make_user(), make_user()

    actions.accept_invitation(invitation=invitation, by=person, at=clock.now())
    actions.accept_invitation(invitation=invitation, by=person, at=clock.now())
    with pytest.raises(actions.InvitationUsed):
        actions.accept_invitation(invitation=invitation, by=other, at=clock.now())

    assert role_in(person, organization) == "organizer"
    assert role_in(other, organization) is None


def test_an_old_invitation_is_over():
    organization = make_organization()
    invitation = invite(organization, make_member(organization, "owner"))

    with pytest.raises(actions.InvitationOver):
        actions.accept_invitation(
            invitation=invitation, by=make_user(), at=invitation.expires_at + timedelta(seconds=1)
        )


def test_an_invitation_taken_back_is_over():
    organization = make_organization()
    owner = make_member(organization, "owner")
    invitation = invite(organization, owner)
    actions.withdraw_invitation(invitation=invitation, by=owner, at=clock.now())

    with pytest.raises(actions.InvitationOver):
        actions.accept_invitation(invitation=invitation, by=make_user(), at=clock.now())


def test_accepting_raises_a_lower_role_and_never_lowers_one():
    organization = make_organization()
    owner = make_member(organization, "owner")
    desk, second = make_member(organization, "desk"), make_member(organization, "owner")

    actions.accept_invitation(invitation=invite(organization, owner), by=desk, at=clock.now())
    actions.accept_invitation(
        invitation=invite(organization, owner, contact="a@example.org"), by=second, at=clock.now()
    )

    assert role_in(desk, organization) == "organizer"
    assert role_in(second, organization) == "owner"


def test_an_owner_changes_a_role_and_the_person_is_told():
    organization = make_organization()
    owner, colleague = make_member(organization, "owner"), make_member(organization, "desk")

    actions.change_role(
        membership=membership_of(colleague, organization), role="organizer", by=owner, at=clock.now()
    )

    assert membership_of(colleague, organization).role == "organizer"
    assert Message.objects.filter(kind="role_changed", recipient=colleague, channel="inbox").exists()


def test_the_last_owner_stays():
    organization = make_organization()
    owner = make_member(organization, "owner")
    own = membership_of(owner, organization)

    with pytest.raises(actions.LastOwner):
        actions.end_membership(membership=own, by=owner, at=clock.now())
    with pytest.raises(actions.LastOwner):
        actions.change_role(membership=own, role="desk", by=owner, at=clock.now())

    assert membership_of(owner, organization).role == "owner"


def test_one_of_two_owners_may_leave():
    organization = make_organization()
    owner, _ = make_member(organization, "owner"), make_member(organization, "owner")

    actions.end_membership(membership=membership_of(owner, organization), by=owner, at=clock.now())

    assert organizations_of(owner) == []


def test_everybody_may_leave_and_only_owners_let_organizers_go():
    organization = make_organization()
    make_member(organization, "owner")
    leaving, other = make_member(organization, "organizer"), make_member(organization, "organizer")

    with pytest.raises(actions.NotAllowed):
        actions.end_membership(membership=membership_of(other, organization), by=leaving, at=clock.now())
    actions.end_membership(membership=membership_of(leaving, organization), by=leaving, at=clock.now())

    assert role_in(leaving, organization) is None


def test_an_ended_membership_is_over():
    organization = make_organization()
    owner, colleague = make_member(organization, "owner"), make_member(organization, "desk")
    membership = membership_of(colleague, organization)
    actions.end_membership(membership=membership, by=owner, at=clock.now())

    with pytest.raises(actions.MembershipOver):
        actions.change_role(membership=membership, role="owner", by=owner, at=clock.now())


def test_memberships_are_read_once_a_person(django_assert_num_queries):
    organization = make_organization()
    person = make_member(organization)

    with django_assert_num_queries(1):
        organizations_of(person)
        role_in(person, organization)
