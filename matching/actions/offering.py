"""From a plan to people: seats given to those who want that, waves of offers to the others, and the next after a no.

Where an organizer sends offers by hand, the plan only suggests; what they sent goes on to the next, one for one.
"""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils.timezone import localtime

from core import clock, faults
from matching.actions.progress import LeaseGone, Step, held, is_worth_saying, say
from matching.models import MatchRun, Proposal
from matching.policies import acceptance
from matching.policies.acceptance import Rate
from matching.queries.equity import count_offers
from matching.queries.plan import planned_for
from matching.queries.replies import rate_of
from tasks import policies
from tasks.actions.offers import Pick, assign_from_plan, make_offers
from tasks.actions.refusals import NoSuchSeat, Stale
from tasks.models import Assignment, Offer, ShiftRole, Task
from tasks.policies import SeatFacts
from tasks.queries.asking import Candidate, candidates
from tasks.queries.offers import open_offers, suggestions
from tasks.queries.seats import role_as_it_is

logger = logging.getLogger(__name__)

# Namespace of the locks under which the seats of a county are passed on.
LOCK = 7206
# How many people beside the plan are looked at when a role has asked everybody in it.
BESIDE = 12
# A shift within this time does not wait for those of the plan who cannot be asked today.
SOON = timedelta(hours=48)
# After so long an offering worker says that it is still there.
RENEW_S = 60.0


@dataclass(frozen=True)
class Filled:
    """What became of a role: how many got a seat, how many were asked."""

    seats: int = 0
    offers: int = 0


def offer_planned(run: MatchRun) -> None:
    """Fill every role of a stored plan that fills by itself, the soonest first; each commits by itself.

    A role for which this run has asked somebody is not asked for again: a second worker goes on after the first.
    """
    began = said = time.perf_counter()
    roles = _roles_of(run)
    for done, role_id in enumerate(roles):
        if is_worth_saying(done, len(roles)) or time.perf_counter() - said > RENEW_S:
            said = time.perf_counter()
            say(run, Step.OFFERING, done=done, all=len(roles))
        _fill(role_id, at=clock.now(), run_code=run.code, once=True)
        faults.point("match-offering")
    now = clock.now()
    ended = held(run).update(
        offered_at=now,
        leased_until=None,
        progress={},
        offer_count=Offer.objects.filter(run_code=run.code).count(),
        equity=count_offers(run, at=now),
        seconds={**run.seconds, "offer": round(time.perf_counter() - began, 3)},
    )
    if not ended:
        raise LeaseGone
    run.refresh_from_db()


# Whose least number neither the seats taken nor the likely answers reach, and where a seat is free. Close to the start
# the likely answers alone may not be enough: those are looked at one by one.
_WANTING = """
SELECT role.id FROM tasks_shiftrole role
JOIN tasks_shift shift ON shift.id = role.shift_id
JOIN tasks_task task ON task.id = shift.task_id
CROSS JOIN LATERAL (
  SELECT count(*) AS open, coalesce(sum((offer.factors ->> 'likelihood')::float), 0) AS likely
  FROM tasks_offer offer WHERE offer.role_id = role.id AND offer.status = 'offered' AND offer.expires_at > %(at)s
) waiting
WHERE role.id IN (SELECT proposal.role_id FROM matching_proposal proposal WHERE proposal.run_id = %(run)s)
  AND task.filling IN ('offer', 'assign') AND shift.starts_at > %(at)s
  AND role.seats_min - role.seats_taken > CASE WHEN shift.starts_at < %(close)s THEN 0 ELSE waiting.likely END
  AND role.seats - role.seats_taken - role.seats_held > waiting.open
ORDER BY shift.starts_at, role.id
"""


def _roles_of(run: MatchRun) -> list[int]:
    """The roles of a plan that fill by themselves and are in want of people, the soonest first."""
    with connection.cursor() as cursor:
        at = clock.now()
        cursor.execute(_WANTING, {"run": run.pk, "at": at, "close": at + acceptance.CLOSE})
        return [role_id for (role_id,) in cursor.fetchall()]


def offer_next(*, role_id: int, at: datetime) -> Filled:
    """Ask the next for a role after somebody said no, did not answer or gave a seat back.

    Those of the plan come first; where all of them were asked, whoever else suits and is not needed more elsewhere.
    A role that is filled by hand goes on only with what an organizer has sent.
    """
    return _fill(role_id, at=at, run_code="", once=False)


