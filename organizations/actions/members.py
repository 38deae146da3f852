"""Colleagues: invited, given a role, and let go."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.actions.contacts import normalize_contact
from accounts.models import User
from core import audit, rates
from core.models import new_code
from notifications.actions import queue_messages
from organizations import notices
from organizations.actions.errors import (
    InvitationOver,
    InvitationUsed,
    LastOwner,
    MembershipOver,
    NotAllowed,
    NotYetApproved,
    TooManyInvitations,
)
from organizations.models import Invitation, Membership, Organization
from organizations.permissions import can_grant, forget

INVITATION_LASTS = timedelta(days=14)
INVITATIONS_A_DAY = 50
# A higher place in this list holds what the lower ones may do.
RANK = [Membership.Role.DESK, Membership.Role.ORGANIZER, Membership.Role.OWNER]


@transaction.atomic
def invite_member(
    *, organization: Organization, contact: str, role: str, by: User, at: datetime, language: str = ""
) -> Invitation:
    """Send a code to a telephone or an e-mail address. The same one again, while it waits, sends nothing more."""
    if not can_grant(by, organization, role):
        raise NotAllowed(name=organization.display_name)
    contact = normalize_contact(contact)
    organization = _locked(organization)
    if organization.status != Organization.Status.APPROVED:
        # Else anybody could send messages in a name of their own choosing.
        raise NotYetApproved(field="contact", name=organization.display_name)
    waiting = organization.invitations.open(at=at).filter(contact=contact)
    if same := waiting.filter(role=role).first():
        return same
    if not rates.hit(f"invitations:{organization.pk}", limit=INVITATIONS_A_DAY, seconds=86_400):
        raise TooManyInvitations(field="contact")
    waiting.update(withdrawn_at=at)
    invitation = Invitation.objects.create(
        code=new_code(24),
        organization=organization,
        contact=contact,
        role=role,
        invited_by=by,
        invited_at=at,
        expires_at=at + INVITATION_LASTS,
    )
    _note("organization.invited", organization, by=by, at=at, invitation=invitation.pk, role=role)
    queue_messages(notices=[notices.invitation(invitation, language=language or by.language)], at=at)
    return invitation


@transaction.atomic
def accept_invitation(*, invitation: Invitation, by: User, at: datetime) -> Membership:
    """Take up a role. The code is the key, whoever holds it; it opens once."""
    organization = _locked(invitation.organization)
    invitation = Invitation.objects.get(pk=invitation.pk)
    current = organization.memberships.live().filter(user=by).first()
    if invitation.accepted_at is not None:
        if current is not None and invitation.accepted_by_id == by.pk:
            return current
        raise InvitationUsed(name=organization.display_name)
    if invitation.withdrawn_at is not None or invitation.expires_at <= at:
        raise InvitationOver(name=organization.display_name)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=at, accepted_by=by)
    if current is None:
        current = Membership.objects.create(
            user=by, organization=organization, role=invitation.role, started_at=at
        )
    elif RANK.index(Membership.Role(invitation.role)) > RANK.index(Membership.Role(current.role)):
        current.role = invitation.role
        current.save(update_fields=["role"])
    forget(by)
    _note("organization.joined", organization, by=by, at=at, invitation=invitation.pk, role=current.role)
    return current


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User, at: datetime) -> None:
    """Take an invitation back before anybody used it."""
    organization = invitation.organization
    if not can_grant(by, organization, invitation.role):
        raise NotAllowed(name=organization.display_name)
    changed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(
        withdrawn_at=at
    )
    if not changed:
        raise InvitationOver(name=organization.display_name)
    _note("organization.invitation_withdrawn", organization, by=by, at=at, invitation=invitation.pk)


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: User, at: datetime) -> Membership:
    """Give a colleague another role; an organization keeps at least one owner."""
    organization, membership = _locked_both(membership)
    if not (can_grant(by, organization, membership.role) and can_grant(by, organization, role)):
        raise NotAllowed(name=organization.display_name)
    if membership.role == role:
        return membership
    if role != Membership.Role.OWNER:
        _keep_an_owner(organization, membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    forget(by)
    _note(
        "organization.role_changed",
        organization,
        by=by,
        at=at,
        member=membership.user_id,
        before=before,
        role=role,
    )
    queue_messages(notices=[notices.role_changed(membership, at=at)], at=at)
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, by: User, at: datetime, reason: str = "") -> None:
    """Let a colleague go, or leave oneself; an organization keeps at least one owner."""
    organization, membership = _locked_both(membership)
    leaves = membership.user_id == by.pk
    if not leaves and not can_grant(by, organization, membership.role):
        raise NotAllowed(name=organization.display_name)
    _keep_an_owner(organization, membership)
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    forget(by)
    _note(
        "organization.left" if leaves else "organization.member_ended",
        organization,
        by=by,
        at=at,
        reason=reason.strip(),
        member=membership.user_id,
        role=membership.role,
    )
    if not leaves:
        queue_messages(notices=[notices.membership_ended(membership, reason=reason.strip())], at=at)


def _locked(organization: Organization) -> Organization:
    """One change of a team at a time, so that two owners cannot leave at once."""
    return (
        Organization.objects.select_for_update(of=("self",))
        .select_related("home_area")
        .get(pk=organization.pk)
    )


def _locked_both(membership: Membership) -> tuple[Organization, Membership]:
    organization = _locked(membership.organization)
    current = organization.memberships.live().select_related("user").filter(pk=membership.pk).first()
    if current is None:
        raise MembershipOver(name=organization.display_name)
    current.organization = organization
    return organization, current


def _keep_an_owner(organization: Organization, leaving: Membership) -> None:
    if leaving.role != Membership.Role.OWNER:
        return
    others = organization.memberships.live().filter(role=Membership.Role.OWNER, user__is_active=True)
    if not others.exclude(pk=leaving.pk).exists():
        raise LastOwner(name=organization.display_name)


def _note(
    verb: str, organization: Organization, *, by: User, at: datetime, reason: str = "", **data: object
) -> None:
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=organization,
        area_code=organization.home_area.code,
        reason=reason,
        data=data,
    )
