"""Making offers: each is checked again where nobody can change what was checked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from accounts.models import User
from core import audit
from notifications.actions import queue_messages
from tasks import policies
from tasks.actions.refusals import NoSuchSeat, Stale
from tasks.models import Offer, ShiftRole
from tasks.notices import offers as notices
from tasks.policies import SeatFacts, Turndown
from tasks.queries.asking import Candidate, candidates, factors_of
from tasks.queries.offers import open_offers
from tasks.queries.seats import lock_people, role_as_it_is
from tasks.rendering.offers import reasons_by_language
from volunteers.models import Volunteer

# Of what is asked for at once.
PICKS_MOST = 500


@dataclass(frozen=True)
class Pick:
    """Somebody chosen for a role, and what decided beside the facts that every offer keeps."""

    volunteer_id: int
    factors: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """The offers that went out, and those who were not asked, with the reason."""

    offers: list[Offer]
    refused: list[tuple[Volunteer, Turndown]]


@dataclass(frozen=True)
class Checked:
    """A role as it is now with those of the picks who may be asked, in the order of the picks."""

    role: ShiftRole
    seat: SeatFacts
    people: list[Candidate]
    refused: list[tuple[Volunteer, Turndown]]


@transaction.atomic
def make_offers(
    *,
    role: ShiftRole,
    picks: Sequence[Pick],
    source: str,
    by: User | None,
    at: datetime,
    run_code: str = "",
) -> Made:
    """Ask these volunteers for a seat each, the first ones first, as far as free seats and everybody's ration go.

    `source` is one of `Offer.Source`; without `by` nobody is disturbed at night. Whoever cannot be asked is returned
    with the reason. Raises Stale where the shift was moved at this moment.
    """
    wanted = {pick.volunteer_id: pick for pick in picks}
    checked = check_picks(role, list(wanted), by=by, at=at)
    chosen, refused = within_free_seats(checked, at=at)
    factors = factors_of(checked.role, checked.seat, chosen, at=at)
    offers = _write(
        checked.role,
        [
            _offer(checked, one, factors[one.volunteer.pk] | wanted[one.volunteer.pk].factors, at=at)
            for one in chosen
        ],
        {"source": source, "made_by": by, "run_code": run_code},
    )
    # The database refused a second alert in the same place of the ration: somebody else was faster.
    asked = {offer.volunteer_id for offer in offers}
    refused += [(one.volunteer, Turndown.RATION) for one in chosen if one.volunteer.pk not in asked]
    if offers:
        shift = checked.role.shift
        queue_messages(
            notices=[
                notices.shift_offered(offer, shift, reasons_by_language(offer.factors)) for offer in offers
            ],
            at=at,
        )
        audit.record(
            verb="offers.made",
            by=by,
            at=at,
            subject=shift,
            area_code=shift.area.code,
            data={
                "shift": shift.code,
                "offers": [offer.code for offer in offers],
                "source": source,
                "run": run_code,
            },
        )
    return Made(offers, checked.refused + refused)


def check_picks(
    role: ShiftRole, volunteer_ids: Sequence[int], *, by: User | None, at: datetime, rationed: bool = True
) -> Checked:
    """Read everything anew, after making whatever else changes these volunteers' days wait for this transaction."""
    if len(volunteer_ids) > PICKS_MOST:
        raise ValueError(f"at most {PICKS_MOST} people are asked at once")
    known = Volunteer.objects.filter(pk__in=volunteer_ids).values_list("user_id", flat=True)
    lock_people(list(known))
    found = role_as_it_is(role)
    if found is None:
        raise NoSuchSeat
    role, seat = found
    people = candidates(role, seat, volunteer_ids, at=at)
    if unknown := set(volunteer_ids) - people.keys():
        raise LookupError(f"there are no volunteers {sorted(unknown)}")
    passed: list[Candidate] = []
    refused: list[tuple[Volunteer, Turndown]] = []
    for pk in volunteer_ids:
        reason = people[pk].turndown(seat, at=at, by_hand=by is not None, rationed=rationed)
        if reason is None:
            passed.append(people[pk])
        else:
            refused.append((people[pk].volunteer, reason))
    return Checked(role, seat, passed, refused)


def within_free_seats(
    checked: Checked, *, at: datetime
) -> tuple[list[Candidate], list[tuple[Volunteer, Turndown]]]:
    """Those for whom there is a free seat that is offered to nobody else, and the rest; locks the role."""
    role = ShiftRole.objects.select_for_update(no_key=True).get(pk=checked.role.pk)
    if role.version != checked.role.version:
        raise Stale
    # Counted under the lock: what others made before is committed, what comes after waits.
    room = max(role.seats_free - open_offers(role, at=at).count(), 0)
    return checked.people[:room], [(one.volunteer, Turndown.SHIFT_FULL) for one in checked.people[room:]]


def _offer(checked: Checked, one: Candidate, factors: dict[str, Any], *, at: datetime) -> Offer:
    shift, slot = checked.role.shift, one.facts.free_slot
    assert slot is not None, "whoever has no alert left was refused before"
    return Offer(
        role=checked.role,
        shift=shift,
        volunteer=one.volunteer,
        county_id=shift.county_id,
        factors=factors,
        made_at=at,
        expires_at=at + policies.offer_lasts(shift.starts_at, at),
        offered_on=localdate(at),
        ration_slot=slot,
    )


def _write(role: ShiftRole, offers: list[Offer], values: dict[str, Any]) -> list[Offer]:
    """Insert what the constraints let through, and return it."""
    if not offers:
        return []
    for offer in offers:
        for name, value in values.items():
            setattr(offer, name, value)
    Offer.objects.bulk_create(offers, ignore_conflicts=True)
    written = dict(
        Offer.objects.filter(role=role, code__in=[offer.code for offer in offers]).values_list("code", "pk")
    )
    for offer in offers:
        offer.pk = written.get(offer.code)
    return [offer for offer in offers if offer.pk is not None]