def _fill(role_id: int, *, at: datetime, run_code: str, once: bool) -> Filled:
    """Fill a role as far as its least number needs it.

    Seats are given in one transaction and offers made in another: each locks people before the role, as whoever signs
    up does, and must not come back for more people with the role in its hands.
    """
    found = role_as_it_is(ShiftRole(pk=role_id))
    if found is None:
        logger.info("role %d is gone", role_id)
        return Filled()
    role, _ = found
    filling = role.shift.task.filling
    if filling == Task.Filling.PROPOSE and (once or not _to_pass_on(role, at=at)):
        logger.debug("role %d is filled by hand", role_id)
        return Filled()
    seats = 0
    if filling == Task.Filling.ASSIGN:
        seats = _step(_give, role, at=at, run_code=run_code, once=once)
    return Filled(seats, _step(_ask, role, at=at, run_code=run_code, once=once))


def _to_pass_on(role: ShiftRole, *, at: datetime) -> int:
    """How many of the offers that an organizer sent came back: none that waits, led to a seat or was taken back."""
    offers = Offer.objects.filter(role=role).aggregate(
        sent=Count("pk", filter=Q(source=Offer.Source.ORGANIZER)),
        standing=Count(
            "pk",
            filter=Q(status=Offer.Status.OFFERED, expires_at__gt=at)
            | Q(status=Offer.Status.WITHDRAWN)
            | Q(status=Offer.Status.ACCEPTED, assignment__status=Assignment.Status.ACTIVE),
        ),
    )
    return max(offers["sent"] - offers["standing"], 0)


@dataclass(frozen=True)
class _Wanting:
    """A role under the lock of its county, and how many more people it needs."""

    role: ShiftRole
    seat: SeatFacts
    proposals: list[Proposal]
    waiting: list[float]
    # What is known of the yes to offers of this role; with how its own first waves were answered.
    rate: Rate
    close: bool
    missing: int
    free: int
    run_code: str
    beside: bool

    def is_enough(self, chances: Sequence[float]) -> bool:
        """Whether people with these chances are likely to fill what is missing."""
        return acceptance.is_enough(missing=self.missing, chances=chances, rate=self.rate, close=self.close)

    def more(self, asked: Sequence[float], chances: Sequence[float]) -> int:
        """How many more to ask, the first of `chances`, beside those with the chances `asked`."""
        size = acceptance.to_ask(
            missing=self.missing,
            chances=[*asked, *chances],
            free=len(self.waiting) + self.free,
            rate=self.rate,
            close=self.close,
        )
        return max(size - len(asked), 0)


def _step(
    step: Callable[[_Wanting, datetime], int], role: ShiftRole, *, at: datetime, run_code: str, once: bool
) -> int:
    """Carry a step out under the lock of the role's county, where people are wanted still; how many it reached."""
    try:
        with transaction.atomic():
            _lock(role.shift.county_id or 0)
            wanting = _wanting(role, at=at, run_code=run_code, once=once)
            return step(wanting, at) if wanting else 0
    except (Stale, NoSuchSeat) as error:
        logger.info("role %d changed while people were asked: %s", role.pk, error.code)
        return 0


def _wanting(role: ShiftRole, *, at: datetime, run_code: str, once: bool) -> _Wanting | None:
    """The role as it is now, after whoever held the lock before; None where it needs nobody."""
    if once and Offer.objects.filter(role=role, run_code=run_code).exists():
        return None
    found = role_as_it_is(role)
    if found is None:
        return None
    role, seat = found
    likely = open_offers(role, at=at).values_list("factors__likelihood", flat=True)
    waiting = [float(one or 0.0) for one in likely]
    missing = max(role.seats_min - role.seats_taken, 0)
    free = role.seats_free - len(waiting)
    if role.shift.task.filling == Task.Filling.PROPOSE:
        free = min(free, _to_pass_on(role, at=at))
    if missing <= 0 or free <= 0:
        return None
    rate, close = rate_of(role.pk, at=at), acceptance.is_close(role.shift.starts_at, at)
    if acceptance.is_enough(missing=missing, chances=waiting, rate=rate, close=close):
        return None
    proposals = planned_for(role)
    # A later plan knows better than the run that is being offered.
    code = run_code or (_code_of(proposals[0]) if proposals else "")
    # Far ahead there is time to wait for those of the plan who had their alerts today.
    soon = role.shift.starts_at is not None and role.shift.starts_at - at < SOON
    return _Wanting(role, seat, proposals, waiting, rate, close, missing, free, code, beside=soon or not once)


