"""How offers end that nobody answered: their time is over, or there is nothing to answer any more."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from areas.models import Area
from core import audit, doorbell
from core.doorbell import Job
from tasks.models import Offer, Shift, ShiftRole
from tasks.queries.seats import LIVE_TASKS

BATCH = 500

# Offers that cannot be accepted any more: the shift, its call or its organization ended, its area stands still, or the
# person has the seat.
_MOOT = """
SELECT offer.id FROM tasks_offer offer
JOIN tasks_shift shift ON shift.id = offer.shift_id
JOIN tasks_task task ON task.id = shift.task_id
JOIN organizations_organization organization ON organization.id = shift.organization_id
JOIN areas_area area ON area.id = shift.area_id
WHERE offer.status = 'offered' AND (
  shift.status <> 'open' OR task.status <> ALL(%(live)s) OR organization.status <> 'approved'
  OR EXISTS (
    SELECT FROM tasks_areastop stop JOIN areas_area stopped ON stopped.id = stop.area_id
    WHERE stop.lifted_at IS NULL AND starts_with(area.path, stopped.path)
  )
  OR EXISTS (
    SELECT FROM tasks_assignment held
    WHERE held.role_id = offer.role_id AND held.volunteer_id = offer.volunteer_id AND held.status = 'active'
  )
)
ORDER BY offer.id FOR UPDATE OF offer SKIP LOCKED
"""
# Roles with more open offers than free seats; who made offers and who signed up at the same moment saw neither.
_CROWDED = """
SELECT role.id FROM tasks_offer offer JOIN tasks_shiftrole role ON role.id = offer.role_id
WHERE offer.status = 'offered' AND offer.expires_at > %(at)s
GROUP BY role.id HAVING count(*) > role.seats - role.seats_taken - role.seats_held
ORDER BY role.id
"""


@transaction.atomic
def withdraw_offers(
    *,
    at: datetime,
    by: User | None,
    reason: str,
    role: ShiftRole | None = None,
    shift: Shift | None = None,
    area: Area | None = None,
) -> int:
    """Take back the open offers of a role, of a shift, or of everything in an area; return how many.

    Nobody is written to: the page of the offer says that it is over, and each alert costs attention.
    """
    about = role or shift or area
    if about is None or [role, shift, area].count(None) != 2:
        raise TypeError("withdraw_offers needs a role, a shift or an area")
    waiting = Offer.objects.waiting().order_by("pk")
    if role is not None:
        _lock_roles([role.pk])
        waiting = waiting.filter(role=role)
    elif shift is not None:
        _lock_roles(ShiftRole.objects.filter(shift=shift).values_list("pk", flat=True))
        waiting = waiting.filter(shift=shift)
    elif area is not None:
        # What somebody answers at this moment is left to them, and to the sweep.
        waiting = waiting.filter(shift__area__path__startswith=area.path).select_for_update(
            of=("self",), skip_locked=True
        )
    codes = dict(waiting.values_list("pk", "code"))
    count = _withdraw(codes, at=at)
    if count:
        where = area or (shift or role.shift).area  # type: ignore[union-attr]
        audit.record(
            verb="offers.withdrawn",
            by=by,
            at=at,
            subject=about,
            area_code=where.code,
            reason=reason,
            data={"offers": sorted(codes.values())},
        )
    return count


def expire_offers(*, at: datetime) -> int:
    """End the offers whose time is over, and ask the next; return how many. Each batch commits by itself."""
    total = 0
    while True:
        with transaction.atomic():
            over = Offer.objects.waiting().filter(expires_at__lte=at).order_by("expires_at", "pk")
            rows = dict(
                over.select_for_update(of=("self",), skip_locked=True).values_list("pk", "role_id")[:BATCH]
            )
            Offer.objects.filter(pk__in=rows).update(status=Offer.Status.EXPIRED, ended_at=at)
            ring_next(rows.values())
        total += len(rows)
        if len(rows) < BATCH:
            return total


def withdraw_moot(*, at: datetime) -> int:
    """Take back what cannot be accepted any more, where nobody has done so yet; return how many.

    The acts that end a shift or fill it do so themselves. This finds what two of them at once, or a rolled back
    transaction, left behind.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MOOT, {"live": [str(status) for status in LIVE_TASKS]})
        count = _withdraw([pk for (pk,) in cursor.fetchall()], at=at)
    with connection.cursor() as cursor:
        cursor.execute(_CROWDED, {"at": at})
        crowded = [pk for (pk,) in cursor.fetchall()]
    return count + sum(withdraw_surplus(role_id=pk, at=at) for pk in crowded)


@transaction.atomic
def withdraw_surplus(*, role_id: int, at: datetime) -> int:
    """Take back the latest offers of a role that find no free seat; return how many."""
    (role,) = _lock_roles([role_id])
    waiting = Offer.objects.open(at=at).filter(role=role).order_by("pk").values_list("pk", flat=True)
    return _withdraw(waiting[max(role.seats_free, 0) :], at=at)


def ring_next(role_ids: Iterable[int]) -> None:
    """Ask the next for each role once."""
    for role_id in sorted(set(role_ids)):
        doorbell.ring(Job.OFFER_NEXT, role_id=role_id)


def _withdraw(pks: Iterable[int], *, at: datetime) -> int:
    return Offer.objects.waiting().filter(pk__in=list(pks)).update(status=Offer.Status.WITHDRAWN, ended_at=at)


def _lock_roles(pks: Iterable[int]) -> list[ShiftRole]:
    """The roles first, as for everything that changes both."""
    return list(ShiftRole.objects.select_for_update(no_key=True).filter(pk__in=list(pks)).order_by("pk"))
