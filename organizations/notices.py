"""What organizations tell people: one kind a message, its words in `templates/notices/`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from accounts.models import User
from notifications.notices import Kind, Notice
from organizations.models import Delegation, Invitation, Membership, Organization, Verification

_ORGANIZATION = {
    "organization": {"zh": "运河邻里互助会", "en": "Canalside Mutual Aid"},
    "url": "/org/7KQ3MWXA/",
}
_AREA = {"zh": "拱墅区", "en": "Gongshu District"}
_DELEGATION = {
    "authority": {"zh": "拱墅区指挥部", "en": "Gongshu Command"},
    "organization": {"zh": "运河邻里互助会", "en": "Canalside Mutual Aid"},
    "area": _AREA,
    "kind": "review",
    "ends_at": "2026-05-01T16:00:00Z",
    "reason": "周末由街道先看。",
    "url": "/org/7KQ3MWXA/decisions/",
}
KINDS = (
    Kind("org_late", {**_ORGANIZATION, "area": _AREA, "url": "/area/330105/approvals/7KQ3MWXA/"}),
    Kind("delegated", _DELEGATION),
    Kind("delegation_revoked", _DELEGATION),
    Kind("org_waiting", {**_ORGANIZATION, "area": _AREA, "url": "/area/330105/"}),
    Kind("org_approved", {**_ORGANIZATION, "reason": ""}),
    Kind("org_declined", {**_ORGANIZATION, "reason": "登记号查不到。"}),
    Kind("org_suspended", {**_ORGANIZATION, "reason": "三班没有人带。"}),
    Kind("org_reinstated", _ORGANIZATION),
    Kind(
        "invitation",
        {
            **_ORGANIZATION,
            "invited_by": "赵青",
            "role": "organizer",
            "secret": "/org/invitations/7KQ3MWXA7KQ3MWXA7KQ3MWXA/",
        },
    ),
    Kind("role_changed", {**_ORGANIZATION, "role": "owner"}),
    Kind("membership_ended", {**_ORGANIZATION, "reason": ""}),
)


def _about(organization: Organization) -> dict[str, Any]:
    return {
        "organization": {"zh": organization.name, "en": organization.name_en or organization.name},
        "url": f"/org/{organization.code}/",
    }


def waiting(verification: Verification, people: Iterable[User], *, url: str = "") -> Iterator[Notice]:
    """To those who decide in its area, officials unless `url` says where else: an organization waits for them."""
    organization = verification.organization
    area = organization.home_area
    for person in people:
        yield Notice(
            kind="org_waiting",
            event=f"org-waiting:{verification.pk}",
            recipient=person,
            context={
                **_about(organization),
                "area": {"zh": area.name_zh, "en": area.name_en},
                "url": url or f"/area/{area.code}/approvals/{organization.code}/",
            },
            outside=False,
        )


def late(verification: Verification, officials: Iterable[User]) -> Iterator[Notice]:
    """To the officials of the authority above: nobody decided on an organization in time."""
    organization = verification.organization
    area = organization.home_area
    for official in officials:
        yield Notice(
            kind="org_late",
            event=f"org-late:{verification.pk}",
            recipient=official,
            context={
                **_about(organization),
                "area": {"zh": area.name_zh, "en": area.name_en},
                "url": f"/area/{area.code}/approvals/{organization.code}/",
            },
        )


def delegated(delegation: Delegation, leaders: Iterable[User]) -> Iterator[Notice]:
    """To those who lead the delegate: what they may decide now, and until when."""
    for leader in leaders:
        yield Notice(
            kind="delegated",
            event=f"delegated:{delegation.code}",
            recipient=leader,
            context=_lent(delegation, delegation.reason),
        )


def delegation_revoked(delegation: Delegation, leaders: Iterable[User], reason: str) -> Iterator[Notice]:
    for leader in leaders:
        yield Notice(
            kind="delegation_revoked",
            event=f"delegation-revoked:{delegation.code}",
            recipient=leader,
            context=_lent(delegation, reason),
        )


def _lent(delegation: Delegation, reason: str) -> dict[str, Any]:
    authority, delegate, area = delegation.authority, delegation.delegate, delegation.area
    return {
        "authority": {"zh": authority.name, "en": authority.name_en or authority.name},
        "organization": {"zh": delegate.name, "en": delegate.name_en or delegate.name},
        "area": {"zh": area.name_zh, "en": area.name_en},
        "kind": delegation.kind,
        "ends_at": delegation.ends_at,
        "reason": reason,
        "url": f"/org/{delegate.code}/decisions/",
    }


def decided(verification: Verification, owners: Iterable[User]) -> Iterator[Notice]:
    """To the owners: what was decided, and why."""
    for owner in owners:
        yield Notice(
            kind="org_approved"
            if verification.decision == Verification.Decision.APPROVED
            else "org_declined",
            event=f"org-decided:{verification.pk}",
            recipient=owner,
            context={**_about(verification.organization), "reason": verification.reason},
        )


def stopped(
    organization: Organization, leaders: Iterable[User], *, reason: str, at: datetime
) -> Iterator[Notice]:
    for leader in leaders:
        yield Notice(
            kind="org_suspended",
            event=f"org-suspended:{organization.pk}:{at.isoformat()}",
            recipient=leader,
            context={**_about(organization), "reason": reason},
        )


def reinstated(organization: Organization, leaders: Iterable[User], *, at: datetime) -> Iterator[Notice]:
    for leader in leaders:
        yield Notice(
            kind="org_reinstated",
            event=f"org-reinstated:{organization.pk}:{at.isoformat()}",
            recipient=leader,
            context=_about(organization),
        )


def invitation(invited: Invitation, *, language: str) -> Notice:
    """To a contact that may belong to nobody yet; the code in it is the key."""
    channel = "email" if "@" in invited.contact else "sms"
    return Notice(
        kind="invitation",
        event=f"invitation:{invited.pk}",
        recipient=None,
        context={
            **_about(invited.organization),
            "invited_by": invited.invited_by.name,
            "role": invited.role,
            "secret": f"/org/invitations/{invited.code}/",
        },
        address=(channel, invited.contact),
        language=language,
        useful_until=invited.expires_at,
        inbox=False,
    )


def role_changed(membership: Membership, *, at: datetime) -> Notice:
    return Notice(
        kind="role_changed",
        event=f"role-changed:{membership.pk}:{at.isoformat()}",
        recipient=membership.user,
        context={**_about(membership.organization), "role": membership.role},
    )


def membership_ended(membership: Membership, *, reason: str) -> Notice:
    return Notice(
        kind="membership_ended",
        event=f"membership-ended:{membership.pk}",
        recipient=membership.user,
        context={**_about(membership.organization), "reason": reason},
    )
