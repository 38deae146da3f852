"""What volunteers are told of their papers."""

from typing import Any

from notifications.notices import Kind, Notice
from volunteers.models import VolunteerCapability, VolunteerInvitation

_PAPER = {"paper": {"zh": "急救证", "en": "First aid certificate"}, "url": "/me/papers/"}
KINDS = (
    Kind("qualification_confirmed", {**_PAPER, "expires_on": "2021-02-06"}),
    Kind("qualification_declined", {**_PAPER, "reason": "证号查不到。"}),
    Kind(
        "volunteer_invited",
        {
            "organization": {"zh": "运河邻里互助会", "en": "Canalside Mutual Aid"},
            "invited_by": "赵青",
            "secret": "/invited/7KQ3MWXA7KQ3MWXA/",
        },
    ),
)


def _about(claim: VolunteerCapability) -> dict[str, Any]:
    return {
        "paper": {"zh": claim.capability.name_zh, "en": claim.capability.name_en},
        "url": "/me/papers/",
    }


def confirmed(claim: VolunteerCapability) -> Notice:
    return Notice(
        kind="qualification_confirmed",
        event=f"qualification-confirmed:{claim.pk}:{claim.confirmed_at}",
        recipient=claim.volunteer.user,
        context={
            **_about(claim),
            "expires_on": claim.expires_on.isoformat() if claim.expires_on else "",
        },
    )


def declined(claim: VolunteerCapability) -> Notice:
    return Notice(
        kind="qualification_declined",
        event=f"qualification-declined:{claim.pk}:{claim.declined_at}",
        recipient=claim.volunteer.user,
        context={**_about(claim), "reason": claim.decline_reason},
    )


def invited(invitation: VolunteerInvitation) -> Notice:
    """To a contact, whoever is behind it: once, and in the same way for everybody."""
    organization = invitation.organization
    return Notice(
        kind="volunteer_invited",
        event=f"volunteer-invited:{invitation.code}",
        recipient=None,
        address=("email" if "@" in invitation.contact else "sms", invitation.contact),
        language=invitation.language,
        context={
            "organization": {"zh": organization.name, "en": organization.name_en or organization.name},
            "invited_by": invitation.invited_by.name,
            "secret": f"/invited/{invitation.code}/",
        },
        useful_until=invitation.expires_at,
        inbox=False,
    )
