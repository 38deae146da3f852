"""Organizations that an authority knows and enters itself; their owners are invited by contact."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.contacts import normalize_contact
from accounts.models import User
from areas.models import Area
from core import audit
from core.errors import DomainError
from core.models import new_code
from notifications.actions import queue_messages
from organizations import notices
from organizations.actions.errors import CboTypeNeeded, EvidenceNeeded, NotDecider
from organizations.actions.members import INVITATION_LASTS
from organizations.actions.registration import save_under_its_name, serve
from organizations.models import Invitation, Membership, Organization, Verification
from organizations.permissions import authority_of


class NoAuthorityByTable(DomainError):
    code = "no-authority-by-table"
    text = _(
        "A government body is not entered in this way. It registers itself, and is decided on one by one"
    )


@transaction.atomic
def enrol_organization(
    *,
    name: str,
    kind: str,
    home_area: Area,
    evidence: str,
    owner_contact: str,
    by: User,
    at: datetime,
    language: str,
    name_en: str = "",
    cbo_type: str = "",
    summary: str = "",
    registration_number: str = "",
    contact_phone: str = "",
    service_areas: Iterable[Area] = (),
) -> Organization:
    """Enter an organization that an official answers for: approved at once on this evidence, its owner invited.

    The official does not become a member. The check is kept like any other, with who vouched for it.
    """
    if authority_of(by, home_area) is None:
        raise NotDecider(field="home_area", area=home_area.name)
    if kind == Organization.Kind.GOVERNMENT:
        raise NoAuthorityByTable(field="kind")
    if kind == Organization.Kind.CBO and not cbo_type:
        raise CboTypeNeeded(field="cbo_type")
    if not evidence.strip():
        raise EvidenceNeeded(field="evidence")
    contact = normalize_contact(owner_contact)
    organization = Organization(
        name=name.strip(),
        name_en=name_en.strip(),
        kind=kind,
        cbo_type=cbo_type if kind == Organization.Kind.CBO else "",
        home_area=home_area,
        summary=summary,
        registration_number=registration_number,
        contact_phone=contact_phone,
        status=Organization.Status.APPROVED,
        created_at=at,
        created_by=by,
    )
    save_under_its_name(organization)
    serve(organization, service_areas)
    Verification.objects.create(
        organization=organization,
        requested_at=at,
        requested_by=by,
        evidence=evidence.strip(),
        decision=Verification.Decision.APPROVED,
        decided_at=at,
        decided_by=by,
    )
    invitation = Invitation.objects.create(
        code=new_code(24),
        organization=organization,
        contact=contact,
        role=Membership.Role.OWNER,
        invited_by=by,
        invited_at=at,
        expires_at=at + INVITATION_LASTS,
    )
    audit.record(
        verb="organization.enrolled",
        by=by,
        at=at,
        subject=organization,
        area_code=home_area.code,
        data={"kind": kind, "invitation": invitation.pk},
    )
    queue_messages(notices=[notices.invitation(invitation, language=language)], at=at)
    return organization
