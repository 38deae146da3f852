"""How people are asked: the ways that a drill can compare.

Each asks through `make_offers`, so that nobody is asked who may not be: skills, rest, hours, consent, reach, the two
alerts of a day, the hours at which nobody is disturbed. Each asks for the least number of a shift, and for the seven
days ahead. They differ in whom they ask, in which order, and how many at once. What volunteers take by themselves they
take under every policy.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime

from accounts.models import User
from core.doorbell import Job
from operations.drill.drama import Drama, Policy
from operations.drill.nearness import nearest_first
from tasks.actions.offers import Pick, make_offers
from tasks.models import Offer, Shift, ShiftRole, Task
from tasks.queries.asking import candidates
from tasks.queries.seats import role_as_it_is

# A dispatcher looks through what is open so often, from this hour to that one.
LOOK = timedelta(minutes=30)
FROM_HOUR, UNTIL_HOUR = 7, 22
# As far as the matching plans.
AHEAD = timedelta(hours=168)
# A shift for which nobody was found is looked at again after so long, and whenever somebody said no.
AGAIN = timedelta(hours=4)
# The nearest are looked at in groups of so many, until the seats are filled or nobody is left.
AT_ONCE = 40
# What plans and passes on by itself; a dispatcher does without.
MATCHING = frozenset({Job.PLAN_MATCHES, Job.RUN_MATCH, Job.OFFER_NEXT, Job.REPAIR_PLAN})


class Certified:
    """The product's own matching: a certified plan, asked in rationed waves."""

    name = "certified"
    filling = Task.Filling.OFFER
    without: frozenset[Job] = frozenset()

    def begin(self, drama: Drama) -> None:
        """Nothing: the product's jobs do it."""


class _ByHand:
    """A dispatcher, who asks the nearest for one shift after the other: as many at once as people are missing."""

    filling = Task.Filling.PROPOSE
    without = MATCHING
    order: tuple[str, ...]

    def __init__(self) -> None:
        # Roles for which nobody was found, with how many had been asked then, and until when they rest.
        self._nobody: dict[int, tuple[int, datetime]] = {}
        self._senders: dict[int, User] = {}

    def begin(self, drama: Drama) -> None:
        self._senders = {one.organization.pk: one.owner for one in drama.cast.groups}
        self._senders |= {one.organization.pk: one.official for one in drama.cast.offices}
        drama.story.every(LOOK, lambda at: self._look(drama, at), first=drama.story.begins_at)

    def _look(self, drama: Drama, at: datetime) -> None:
        if not FROM_HOUR <= localtime(at).hour < UNTIL_HOUR:
            return
        for role in drama.hands.look(lambda: list(open_roles(drama, at).order_by(*self.order))):
            asked, until = self._nobody.get(role.pk, (0, at))
            if asked == role.answered and at < until:
                continue
            if not self._ask(drama, role, at=at, wanted=min(role.missing, role.free)):
                self._nobody[role.pk] = (role.answered, at + AGAIN)

    def _ask(self, drama: Drama, role: Any, *, at: datetime, wanted: int) -> int:
        """Ask the nearest who may be asked; how many that were."""
        found = role_as_it_is(role)
        sender = self._senders.get(role.shift.organization_id)
        if found is None or sender is None:
            return 0
        whole, seat = found
        near, made = nearest_first(whole, seat, at=at), 0
        for start in range(0, len(near), AT_ONCE):
            people = candidates(whole, seat, near[start : start + AT_ONCE], at=at)
            ready = [
                pk
                for pk in near[start : start + AT_ONCE]
                if people[pk].turndown(seat, at=at, by_hand=False) is None
            ]
            if ready:
                answer = drama.hands.do(
                    "offers",
                    make_offers,
                    role=whole,
                    picks=[Pick(pk) for pk in ready[: wanted - made]],
                    source=Offer.Source.ORGANIZER,
                    by=sender,
                )
                made += len(answer.offers) if answer else 0
            if made >= wanted:
                break
        return made


class Nearest(_ByHand):
    """Nearest first, as dispatch systems do: shifts in the order in which they were posted."""

    name = "nearest"
    order = ("shift_id", "pk")


class Priority(_ByHand):
    """The most pressing shift first, of these the soonest; for each the nearest."""

    name = "priority"
    order = ("-shift__task__priority", "shift__starts_at", "pk")


def open_roles(drama: Drama, at: datetime) -> QuerySet[Any]:
    """Kinds of seats of the crisis in want of people, beside those who were asked and may answer yet.

    With `answered` (offers so far that are over), `missing` and `free`. One statement.
    """
    standing = (
        Offer.objects.open(at=at)
        .filter(role=OuterRef("pk"))
        .order_by()
        .values("role")
        .annotate(n=Count("pk"))
    )
    over = (
        Offer.objects.exclude(status=Offer.Status.OFFERED)
        .filter(role=OuterRef("pk"))
        .order_by()
        .values("role")
        .annotate(n=Count("pk"))
    )
    return (
        ShiftRole.objects.filter(
            shift__status=Shift.Status.OPEN,
            shift__starts_at__gt=at,
            shift__starts_at__lt=at + AHEAD,
            shift__task__status__in=(Task.Status.CALLED, Task.Status.ADOPTED),
            shift__task__crisis=drama.crisis,
            seats_min__gt=F("seats_taken"),
        )
        .annotate(
            standing=Coalesce(Subquery(standing.values("n")), 0),
            answered=Coalesce(Subquery(over.values("n")), 0),
        )
        .annotate(
            missing=F("seats_min") - F("seats_taken") - F("standing"),
            free=F("seats") - F("seats_taken") - F("seats_held") - F("standing"),
        )
        .filter(Q(missing__gt=0) & Q(free__gt=0))
        .select_related("shift")
    )


POLICIES: dict[str, type[Policy]] = {one.name: one for one in (Certified, Nearest, Priority)}
