"""Organizations on which nobody decided in time: they go to the authority above, once."""

from datetime import datetime, timedelta

from django.db import transaction

from core import audit
from notifications.actions import queue_messages
from organizations import notices
from organizations.models import Verification
from organizations.queries import authorities_acting, leaders_of

VERIFICATION_LASTS = timedelta(hours=72)


def escalate_verifications(*, at: datetime) -> int:
    """Bring what is late before the next authority above; return how many. Each by itself; none is ever approved so."""
    late = Verification.objects.open().filter(due_at__lte=at, escalated_at=None).order_by("due_at", "pk")
    return sum(_escalate(pk, at) for pk in list(late.values_list("pk", flat=True)))


@transaction.atomic
def _escalate(pk: int, at: datetime) -> bool:
    verification = (
        Verification.objects.open()
        .select_for_update(of=("self",), no_key=True)
        .select_related("organization__home_area")
        .filter(pk=pk, escalated_at=None)
        .first()
    )
    if verification is None:
        return False
    organization = verification.organization
    verification.escalated_at = at
    verification.save(update_fields=["escalated_at"])
    acting = list(authorities_acting(organization.home_area).exclude(pk=organization.pk)[:2])
    # Where nobody stands above, those who let it wait are told once more.
    told = acting[-1:]
    audit.record(
        verb="organization.decision_late",
        by=None,
        at=at,
        subject=organization,
        area_code=organization.home_area.code,
        data={"to": told[0].code if told else ""},
    )
    queue_messages(notices=notices.late(verification, leaders_of(told)), at=at)
    return True
