"""Offers and seats at the same moment, each on its own connection."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from core import clock
from core.errors import DomainError
from tasks.actions.offers import Made, Pick, accept_offer, decline_offer, make_offers
from tasks.actions.seats import sign_up
from tasks.actions.shifts import cancel_shift
from tasks.models import Assignment, Offer, ShiftRole
from tasks.policies import Turndown
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member
from tests.factories.tasks import make_offer, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.plugin.database import LiveDatabase
from volunteers.models import Volunteer


def willing(**fields: Any) -> Volunteer:
    return make_volunteer(user=make_user(consents=("terms", "messages")), **fields)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at one moment, each on a connection of its own; what each returned, or its refusal."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=30)
            return act()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        running: list[Future[Any]] = [pool.submit(run, act) for act in acts]
        return [future.result(timeout=60) for future in running]


def ask(role: ShiftRole, *people: Volunteer) -> Made:
    return make_offers(
        role=role, picks=[Pick(one.pk) for one in people], source="matching", by=None, at=clock.now()
    )


@pytest.fixture
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """No night."""
    monkeypatch.setattr("tasks.policies.offers.may_be_asked_at", lambda *args, **kwargs: True)


def shifts_apart(number: int) -> list[ShiftRole]:
    return [role_of(make_shift(starts_at=tomorrow_at(9, days=2 + day))) for day in range(number)]


def test_the_last_alert_of_the_day_goes_to_one_of_those_who_ask_at_once(
    live_db: LiveDatabase, awake: None
) -> None:
    volunteer = willing(offers_a_day=1)

    results = at_once(*(lambda role=role: ask(role, volunteer) for role in shifts_apart(4)))

    assert [len(made.offers) for made in results].count(1) == 1
    assert [why for made in results for _, why in made.refused] == [Turndown.RATION] * 3
    assert Offer.objects.count() == 1


def test_four_who_ask_at_once_reach_somebody_twice(live_db: LiveDatabase, awake: None) -> None:
    volunteer = willing()

    at_once(*(lambda role=role: ask(role, volunteer) for role in shifts_apart(4)))

    assert sorted(Offer.objects.values_list("ration_slot", flat=True)) == [1, 2]


def test_the_constraint_alone_keeps_the_ration_where_nobody_waits(
    live_db: LiveDatabase, awake: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.actions.offers.making.lock_people", lambda user_ids: None)
    volunteer = willing(offers_a_day=1)
    first, second = shifts_apart(2)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            made = ask(first, volunteer)
            later = pool.submit(at_once, lambda: ask(second, volunteer))
            while not (somebody_waits_for_us() or later.done()):
                pass
        (refused,) = later.result()

    assert len(made.offers) == 1
    assert refused.offers == []
    assert [why for _, why in refused.refused] == [Turndown.RATION]


def test_without_the_lock_and_the_constraint_the_ration_would_break(
    live_db: LiveDatabase, awake: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.actions.offers.making.lock_people", lambda user_ids: None)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tasks_offer DROP CONSTRAINT no_more_alerts_than_the_ration")
    volunteer = willing(offers_a_day=1)
    first, second = shifts_apart(2)

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        ask(first, volunteer)
        pool.submit(at_once, lambda: ask(second, volunteer)).result()

    assert Offer.objects.filter(volunteer=volunteer).count() == 2


def test_many_who_ask_for_one_role_at_once_offer_no_more_than_its_seats(
    live_db: LiveDatabase, awake: None
) -> None:
    role = role_of(make_shift(seats=3, seats_min=1))
    people = [willing() for _ in range(8)]

    at_once(*(lambda pair=pair: ask(role, *pair) for pair in zip(people[::2], people[1::2], strict=True)))

    assert Offer.objects.filter(role=role).count() == 3


def test_the_last_seat_goes_to_one_of_those_who_say_yes_at_once(live_db: LiveDatabase) -> None:
    role = role_of(make_shift(seats=1, seats_min=1))
    offers = [make_offer(role) for _ in range(4)]

    results = at_once(
        *(
            lambda offer=offer: accept_offer(offer=offer, by=offer.volunteer.user, at=clock.now())
            for offer in offers
        )
    )

    assert [isinstance(result, Assignment) for result in results].count(True) == 1
    assert {result.code for result in results if isinstance(result, DomainError)} <= {
        "shift-full",
        "offer-over",
    }
    assert sorted(Offer.objects.values_list("status", flat=True)) == ["accepted", *["withdrawn"] * 3]
    role.refresh_from_db()
    assert role.seats_taken == 1


def test_a_yes_twice_at_once_is_one_seat(live_db: LiveDatabase) -> None:
    offer = make_offer()
    user = offer.volunteer.user

    results = at_once(
        *(
            lambda: accept_offer(offer=Offer.objects.get(pk=offer.pk), by=user, at=clock.now())
            for _ in range(3)
        )
    )

    assert [isinstance(result, Assignment) for result in results].count(True) == 1
    assert role_of(offer.shift).seats_taken == 1


@pytest.mark.parametrize("other", ["no", "sign_up", "cancel"])
def test_a_yes_and_something_else_at_once_end_in_one_of_them(live_db: LiveDatabase, other: str) -> None:
    offer = make_offer()
    user, shift = offer.volunteer.user, offer.shift
    organizer = make_member(shift.organization)
    acts = {
        "no": lambda: decline_offer(
            offer=Offer.objects.get(pk=offer.pk), by=user, at=clock.now(), answer="no-time"
        ),
        "sign_up": lambda: sign_up(role=offer.role, by=user, at=clock.now()),
        "cancel": lambda: cancel_shift(shift=shift, by=organizer, at=clock.now(), reason="Rain."),
    }

    at_once(lambda: accept_offer(offer=Offer.objects.get(pk=offer.pk), by=user, at=clock.now()), acts[other])

    offer.refresh_from_db()
    live = Assignment.objects.live().filter(role=offer.role).count()
    assert role_of(shift).seats_taken == live
    assert offer.status in {"no": ("accepted", "declined"), "sign_up": ("accepted",)}.get(
        other, ("accepted", "withdrawn")
    )
    assert (offer.assignment_id is not None) == (offer.status == "accepted")


def somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])
