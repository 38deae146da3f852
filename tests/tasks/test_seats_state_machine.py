"""Whatever people and organizers do with seats, in whatever order: what must hold, holds after every step.

`STATE_MACHINE_EXAMPLES` sets how many courses of up to sixty steps are run; the gate runs a few.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.timezone import localtime
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core import clock
from core.errors import DomainError
from tasks.actions import holding, refusals, seats, taking
from tasks.actions.approvals import approve, approve_for_line, ask_approval, refuse_request
from tasks.actions.attendance import walk_in
from tasks.actions.handovers import agree, approve_handover, ask_handover, withdraw_handover
from tasks.actions.offers import Pick, accept_offer, make_offers
from tasks.actions.parties import claim_place, leave_party, shrink_party
from tasks.actions.seats import release, remove, sign_up
from tasks.actions.shifts import cancel_shift, edit_shift
from tasks.actions.waiting import (
    accept_held,
    come_with_fewer,
    decline_held,
    join_line,
    leave_line,
    pass_on,
    take_off_line,
)
from tasks.models import Assignment, Handover, Offer, ShiftRole, Waiting
from tasks.queries import seats as seat_queries
from tests.tasks.seat_rules import broken, missed
from tests.tasks.town import Town

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "15"))
number = st.integers(0, 11)
few = st.integers(1, 3)
pytest_settings: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "derandomize": "STATE_MACHINE_EXAMPLES" not in os.environ,
    "suppress_health_check": list(HealthCheck),
    "stateful_step_count": 60,
    # Making a failing course shorter takes many minutes, for each step asks the database.
    "phases": [Phase.generate],
}


class Seats(RuleBasedStateMachine):
    """One course of events, taken back at its end."""

    town: ClassVar[Town]
    steps: ClassVar[int] = 0
    done: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.course = transaction.atomic()
        self.course.__enter__()
        self.at = self.town.at
        # Those who lost a seat elsewhere: whether they suit now, the clock finds.
        self.freed: set[int] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.course.__exit__(None, None, None)

    @contextmanager
    def act(self) -> Iterator[None]:
        """A step; what is refused changes nothing."""
        before = _live()
        type(self).steps += 1
        try:
            with transaction.atomic():
                yield
            type(self).done += 1
        except DomainError:
            assert _live() == before, "a refusal changed something"
        self.freed |= {volunteer for volunteer, _, _ in before - _live()}

    def role(self, which: int) -> ShiftRole:
        roles = ShiftRole.objects.select_related("shift__task", "shift__organization")
        return roles.get(pk=self.town.role_ids[which % len(self.town.role_ids)])

    def volunteer(self, which: int) -> Any:
        return self.town.people[which % len(self.town.people)]

    @rule(which=number, who=number, seats=few)
    def sign_up(self, which: int, who: int, seats: int) -> None:
        role, volunteer = self.role(which), self.volunteer(who)
        with self.act():
            try:
                sign_up(role=role, by=volunteer.user, at=self.at, seats=seats)
            except refusals.ShiftFull:
                own = Waiting.objects.filter(
                    role=role, volunteer=volunteer, status="offered", expires_at__gt=self.at
                )
                kept = sum(own.values_list("seats", flat=True))
                assert role.seats_free + kept < seats, "refused while a seat was neither taken nor held"
                raise

    @rule(which=number)
    def step_back(self, which: int) -> None:
        if seat := _pick(Assignment.objects.live().select_related("shift", "volunteer__user"), which):
            with self.act():
                release(assignment=seat, by=seat.volunteer.user, at=self.at)

    @rule(which=number)
    def remove(self, which: int) -> None:
        if seat := _pick(Assignment.objects.live().select_related("shift", "volunteer__user"), which):
            with self.act():
                remove(assignment=seat, by=self.town.organizer, at=self.at, reason="A mistake.")

    @rule(which=number, who=number, seats=few)
    def join(self, which: int, who: int, seats: int) -> None:
        role = self.role(which)
        with self.act():
            join_line(role=role, by=self.volunteer(who).user, at=self.at, seats=seats)
            assert role.seats_free < seats, "waits while a seat is free"

    @rule(which=number)
    def leave(self, which: int) -> None:
        if place := _pick(_places().live(), which):
            with self.act():
                leave_line(waiting=place, by=place.volunteer.user, at=self.at)

    @rule(which=number)
    def accept(self, which: int) -> None:
        if place := _pick(_places().filter(status="offered"), which):
            with self.act():
                accept_held(waiting=place, by=place.volunteer.user, at=self.at)

    @rule(which=number)
    def decline(self, which: int) -> None:
        if place := _pick(_places().filter(status="offered"), which):
            with self.act():
                decline_held(waiting=place, by=place.volunteer.user, at=self.at)

    @rule(which=number, seats=few)
    def fewer_of_them(self, which: int, seats: int) -> None:
        if place := _pick(_places().filter(status="waiting", kind="seat"), which):
            with self.act():
                come_with_fewer(waiting=place, seats=seats, by=place.volunteer.user, at=self.at)

    @rule(which=number)
    def taken_off(self, which: int) -> None:
        if place := _pick(_places().live(), which):
            with self.act():
                take_off_line(waiting=place, by=self.town.organizer, at=self.at, reason="A mistake.")

    @rule(minutes=st.sampled_from((5, 30, 130, 800)))
    def later(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        with self.act():
            pass_on(at=self.at)
        self.freed.clear()

    @rule(which=number, seats=st.integers(1, 5), lowered=st.sampled_from(("", "keep", "wait")))
    def seats_up_or_down(self, which: int, seats: int, lowered: str) -> None:
        role = self.role(which)
        with self.act():
            edit_shift(
                shift=role.shift,
                role=role,
                changes={"seats": seats},
                lowered=lowered,
                reason="Fewer may enter.",
                by=self.town.organizer,
                at=self.at,
            )

    @rule(which=number, hours=st.sampled_from((-3, 1, 24)))
    def move(self, which: int, hours: int) -> None:
        shift = self.role(which).shift
        start = shift.starts_at + timedelta(hours=hours)
        held = set(Assignment.objects.live().filter(shift=shift).values_list("volunteer", flat=True))
        with self.act():
            edit_shift(
                shift=shift,
                changes={"starts_at": start, "ends_at": start + timedelta(hours=3)},
                by=self.town.organizer,
                at=self.at,
            )
            self.freed |= held

    @rule(which=number, sure=st.integers(0, 3))
    def cancel(self, which: int, sure: int) -> None:
        if not sure:
            with self.act():
                cancel_shift(shift=self.role(which).shift, by=self.town.organizer, at=self.at, reason="Rain.")

    @rule(which=number, who=number)
    def come_to_the_desk(self, which: int, who: int) -> None:
        role = self.role(which)
        siblings = list(role.shift.roles.order_by("pk").values_list("pk", flat=True))
        with self.act():
            walk_in(
                shift=role.shift,
                number=siblings.index(role.pk) + 1,
                volunteer=self.volunteer(who),
                by=self.town.organizer,
                at=role.shift.starts_at - timedelta(minutes=30),
            )

    @rule(which=number, who=number)
    def claim(self, which: int, who: int) -> None:
        if party := _pick(Assignment.objects.live().filter(join_code__isnull=False), which):
            with self.act():
                claim_place(join_code=party.join_code or "", by=self.volunteer(who).user, at=self.at)

    @rule(which=number, seats=few)
    def shrink(self, which: int, seats: int) -> None:
        if party := _pick(Assignment.objects.live().filter(seats__gt=1).select_related("shift__area"), which):
            with self.act():
                shrink_party(assignment=party, seats=seats, by=party.volunteer.user, at=self.at)

    @rule(which=number)
    def leave_the_party(self, which: int) -> None:
        if seat := _pick(Assignment.objects.live().filter(came_with__isnull=False), which):
            with self.act():
                leave_party(assignment=seat, by=seat.volunteer.user, at=self.at)

    @rule(which=number, other=number, who=number, kind=st.sampled_from(("stand-in", "swap")))
    def pass_a_seat_on(self, which: int, other: int, who: int, kind: str) -> None:
        seat = _pick(Assignment.objects.live().select_related("shift", "volunteer__user"), which)
        back = _pick(Assignment.objects.live().select_related("shift", "volunteer__user"), other)
        if seat is None or back is None:
            return
        with self.act():
            handover = ask_handover(assignment=seat, kind=kind, by=seat.volunteer.user, at=self.at)
            if kind == "swap":
                agree(handover=handover, by=back.volunteer.user, at=self.at, in_return=back)
            else:
                agree(handover=handover, by=self.volunteer(who).user, at=self.at)

    @rule(which=number, yes=st.booleans())
    def decide_on_a_handover(self, which: int, yes: bool) -> None:
        rows = Handover.objects.live().select_related("assignment__shift", "assignment__volunteer__user")
        if handover := _pick(rows, which):
            with self.act():
                if yes:
                    approve_handover(handover=handover, by=self.town.organizer, at=self.at)
                else:
                    by = handover.assignment.volunteer.user
                    withdraw_handover(handover=handover, by=by, at=self.at)

    @rule(who=number, seats=few)
    def ask(self, who: int, seats: int) -> None:
        with self.act():
            ask_approval(role=self.role(4), by=self.volunteer(who).user, at=self.at, seats=seats)

    @rule(which=number, answer=st.sampled_from(("yes", "line", "no")))
    def decide(self, which: int, answer: str) -> None:
        if place := _pick(_places().filter(status="waiting", kind="approval"), which):
            by = self.town.organizer
            with self.act():
                if answer == "yes":
                    approve(waiting=place, by=by, at=self.at)
                elif answer == "line":
                    approve_for_line(waiting=place, by=by, at=self.at)
                else:
                    refuse_request(waiting=place, by=by, at=self.at, reason="No room.")

    @rule(which=number, who=number)
    def offer(self, which: int, who: int) -> None:
        picks = [Pick(self.volunteer(who).pk), Pick(self.volunteer(who + 1).pk)]
        with self.act():
            make_offers(
                role=self.role(which), picks=picks, source="organizer", by=self.town.organizer, at=self.at
            )

    @rule(which=number)
    def say_yes(self, which: int) -> None:
        if offer := _pick(Offer.objects.open(at=self.at).select_related("volunteer__user"), which):
            with self.act():
                accept_offer(offer=offer, by=offer.volunteer.user, at=self.at)

    @invariant()
    def what_must_hold_holds(self) -> None:
        assert broken() == []
        assert missed(at=self.at, freed=self.freed) == [], (
            "a seat is free while somebody in line could have it"
        )


def _live() -> set[tuple[int, int, int]]:
    return set(Assignment.objects.live().values_list("volunteer", "role", "seats"))


def _places() -> Any:
    return Waiting.objects.select_related("volunteer__user", "shift__area", "shift__organization", "role")


def _pick(rows: Any, which: int) -> Any:
    found = list(rows.order_by("pk"))
    return found[which % len(found)] if found else None


@pytest.fixture
def town(time_machine) -> Town:
    # By day: at night nobody is asked, and what a day allows ends with it.
    time_machine.move_to(localtime(clock.now()).replace(hour=10, minute=5), tick=True)
    Seats.town, Seats.steps, Seats.done = Town(), 0, 0
    return Seats.town


def test_what_must_hold_holds_whatever_is_done(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    run_state_machine_as_test(Seats, settings=settings(max_examples=EXAMPLES, **pytest_settings))

    with capsys.disabled():
        print(f"\nstate machine of seats: {Seats.steps} acts, {Seats.done} of them not refused")
    assert Seats.done > 5 * EXAMPLES


def _taken_without_its_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    condition = "AND seats >= seats_taken + seats_held - (SELECT seats FROM kept) + %(seats)s"
    assert condition in taking._TAKE.sql
    careless = replace(taking._TAKE, name="take_carelessly", sql=taking._TAKE.sql.replace(condition, ""))
    monkeypatch.setattr(taking, "_TAKE", careless)
    # What is read first must not refuse either: only the statement stands between a seat and two people.
    facts = seat_queries.seat_facts
    monkeypatch.setattr(
        seat_queries,
        "seat_facts",
        lambda role, *, is_stopped: replace(facts(role, is_stopped=is_stopped), seats_free=99),
    )


def _held_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "hold_next", lambda role_id, at: 0)


def _freed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    end = seats.end_seat

    def twice(assignment: Assignment, **values: Any) -> None:
        end(assignment, **values)
        again = ShiftRole.objects.filter(pk=assignment.role_id, seats_taken__gte=assignment.seats)
        again.update(seats_taken=F("seats_taken") - assignment.seats)

    monkeypatch.setattr(seats, "end_seat", twice)


def _held_but_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    hold = holding._hold

    def uncounted(role: ShiftRole, places: Any, *, at: Any) -> None:
        hold(role, places, at=at)
        ShiftRole.objects.filter(pk=role.pk).update(seats_held=role.seats_held)

    monkeypatch.setattr(holding, "_hold", uncounted)


def _anybody_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "suits", lambda seat, one, at: False)


@pytest.mark.parametrize(
    "plant",
    [
        _taken_without_its_condition,
        _held_for_nobody,
        _freed_twice,
        _held_but_not_counted,
        _anybody_comes_next,
    ],
)
def test_a_planted_fault_is_found(
    town: Town, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    # As many as it takes: the day of the week decides which of them find it.
    until_found = settings(max_examples=400, **pytest_settings)

    with pytest.raises((AssertionError, IntegrityError)):
        run_state_machine_as_test(Seats, settings=until_found)
