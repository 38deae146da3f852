"""Papers: a volunteer says what they hold, somebody looks at the evidence and says whether it counts."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from notifications.actions import queue_messages
from volunteers import notices
from volunteers.models import Capability, Volunteer, VolunteerCapability


class CapabilityExpired(DomainError):
    code = "capability-expired"
    text = _("This paper has expired. Only a valid one counts")


class PaperHolds(DomainError):
    code = "paper-holds"
    text = _("This paper counts already, or waits to be looked at")


class ClaimDecided(DomainError):
    code = "claim-decided"
    text = _("Somebody has decided on this paper already")


class ReasonMissing(DomainError):
    code = "reason-missing"
    text = _("Write why, so that the volunteer knows what to do next")


@transaction.atomic
def claim_qualification(
    *,
    volunteer: Volunteer,
    capability: Capability,
    evidence: str,
    expires_on: date | None,
    by: User,
    at: datetime,
) -> VolunteerCapability:
    """Say that one holds a paper; it waits until somebody has looked. After a refusal or an expiry it waits anew."""
    today = localdate(at)
    if expires_on is not None and expires_on < today:
        raise CapabilityExpired(field="expires_on")
    Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    row = VolunteerCapability.objects.filter(volunteer=volunteer, capability=capability).first()
    row = row or VolunteerCapability(volunteer=volunteer, capability=capability)
    expired = row.expires_on is not None and row.expires_on < today
    if (row.is_waiting or row.confirmed_at) and not expired:
        raise PaperHolds(field="capability")
    row.evidence, row.expires_on, row.claimed_at = evidence, expires_on, at
    row.confirmed_at = row.confirmed_by = row.declined_at = row.declined_by = None
    row.decline_reason = ""
    row.save()
    audit.record(verb="volunteer.capability_claimed", by=by, at=at, subject=row, data=_about(row))
    return row


@transaction.atomic
def drop_qualification(*, claim: VolunteerCapability, by: User, at: datetime) -> None:
    """No longer say that one holds a paper."""
    audit.record(verb="volunteer.capability_dropped", by=by, at=at, subject=claim, data=_about(claim))
    VolunteerCapability.objects.filter(pk=claim.pk).delete()


@transaction.atomic
def confirm_capability(
    *,
    capability: VolunteerCapability,
    evidence: str,
    expires_on: date | None,
    by: User,
    at: datetime,
) -> VolunteerCapability:
    """Note that somebody has seen the evidence of what a volunteer can do, and tell the volunteer."""
    if expires_on is not None and expires_on < localdate(at):
        raise CapabilityExpired(field="expires_on")
    row = _undecided(capability)
    row.evidence, row.expires_on = evidence, expires_on
    row.confirmed_at, row.confirmed_by = at, by
    row.save()
    audit.record(verb="volunteer.capability_confirmed", by=by, at=at, subject=row, data=_about(row))
    queue_messages(notices=[notices.confirmed(row)], at=at)
    return row


@transaction.atomic
def decline_capability(
    *, capability: VolunteerCapability, reason: str, by: User, at: datetime
) -> VolunteerCapability:
    """Say that a paper cannot be counted, and tell the volunteer why."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    row = _undecided(capability)
    row.declined_at, row.declined_by, row.decline_reason = at, by, reason.strip()
    row.save()
    audit.record(verb="volunteer.capability_declined", by=by, at=at, subject=row, data=_about(row))
    queue_messages(notices=[notices.declined(row)], at=at)
    return row


def _undecided(capability: VolunteerCapability) -> VolunteerCapability:
    row = (
        VolunteerCapability.objects.select_for_update(of=("self",))
        .select_related("capability", "volunteer__user")
        .filter(pk=capability.pk, confirmed_at=None, declined_at=None)
        .first()
    )
    if row is None:
        raise ClaimDecided
    return row


def _about(row: VolunteerCapability) -> dict[str, int]:
    return {"capability": row.capability_id}
