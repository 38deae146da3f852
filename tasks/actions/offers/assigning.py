"""Giving seats to people who said that they need not be asked each time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from core import audit
from core.models import AuditRecord
from notifications.actions import queue_messages
from tasks import policies
from tasks.actions.holding import hold_next, settle_place
from tasks.actions.offers.making import Pick, check_picks, within_free_seats
from tasks.models import Assignment, ShiftRole, Waiting
from tasks.notices import offers as notices
from tasks.queries.asking import Candidate, factors_of
from tasks.rendering.offers import reasons_by_language


@transaction.atomic
def assign_from_plan(
    *, role: ShiftRole, picks: Sequence[Pick], by: User | None, at: datetime, run_code: str = ""
) -> list[Assignment]:
    """Give these volunteers a seat each, as far as free seats go, and tell them that they can step back.

    Only those with `takes_assignments`, and only whom an offer could reach too: nothing is set aside, and nobody
    sleeps worse. The others are left out. Nobody at all where the time to step back is over, or shorter than the time
    for which an offer would stand: who was not asked must be able to say no.
    """
    if not _can_step_back(role, at=at):
        return []
    wanted = {pick.volunteer_id: pick for pick in picks}
    checked = check_picks(role, list(wanted), by=by, at=at, rationed=False)
    willing = [one for one in checked.people if one.volunteer.takes_assignments]
    checked = replace(checked, people=willing)
    chosen, _ = within_free_seats(checked, at=at)
    if not chosen:
        return []
    factors = factors_of(checked.role, checked.seat, chosen, at=at)
    seats = _write(checked.role, checked.seat.period, chosen, by=by, at=at)
    shift = checked.role.shift
    queue_messages(
        notices=[
            notices.assigned_by_plan(
                seat,
                shift,
                reasons_by_language(factors[seat.volunteer_id] | wanted[seat.volunteer_id].factors),
            )
            for seat in seats
        ],
        at=at,
    )
    AuditRecord.objects.bulk_create(
        audit.entry(
            verb="seat.assigned",
            by=by,
            at=at,
            subject=seat,
            area_code=shift.area.code,
            data={"shift": shift.code, "seats": 1, "run": run_code},
        )
        for seat in seats
    )
    ShiftRole.objects.filter(pk=checked.role.pk).update(seats_taken=F("seats_taken") + len(seats))
    _end_waiting(checked.role, seats, by=by, at=at)
    return seats


def _end_waiting(role: ShiftRole, seats: Sequence[Assignment], *, by: User | None, at: datetime) -> None:
    """Whoever waited in line for the role, or for an organizer's word, has a seat now and waits no more."""
    volunteers = [seat.volunteer_id for seat in seats]
    waited = set(
        Waiting.objects.live().filter(role=role, volunteer__in=volunteers).values_list("volunteer", flat=True)
    )
    freed = [settle_place(seat, by=by, at=at) for seat in seats if seat.volunteer_id in waited]
    if any(freed):
        hold_next(role.pk, at)


def _can_step_back(role: ShiftRole, *, at: datetime) -> bool:
    shift = role.shift
    until = policies.release_until(shift.starts_at, shift.release_notice_minutes)
    return until is None or until - at >= policies.offer_lasts(shift.starts_at, at)


def _write(
    role: ShiftRole,
    period: tuple[datetime, datetime] | None,
    chosen: Sequence[Candidate],
    *,
    by: User | None,
    at: datetime,
) -> list[Assignment]:
    """Insert what the constraints let through, and return it."""
    seats = [
        Assignment(
            role=role,
            shift=role.shift,
            volunteer=one.volunteer,
            county_id=role.shift.county_id,
            period=period,
            created_at=at,
            created_by=by,
        )
        for one in chosen
    ]
    Assignment.objects.bulk_create(seats, ignore_conflicts=True)
    written = dict(
        Assignment.objects.filter(role=role, code__in=[seat.code for seat in seats]).values_list("code", "pk")
    )
    for seat in seats:
        seat.pk = written.get(seat.code)
    return [seat for seat in seats if seat.pk is not None]