def _code_of(proposal: Proposal) -> str:
    return MatchRun.objects.values_list("code", flat=True).get(pk=proposal.run_id)


def _lock(county_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, county_id % 2**31])


def _give(wanting: _Wanting, at: datetime) -> int:
    """Seats to those of the plan who want no question, as many as are missing; not at an hour of which nobody is asked."""
    people = candidates(wanting.role, wanting.seat, [one.volunteer_id for one in wanting.proposals], at=at)
    ready = [
        one
        for one in wanting.proposals
        if people[one.volunteer_id].volunteer.takes_assignments
        and people[one.volunteer_id].turndown(wanting.seat, at=at, by_hand=False, rationed=False) is None
    ]
    picks = [
        Pick(one.volunteer_id, one.factors) for one in ready[: wanting.missing - int(sum(wanting.waiting))]
    ]
    if not picks:
        return 0
    return len(assign_from_plan(role=wanting.role, picks=picks, by=None, at=at, run_code=wanting.run_code))


def _ask(wanting: _Wanting, at: datetime) -> int:
    """Offers to as many as are likely to fill what is missing."""
    people = candidates(wanting.role, wanting.seat, [one.volunteer_id for one in wanting.proposals], at=at)
    picks = _wave(wanting, people, at=at)
    if wanting.beside:
        picks += _beside(wanting, picks, at=at)
    if not picks:
        return 0
    made = make_offers(
        role=wanting.role,
        picks=picks,
        source=Offer.Source.MATCHING,
        by=None,
        at=at,
        run_code=wanting.run_code,
    )
    return len(made.offers)


def _wave(wanting: _Wanting, people: dict[int, Candidate], *, at: datetime) -> list[Pick]:
    """The fewest of the plan who are likely to fill what is missing; where it is urgent, whoever is on duty first."""
    seat = wanting.seat
    ready = [
        one
        for one in wanting.proposals
        if people[one.volunteer_id].turndown(seat, at=at, by_hand=False) is None
    ]
    if policies.is_urgent(seat.starts_at, at):
        ready.sort(key=lambda one: (not people[one.volunteer_id].is_on_duty, one.rank))
    # As it is known now: since the plan was made others of it may have said no, or nothing.
    chances = [
        round(people[one.volunteer_id].likelihood(did_before=False, expected=wanting.rate.mean), 2)
        for one in ready
    ]
    # Those who have not answered yet count first: whom they leave over is asked.
    size = wanting.more(wanting.waiting, chances)
    return [
        Pick(one.volunteer_id, one.factors | {"likelihood": chance})
        for one, chance in zip(ready[:size], chances, strict=False)
    ]


def _beside(wanting: _Wanting, picks: Sequence[Pick], *, at: datetime) -> list[Pick]:
    """More people than the plan has, who keep nobody else waiting: as few as are likely to fill what is missing."""
    asked = [*wanting.waiting, *(pick.factors["likelihood"] for pick in picks)]
    if wanting.free <= len(picks) or wanting.is_enough(asked):
        return []
    planned = {one.volunteer_id for one in wanting.proposals}

    def elsewhere(volunteer_ids: Collection[int]) -> set[int]:
        return planned | _bound_this_week(volunteer_ids, wanting.role, at=at)

    rows = suggestions(
        wanting.role,
        at=at,
        limit=BESIDE,
        elsewhere=elsewhere,
        by_hand=False,
        expected=wanting.rate.mean,
    ).rows
    size = wanting.more(asked, [row.likelihood for row in rows])
    return [Pick(row.volunteer.pk, row.factors) for row in rows[:size]]


def _bound_this_week(volunteer_ids: Collection[int], role: ShiftRole, *, at: datetime) -> set[int]:
    """Whoever is planned or asked for another shift in the week of this one: that decides what rest and hours are left."""
    if role.shift.starts_at is None:
        return set()
    start, end = policies.week_of(localtime(role.shift.starts_at))
    start, end = start - policies.REST, end + policies.REST
    offers = Offer.objects.open(at=at).filter(
        volunteer__in=volunteer_ids, shift__starts_at__lt=end, shift__ends_at__gt=start
    )
    proposals = Proposal.objects.filter(
        ~Q(role=role),
        volunteer__in=volunteer_ids,
        role__shift__starts_at__lt=end,
        role__shift__ends_at__gt=start,
    )
    return {
        *offers.values_list("volunteer_id", flat=True),
        *proposals.values_list("volunteer_id", flat=True),
    }
