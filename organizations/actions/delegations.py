"""Decisions that an authority lets others make in its place, for a time. They end by themselves."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from areas.models import Area
from core import audit
from notifications.actions import queue_messages
from organizations import notices
from organizations.actions.errors import (
    DelegatedAlready,
    DelegateNotFitting,
    DelegationOutOfOrder,
    DelegationOver,
    NotDelegating,
    OutsideAuthority,
    ReasonNeeded,
)
from organizations.models import Delegation, Organization
from organizations.permissions import Mandate, can_delegate
from organizations.queries import leaders_of

LONGEST = timedelta(days=366)


@transaction.atomic
def grant_delegation(
    *,
    authority: Organization,
    delegate: Organization,
    kind: str,
    area: Area,
    ends_at: datetime,
    reason: str,
    by: User,
    at: datetime,
) -> Delegation:
    """Let an organization make one kind of decisions in an area from now until `ends_at`. What was lent is not lent on."""
    if not can_delegate(by, authority):
        raise NotDelegating(name=authority.display_name)
    if not authority.home_area.contains(area):
        raise OutsideAuthority(field="area", area=area.full_name, name=authority.display_name)
    above = delegate.is_authority and delegate.home_area.contains(authority.home_area)
    if delegate.pk == authority.pk or above or delegate.status != Organization.Status.APPROVED:
        raise DelegateNotFitting(field="delegate", name=delegate.display_name)
    if not at < ends_at <= at + LONGEST:
        raise DelegationOutOfOrder(field="ends_on")
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    delegation = Delegation(
        authority=authority,
        delegate=delegate,
        kind=kind,
        area=area,
        reason=reason.strip(),
        starts_at=at,
        ends_at=ends_at,
        granted_at=at,
        granted_by=by,
    )
    try:
        with transaction.atomic():
            delegation.save(force_insert=True)
    except IntegrityError as error:
        if "one_delegation_a_kind_and_area_at_a_time" not in str(error):
            raise
        raise DelegatedAlready(field="delegate", name=delegate.display_name) from error
    _note("organization.delegated", delegation, by=by, at=at, reason=delegation.reason)
    queue_messages(notices=notices.delegated(delegation, leaders_of([delegate])), at=at)
    return delegation


@transaction.atomic
def revoke_delegation(*, delegation: Delegation, reason: str, by: User, at: datetime) -> Delegation:
    """Take a decision back at once; what was decided stays decided."""
    if not can_delegate(by, delegation.authority):
        raise NotDelegating(name=delegation.authority.display_name)
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    delegation = (
        Delegation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("authority", "delegate", "area", "revoked_by")
        .get(pk=delegation.pk)
    )
    if delegation.revoked_at is not None or delegation.ends_at <= at:
        who = delegation.revoked_by.name if delegation.revoked_by else delegation.authority.display_name
        raise DelegationOver(who=who)
    delegation.revoked_at, delegation.revoked_by = at, by
    delegation.save(update_fields=["revoked_at", "revoked_by"])
    _note("organization.delegation_revoked", delegation, by=by, at=at, reason=reason.strip())
    queue_messages(
        notices=notices.delegation_revoked(delegation, leaders_of([delegation.delegate]), reason.strip()),
        at=at,
    )
    return delegation


def in_whose_place(mandate: Mandate | None) -> dict[str, Any]:
    """What an audit record keeps of a mandate: the authority whose word it was, and through whom it came."""
    if mandate is None:
        return {}
    kept = {"for": mandate.authority.code}
    if mandate.delegation is not None:
        kept |= {"delegate": mandate.organization.code, "delegation": mandate.delegation.code}
    return kept


def _note(verb: str, delegation: Delegation, *, by: User, at: datetime, reason: str) -> None:
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=delegation,
        area_code=delegation.area.code,
        reason=reason,
        data={
            "kind": delegation.kind,
            "authority": delegation.authority.code,
            "delegate": delegation.delegate.code,
        },
    )
