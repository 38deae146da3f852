"""What the actions of organizations refuse, in sentences."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NameTaken(DomainError):
    code = "name-taken"
    text = _(
        "%(area)s already has an organization called %(name)s. Ask it to invite you, or add what sets yours apart."
    )


class CboTypeNeeded(DomainError):
    code = "cbo-type-needed"
    text = _("Choose what kind of community-based organization it is.")


class EvidenceNeeded(DomainError):
    code = "evidence-needed"
    text = _(
        "Say what shows that the organization exists: a register number, an address, who can vouch for it."
    )


class ParentNotFitting(DomainError):
    code = "parent-not-fitting"
    text = _("%(name)s cannot stand above this organization: it is not approved.")


class NotAllowed(DomainError):
    code = "not-allowed"
    text = _("Your role does not allow this. Ask an owner of %(name)s.")


class NotDecider(DomainError):
    code = "not-decider"
    text = _("Only an official of %(area)s who does not belong to the organization decides on it.")


class AlreadyDecided(DomainError):
    code = "already-decided"
    text = _("%(who)s decided on %(name)s before you did: %(decision)s.")


class AlreadyWaiting(DomainError):
    code = "already-waiting"
    text = _("%(name)s is waiting for a decision already.")


class ReasonNeeded(DomainError):
    code = "reason-needed"
    text = _("Write the reason. The people concerned will read it.")


class WrongStatus(DomainError):
    code = "wrong-status"
    text = _("%(name)s is in another state by now. Look at the page again.")


class NotYetApproved(DomainError):
    code = "not-yet-approved"
    text = _("%(name)s invites colleagues once it is approved.")


class TooManyInvitations(DomainError):
    code = "too-many-invitations"
    text = _("50 invitations a day are the most. Go on tomorrow.")


class InvitationOver(DomainError):
    code = "invitation-over"
    text = _("This invitation has expired or was taken back. Ask %(name)s for a new one.")


class InvitationUsed(DomainError):
    code = "invitation-used"
    text = _("Somebody has used this invitation already. Ask %(name)s for a new one.")


class LastOwner(DomainError):
    code = "last-owner"
    text = _("%(name)s needs an owner. Make somebody else an owner first.")


class MembershipOver(DomainError):
    code = "membership-over"
    text = _("This person does not belong to %(name)s any more.")


class NotDelegating(DomainError):
    code = "not-delegating"
    text = _("Only an official of %(name)s lets others decide in its place, or takes that back.")


class DelegateNotFitting(DomainError):
    code = "delegate-not-fitting"
    text = _("%(name)s cannot decide in your place: it is yourself, stands above you, or is not approved.")


class OutsideAuthority(DomainError):
    code = "outside-authority"
    text = _("%(area)s lies outside of the area of %(name)s.")


class DelegationOutOfOrder(DomainError):
    code = "delegation-out-of-order"
    text = _("Choose a last day from today on, a year from now at the latest.")


class DelegatedAlready(DomainError):
    code = "delegated-already"
    text = _("%(name)s decides on this there already in that time. Take that back first.")


class DelegationOver(DomainError):
    code = "delegation-over"
    text = _("%(who)s took this back already, or it has run out.")
