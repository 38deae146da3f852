"""An offer as the volunteer reads it: what, when, where, why they, until when. Nothing private of the shift."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from tasks.models import Offer
from tasks.rendering.offers import reasons_in_words
from web import wording
from web.public.rows import place_of


@dataclass(frozen=True)
class OfferView:
    """One offer, and what became of it."""

    code: str
    url: str
    title: str
    organization: str
    part: str
    starts_at: datetime | None
    ends_at: datetime | None
    where: str
    reasons: tuple[str, ...]
    expires_at: datetime
    left: str
    status: str
    need_code: str
    seat_code: str

    @property
    def is_open(self) -> bool:
        return self.status == Offer.Status.OFFERED


def offer_view(offer: Offer, at: datetime) -> OfferView:
    """The offer was read with its role, shift, task, organization and area."""
    shift, task = offer.shift, offer.shift.task
    late = offer.status == Offer.Status.OFFERED and not offer.is_open(at)
    return OfferView(
        code=offer.code,
        url=reverse("volunteer:offer", args=[offer.code]),
        title=task.display_title,
        organization=shift.organization.display_name,
        part=offer.role.name,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        where=gettext("From home") if task.is_remote else place_of(shift),
        reasons=tuple(reasons_in_words(offer.factors, own=True)),
        expires_at=offer.expires_at,
        left=wording.length_words(max(offer.expires_at - at, wording.A_MINUTE)),
        status=Offer.Status.EXPIRED if late else offer.status,
        need_code=shift.code,
        seat_code=offer.assignment.code if offer.assignment else "",
    )
