"""How offers end that nobody answered."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock, doorbell
from core.doorbell import Job
from core.models import AuditRecord
from tasks.actions.offers import expire_offers, withdraw_moot, withdraw_offers
from tasks.actions.shifts import cancel_shift, edit_shift
from tasks.actions.stages import stop_area
from tasks.jobs import end_offers
from tasks.models import Offer, Task
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_member, make_official
from tests.factories.tasks import make_assignment, make_offer, make_shift, make_stop, role_of, tomorrow_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Job, dict[str, Any]]]:
    """What was rung, without waiting for a commit."""
    seen: list[tuple[Job, dict[str, Any]]] = []
    monkeypatch.setattr(doorbell, "ring", lambda job, **kwargs: seen.append((job, kwargs)))
    return seen


def status_of(offer: Offer) -> str:
    offer.refresh_from_db()
    return offer.status


def test_an_offer_that_nobody_answered_expires_and_the_next_is_asked_once(
    rung: list[tuple[Job, dict[str, Any]]],
) -> None:
    over = make_offer()
    also = make_offer(over.role)
    later = make_offer(expires_at=over.expires_at + timedelta(hours=1))

    assert expire_offers(at=over.expires_at + timedelta(minutes=1)) == 2

    assert [status_of(offer) for offer in (over, also, later)] == ["expired", "expired", "offered"]
    assert over.ended_at == over.expires_at + timedelta(minutes=1)
    assert rung == [(Job.OFFER_NEXT, {"role_id": over.role_id})]


def test_a_second_sweep_finds_nothing() -> None:
    offer = make_offer()

    assert [expire_offers(at=offer.expires_at) for _ in range(2)] == [1, 0]


def test_more_than_a_batch_expires_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.actions.offers.ending.BATCH", 2)
    role = role_of(make_shift())
    offers = [make_offer(role) for _ in range(5)]

    assert expire_offers(at=max(offer.expires_at for offer in offers)) == 5


def test_cancelling_a_shift_withdraws_its_offers() -> None:
    offer, elsewhere = make_offer(), make_offer()
    said_no = make_offer(offer.role, status="declined")
    by = make_member(offer.shift.organization)

    cancel_shift(shift=offer.shift, by=by, at=clock.now(), reason="Rain.")

    assert [status_of(each) for each in (offer, elsewhere, said_no)] == ["withdrawn", "offered", "declined"]
    record = AuditRecord.objects.get(verb="offers.withdrawn")
    assert (record.reason, record.data["offers"]) == ("Rain.", [offer.code])


@pytest.mark.parametrize("name", ["time", "place"])
def test_moving_a_shift_withdraws_its_offers_and_asks_anew(
    name: str, rung: list[tuple[Job, dict[str, Any]]]
) -> None:
    offer = make_offer()
    start = tomorrow_at(15)
    changes = {
        "time": {"starts_at": start, "ends_at": start + timedelta(hours=2)},
        "place": {"place": "West gate"},
    }
    by = make_member(offer.shift.organization)

    edit_shift(shift=offer.shift, changes=changes[name], by=by, at=clock.now())

    assert status_of(offer) == "withdrawn"
    assert (Job.OFFER_NEXT, {"role_id": offer.role_id}) in rung


def test_another_change_of_a_shift_leaves_its_offers() -> None:
    offer = make_offer()
    by = make_member(offer.shift.organization)

    edit_shift(shift=offer.shift, changes={"bring": "Gloves"}, by=by, at=clock.now())

    assert status_of(offer) == "offered"


def test_fewer_seats_withdraw_the_latest_offers() -> None:
    role = role_of(make_shift(seats=6, seats_min=1))
    offers = [make_offer(role) for _ in range(3)]
    by = make_member(role.shift.organization)

    edit_shift(shift=role.shift, changes={"seats": 2}, by=by, at=clock.now())

    assert [status_of(offer) for offer in offers] == ["offered", "offered", "withdrawn"]


def test_stopping_an_area_withdraws_what_is_open_there() -> None:
    offer, elsewhere = make_offer(), make_offer()
    area = offer.shift.area

    stop_area(area=area, reason="A leak.", by=make_official(area), at=clock.now())

    assert [status_of(each) for each in (offer, elsewhere)] == ["withdrawn", "offered"]


def test_an_organizer_takes_the_offers_of_a_role_back() -> None:
    offer = make_offer()
    by = make_member(offer.shift.organization)

    assert withdraw_offers(role=offer.role, at=clock.now(), by=by, reason="Enough people.") == 1
    assert withdraw_offers(role=offer.role, at=clock.now(), by=by, reason="Enough people.") == 0

    assert status_of(offer) == "withdrawn"
    assert AuditRecord.objects.filter(verb="offers.withdrawn").count() == 1


def test_withdrawing_needs_to_know_what() -> None:
    with pytest.raises(TypeError):
        withdraw_offers(at=clock.now(), by=None, reason="")


def test_the_sweep_withdraws_what_cannot_be_accepted_any_more() -> None:
    cancelled, closed, stopped, held, full, sound = (
        make_offer(role_of(make_shift(seats=1, seats_min=1))) for _ in range(6)
    )
    shift = cancelled.shift
    shift.status, shift.cancelled_at, shift.cancel_reason = "cancelled", clock.now(), "Rain."
    shift.save()
    Task.objects.filter(pk=closed.shift.task_id).update(status="closed", ended_at=clock.now())
    make_stop(stopped.shift.area)
    held.role.seats = 2
    held.role.save()
    make_assignment(held.shift, held.volunteer)
    make_assignment(full.shift)

    assert withdraw_moot(at=clock.now()) == 5

    assert status_of(sound) == "offered"
    assert {status_of(each) for each in (cancelled, closed, stopped, held, full)} == {"withdrawn"}


def test_a_stop_far_away_withdraws_nothing() -> None:
    offer = make_offer()
    make_stop(make_area())

    assert withdraw_moot(at=clock.now()) == 0
    assert status_of(offer) == "offered"


def test_the_job_ends_both(monkeypatch: pytest.MonkeyPatch) -> None:
    over = make_offer()
    stopped = make_offer(expires_at=over.expires_at + timedelta(hours=2))
    make_stop(stopped.shift.area, make_user())
    monkeypatch.setattr(clock, "now", lambda: over.expires_at)

    end_offers()

    assert [status_of(offer) for offer in (over, stopped)] == ["expired", "withdrawn"]
