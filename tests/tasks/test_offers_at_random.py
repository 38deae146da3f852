"""Whatever people do with offers and seats, in whatever order: what must hold, holds after every step."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from django.db.models import Sum

from core.errors import DomainError
from tasks.actions import taking
from tasks.actions.offers import (
    Pick,
    accept_offer,
    assign_from_plan,
    decline_offer,
    expire_offers,
    make_offers,
    withdraw_moot,
    withdraw_offers,
)
from tasks.actions.seats import release, sign_up
from tasks.actions.shifts import cancel_shift, edit_shift
from tasks.models import Assignment, Offer, ShiftRole
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member
from tests.factories.tasks import make_offer, make_shift, make_task, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db

STEPS = 60


class Town:
    """A few people, a few shifts and a clock, on which anything may happen."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.at = tomorrow_at(8)
        task = make_task(ends_on=(self.at + timedelta(days=20)).date())
        # Two of them at the same time, so that offers and seats can be in each other's way.
        self.roles = [
            role_of(make_shift(task=task, starts_at=tomorrow_at(hour, days=days), seats=size, seats_min=1))
            for days, hour, size in ((2, 9, 1), (2, 10, 3), (3, 9, 2), (4, 20, 2))
        ]
        self.people = [
            make_volunteer(
                user=make_user(consents=("terms", "messages")),
                offers_a_day=self.random.choice((0, 1, 2, 2, 2)),
                takes_assignments=self.random.random() < 0.4,
            )
            for _ in range(7)
        ]
        self.organizer = make_member(self.roles[0].shift.organization)
        self.acts: list[Callable[[], object]] = [
            self.ask,
            self.ask,
            self.say_yes,
            self.say_yes,
            self.say_no,
            self.sign_up,
            self.step_back,
            self.assign,
            self.take_back,
            self.fewer_or_more_seats,
            self.later,
        ]

    def step(self) -> str:
        act = self.random.choice(self.acts)
        try:
            act()
        except DomainError as error:
            return f"{act.__name__}: {error.code}"
        return act.__name__

    def role(self) -> ShiftRole:
        return ShiftRole.objects.select_related("shift").get(pk=self.random.choice(self.roles).pk)

    def picks(self) -> list[Pick]:
        return [Pick(one.pk) for one in self.random.sample(self.people, self.random.randint(1, 4))]

    def an_offer(self) -> Offer | None:
        offers = list(Offer.objects.select_related("volunteer__user").order_by("pk"))
        if self.random.random() < 0.8:
            # Mostly one that can be answered.
            offers = [offer for offer in offers if offer.status == "offered"]
        return self.random.choice(offers) if offers else None

    def ask(self) -> None:
        make_offers(role=self.role(), picks=self.picks(), source="organizer", by=self.organizer, at=self.at)

    def say_yes(self) -> None:
        if offer := self.an_offer():
            accept_offer(offer=offer, by=offer.volunteer.user, at=self.at)

    def say_no(self) -> None:
        if offer := self.an_offer():
            answer = self.random.choice(Offer.Answer.values)
            decline_offer(offer=offer, by=offer.volunteer.user, at=self.at, answer=answer)

    def sign_up(self) -> None:
        sign_up(
            role=self.role(),
            by=self.random.choice(self.people).user,
            at=self.at,
            seats=self.random.randint(1, 2),
        )

    def step_back(self) -> None:
        held = list(Assignment.objects.live().select_related("volunteer__user", "shift").order_by("pk"))
        if held:
            seat = self.random.choice(held)
            release(assignment=seat, by=seat.volunteer.user, at=self.at)

    def assign(self) -> None:
        assign_from_plan(role=self.role(), picks=self.picks(), by=None, at=self.at)

    def take_back(self) -> None:
        withdraw_offers(role=self.role(), by=self.organizer, at=self.at, reason="Enough.")

    def fewer_or_more_seats(self) -> None:
        role = self.role()
        changes: dict[str, object] = {"seats": self.random.randint(1, 4)}
        if self.random.random() < 0.2:
            start = role.shift.starts_at + timedelta(hours=1)
            changes |= {"starts_at": start, "ends_at": start + timedelta(hours=3)}
        edit_shift(shift=role.shift, role=role, changes=changes, by=self.organizer, at=self.at)

    def later(self) -> None:
        self.at += timedelta(minutes=self.random.choice((5, 20, 40, 150)))
        expire_offers(at=self.at)
        withdraw_moot(at=self.at)
        if self.random.random() < 0.05:
            cancel_shift(shift=self.role().shift, by=self.organizer, at=self.at, reason="Rain.")


def broken(at: datetime) -> list[str]:
    """Everything that must never be, and is."""
    found = []
    for offer in Offer.objects.filter(status="accepted").select_related("assignment"):
        seat = offer.assignment
        if seat is None or (seat.role_id, seat.volunteer_id) != (offer.role_id, offer.volunteer_id):
            found.append(f"offer {offer.pk} was accepted without its seat")
    alerts = Counter(Offer.objects.values_list("volunteer", "volunteer__offers_a_day", "offered_on"))
    found += [
        f"{who} was asked {count} times on {day}"
        for (who, most, day), count in alerts.items()
        if count > min(2, most)
    ]
    for role in ShiftRole.objects.select_related("shift"):
        live = Assignment.objects.live().filter(role=role).aggregate(total=Sum("seats"))["total"] or 0
        waiting = Offer.objects.open(at=at).filter(role=role).count()
        if live != role.seats_taken:
            found.append(f"role {role.pk} counts {role.seats_taken} of {live} seats")
        if role.shift.status == "open" and role.seats_taken + waiting > role.seats:
            found.append(
                f"role {role.pk} has {role.seats} seats, {role.seats_taken} taken, {waiting} offered"
            )
        if role.shift.status == "cancelled" and waiting:
            found.append(f"role {role.pk} is cancelled and offered")
    return found


@pytest.mark.parametrize("seed", range(6))
def test_what_must_hold_holds_whatever_people_do(seed: int) -> None:
    town = Town(seed)

    done = []
    for _ in range(STEPS):
        done.append(town.step())
        assert broken(town.at) == [], done

    assert Offer.objects.exists()


def test_the_check_finds_an_offer_too_many() -> None:
    role = role_of(make_shift(seats=1, seats_min=1))
    offers = [make_offer(role), make_offer(role)]

    assert broken(offers[0].made_at) == [f"role {role.pk} has 1 seats, 0 taken, 2 offered"]


def test_the_check_finds_an_alert_too_many() -> None:
    volunteer = make_volunteer(offers_a_day=1)
    offer = make_offer(volunteer=volunteer)
    make_offer(volunteer=volunteer)

    assert broken(offer.made_at) == [f"{volunteer.pk} was asked 2 times on {offer.offered_on}"]


def test_without_the_withdrawal_a_sign_up_leaves_an_offer_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    role = role_of(make_shift(seats=1, seats_min=1))
    offer = make_offer(role)
    careless = taking._TAKE.sql.replace("status = 'offered' AND EXISTS (SELECT FROM seat)", "false")
    monkeypatch.setattr(taking, "_TAKE", replace(taking._TAKE, name="take_carelessly", sql=careless))

    sign_up(role=role, by=make_volunteer().user, at=offer.made_at)

    assert broken(offer.made_at) == [f"role {role.pk} has 1 seats, 1 taken, 1 offered"]
