"""Writes which capability implies which, as reference data says it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from volunteers.models import Capability, Implication
from volunteers.policies import Ring, all_implied

Pair = tuple[Capability, Capability]


class ImplicationRing(DomainError):
    code = "implication-ring"
    text = _("These capabilities would imply themselves: %(ring)s")


class PaperNotSeen(DomainError):
    code = "paper-not-seen"
    text = _("%(name)s has to be seen by somebody, so what nobody looks at cannot imply it")


@transaction.atomic
def set_implications(*, direct: Iterable[Pair], by: User | None, at: datetime) -> int:
    """Put these pairs, each a capability and one that it implies, and all that follows, in the place of what was.

    Returns how many rows there are now. Where nothing differs nothing is written.
    """
    said = {(one.pk, other.pk) for one, other in direct}
    by_id = Capability.objects.in_bulk()
    try:
        implied = all_implied(sorted(said))
    except Ring as ring:
        raise ImplicationRing(ring=" > ".join(by_id[pk].code for pk in ring.path)) from ring
    for one, others in implied.items():
        for other in others:
            papers = Capability.Kind.QUALIFICATION
            if by_id[other].kind == papers and by_id[one].kind != papers:
                raise PaperNotSeen(name=by_id[other].name)
    wanted = {(one, other, (one, other) in said) for one, others in implied.items() for other in others}
    standing = set(
        Implication.objects.select_for_update().values_list("capability_id", "implied_id", "is_direct")
    )
    if wanted != standing:
        Implication.objects.all().delete()
        Implication.objects.bulk_create(
            Implication(capability_id=one, implied_id=other, is_direct=is_direct)
            for one, other, is_direct in sorted(wanted)
        )
        audit.record(
            verb="reference.implications_set",
            by=by,
            at=at,
            subject=by_id[min(one for one, _, _ in wanted | standing)],
            data={"pairs": [[by_id[one].code, by_id[other].code] for one, other in sorted(said)]},
        )
    return len(wanted)
