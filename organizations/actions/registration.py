"""Registering an organization, deciding on it, and changing what it says of itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from areas.models import Area
from core import audit
from notifications.actions import queue_messages
from organizations import notices
from organizations.actions.deadlines import VERIFICATION_LASTS
from organizations.actions.delegations import in_whose_place
from organizations.actions.errors import (
    AlreadyDecided,
    AlreadyWaiting,
    CboTypeNeeded,
    EvidenceNeeded,
    NameTaken,
    NotAllowed,
    NotDecider,
    ParentNotFitting,
    ReasonNeeded,
    WrongStatus,
)
from organizations.models import Delegation, Membership, Organization, ServiceArea, Verification
from organizations.permissions import can_decide_on, can_edit, can_verify, forget, verifier_of
from organizations.queries import delegations_over, leaders_of, officials_over, owners_of

# What an organization may change by itself once it is approved: not the name under which it was checked.
OWN_WORDS = frozenset({"name_en", "summary", "registration_number", "contact_phone"})


@transaction.atomic
def register_organization(
    *,
    name: str,
    kind: str,
    home_area: Area,
    evidence: str,
    by: User,
    at: datetime,
    name_en: str = "",
    cbo_type: str = "",
    parent: Organization | None = None,
    summary: str = "",
    registration_number: str = "",
    contact_phone: str = "",
    service_areas: Iterable[Area] = (),
) -> Organization:
    """Put an organization forward for approval; whoever does so becomes its owner."""
    if kind == Organization.Kind.CBO and not cbo_type:
        raise CboTypeNeeded(field="cbo_type")
    if not evidence.strip():
        raise EvidenceNeeded(field="evidence")
    if parent is not None and parent.status != Organization.Status.APPROVED:
        raise ParentNotFitting(field="parent", name=parent.display_name)
    organization = Organization(
        name=name.strip(),
        name_en=name_en.strip(),
        kind=kind,
        cbo_type=cbo_type if kind == Organization.Kind.CBO else "",
        parent=parent,
        home_area=home_area,
        summary=summary,
        registration_number=registration_number,
        contact_phone=contact_phone,
        created_at=at,
        created_by=by,
    )
    save_under_its_name(organization)
    serve(organization, service_areas)
    Membership.objects.create(user=by, organization=organization, role=Membership.Role.OWNER, started_at=at)
    forget(by)
    audit.record(
        verb="organization.registered",
        by=by,
        at=at,
        subject=organization,
        area_code=home_area.code,
        data={"kind": kind},
    )
    _ask_for_decision(organization, evidence=evidence, by=by, at=at)
    return organization


@transaction.atomic
def request_verification(
    *, organization: Organization, evidence: str, by: User, at: datetime
) -> Verification:
    """Ask again after a refusal, with better evidence."""
    if not can_edit(by, organization):
        raise NotAllowed(name=organization.display_name)
    if not evidence.strip():
        raise EvidenceNeeded(field="evidence")
    organization = _locked(organization)
    if organization.status == Organization.Status.PENDING:
        raise AlreadyWaiting(name=organization.display_name)
    _move(organization, Organization.Status.DECLINED, Organization.Status.PENDING)
    audit.record(
        verb="organization.put_forward_again",
        by=by,
        at=at,
        subject=organization,
        area_code=organization.home_area.code,
    )
    return _ask_for_decision(organization, evidence=evidence, by=by, at=at)


@transaction.atomic
def decide_verification(
    *, verification: Verification, approve: bool, by: User, at: datetime, reason: str = ""
) -> Organization:
    """Approve or decline; a refusal says why. The owners are told."""
    organization = _locked(verification.organization)
    if not can_verify(by, organization, at):
        raise NotDecider(area=organization.home_area.name)
    mandate = verifier_of(by, organization, at)
    delegation = mandate.delegation if mandate else None
    if not approve and not reason.strip():
        raise ReasonNeeded(field="reason")
    decision = Verification.Decision.APPROVED if approve else Verification.Decision.DECLINED
    changed = Verification.objects.filter(pk=verification.pk, decision="").update(
        decision=decision, decided_at=at, decided_by=by, delegation=delegation, reason=reason.strip()
    )
    if not changed:
        decided = Verification.objects.select_related("decided_by").get(pk=verification.pk)
        raise AlreadyDecided(
            name=organization.display_name,
            who=decided.decided_by.name if decided.decided_by else "",
            decision=decided.get_decision_display(),
        )
    _move(
        organization,
        Organization.Status.PENDING,
        Organization.Status.APPROVED if approve else Organization.Status.DECLINED,
    )
    verification.refresh_from_db()
    verification.organization = organization
    audit.record(
        verb=f"organization.{decision}",
        by=by,
        at=at,
        subject=organization,
        area_code=organization.home_area.code,
        reason=reason.strip(),
        data=in_whose_place(mandate),
    )
    queue_messages(notices=notices.decided(verification, owners_of(organization)), at=at)
    return organization


@transaction.atomic
def suspend_organization(*, organization: Organization, reason: str, by: User, at: datetime) -> Organization:
    """Take away at once whatever an organization may do; its people are told why."""
    organization = _decidable(organization, by)
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    _move(organization, Organization.Status.APPROVED, Organization.Status.SUSPENDED)
    audit.record(
        verb="organization.suspended",
        by=by,
        at=at,
        subject=organization,
        area_code=organization.home_area.code,
        reason=reason.strip(),
    )
    queue_messages(
        notices=notices.stopped(organization, leaders_of([organization]), reason=reason.strip(), at=at), at=at
    )
    return organization


@transaction.atomic
def reinstate_organization(
    *, organization: Organization, by: User, at: datetime, reason: str = ""
) -> Organization:
    organization = _decidable(organization, by)
    _move(organization, Organization.Status.SUSPENDED, Organization.Status.APPROVED)
    audit.record(
        verb="organization.reinstated",
        by=by,
        at=at,
        subject=organization,
        area_code=organization.home_area.code,
        reason=reason.strip(),
    )
    queue_messages(notices=notices.reinstated(organization, leaders_of([organization]), at=at), at=at)
    return organization


@transaction.atomic
def edit_organization(
    *,
    organization: Organization,
    values: dict[str, Any],
    by: User,
    at: datetime,
    service_areas: Iterable[Area] | None = None,
) -> Organization:
    """Change its own words and where it serves. The name, once approved, stays as it was checked."""
    if not can_edit(by, organization):
        raise NotAllowed(name=organization.display_name)
    organization = _locked(organization)
    allowed = OWN_WORDS
    if organization.status in (Organization.Status.PENDING, Organization.Status.DECLINED):
        allowed = OWN_WORDS | {"name"}
    if unknown := set(values) - allowed:
        raise ValueError(f"an organization cannot change these by itself: {sorted(unknown)}")
    changed = sorted(field for field, value in values.items() if getattr(organization, field) != value)
    for field in changed:
        setattr(organization, field, values[field])
    if changed:
        save_under_its_name(organization)
    if service_areas is not None:
        organization.service_areas.all().delete()
        serve(organization, service_areas)
        changed.append("service_areas")
    audit.record(
        verb="organization.edited",
        by=by,
        at=at,
        subject=organization,
        area_code=organization.home_area.code,
        data={"fields": changed},
    )
    return organization


def save_under_its_name(organization: Organization) -> None:
    """Save it, unless its area has one of the same name."""
    try:
        with transaction.atomic():
            organization.save()
    except IntegrityError as error:
        if "one_organization_a_name_and_area" not in str(error):
            raise
        raise NameTaken(field="name", name=organization.name, area=organization.home_area.name) from error


def serve(organization: Organization, service_areas: Iterable[Area]) -> None:
    """Service areas apart from the home area, each once."""
    areas = {area.pk: area for area in service_areas if area.pk != organization.home_area_id}
    ServiceArea.objects.bulk_create(
        ServiceArea(organization=organization, area=area) for area in areas.values()
    )


def _ask_for_decision(organization: Organization, *, evidence: str, by: User, at: datetime) -> Verification:
    verification = Verification.objects.create(
        organization=organization,
        requested_at=at,
        requested_by=by,
        evidence=evidence.strip(),
        due_at=at + VERIFICATION_LASTS,
    )
    officials = officials_over(organization.home_area, apart_from=organization)
    queue_messages(notices=notices.waiting(verification, officials), at=at)
    if not organization.is_authority:
        for lent in delegations_over(organization.home_area, Delegation.Kind.VERIFY, at):
            told = leaders_of([lent.delegate])
            url = f"/org/{lent.delegate.code}/decisions/"
            queue_messages(notices=notices.waiting(verification, told, url=url), at=at)
    return verification


def _locked(organization: Organization) -> Organization:
    return (
        Organization.objects.select_for_update(of=("self",))
        .select_related("home_area")
        .get(pk=organization.pk)
    )


def _decidable(organization: Organization, by: User) -> Organization:
    organization = _locked(organization)
    if not can_decide_on(by, organization):
        raise NotDecider(area=organization.home_area.name)
    return organization


def _move(organization: Organization, before: str, after: str) -> None:
    if organization.status != before:
        raise WrongStatus(name=organization.display_name)
    organization.status = after
    organization.save(update_fields=["status"])
