"""What there is instead of a seat that is gone or was moved, and taking it in one step."""

from typing import Any

import pytest

from core import clock
from core.doorbell import Job
from notifications.models import Message
from tasks.actions.handovers import NotYourHandover
from tasks.actions.rebooking import rebook
from tasks.actions.refusals import NoSuchSeat, Overlap, ShiftFull
from tasks.actions.seats import remove
from tasks.actions.shifts import cancel_shift, edit_shift
from tasks.models import Assignment, Shift, Task
from tasks.queries.rebooking import instead_of, lost_seat
from tasks.queries.seats import SeatWanted
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_role, make_shift, make_task, role_of, tomorrow_at
from tests.factories.volunteers import make_capability, make_volunteer
from tests.tasks.conftest import Statements

pytestmark = pytest.mark.django_db


def seat_in(area: Any, **fields: Any) -> Assignment:
    return make_assignment(make_shift(area=area, **fields), make_volunteer(area=area))


def test_the_same_task_comes_first_then_the_organization_then_the_cause() -> None:
    area = small_tree().counties[0]
    organization = make_organization(home_area=area)
    task = make_task(area=area, adopted_by=organization)
    seat = make_assignment(
        make_shift(task=task, organization=organization, starts_at=tomorrow_at(9)), make_volunteer(area=area)
    )
    cause = task.type
    other = make_shift(area=area, starts_at=tomorrow_at(13, days=2))
    same_cause = make_shift(
        task=make_task(area=area, type=cause, adopted_by=make_organization(home_area=area)),
        starts_at=tomorrow_at(13, days=3),
    )
    same_group = make_shift(organization=organization, starts_at=tomorrow_at(13, days=4))
    later = make_shift(task=task, organization=organization, starts_at=tomorrow_at(13, days=9))
    sooner = make_shift(task=task, organization=organization, starts_at=tomorrow_at(13, days=5))

    found = [one.shift for one in instead_of(seat, seat.volunteer, clock.now())]

    assert found == [sooner, later, same_group, same_cause, other]


def test_only_what_fits_is_named_and_six_at_most() -> None:
    area = small_tree().counties[0]
    seat = seat_in(area, starts_at=tomorrow_at(9))
    make_shift(area=area, requirements=[make_capability()], starts_at=tomorrow_at(9, days=2))
    full = make_shift(area=area, seats=1, seats_min=1, starts_at=tomorrow_at(9, days=3))
    make_assignment(full)
    for day in range(8):
        make_shift(area=area, starts_at=tomorrow_at(9, days=day + 4))

    assert len(instead_of(seat, seat.volunteer, clock.now())) == 6


@pytest.mark.parametrize("others", [1, 3])
def test_looking_for_others_takes_four_statements(statements: Statements, others: int) -> None:
    area = small_tree().counties[0]
    seat = seat_in(area)
    for day in range(others):
        make_shift(area=area, starts_at=tomorrow_at(9, days=day + 2))

    with statements() as seen:
        assert len(instead_of(seat, seat.volunteer, clock.now())) == others

    assert len(seen) == 4


def test_a_lost_seat_is_replaced_for_as_many_people() -> None:
    seat = make_assignment(seats=3, status="removed")
    other = make_shift(starts_at=tomorrow_at(9, days=2))

    new = rebook(lost=seat, role=SeatWanted(other.code), by=seat.volunteer.user, at=clock.now())

    assert (new.volunteer, new.seats, role_of(other).seats_taken) == (seat.volunteer, 3, 3)


def test_a_seat_that_is_still_held_is_given_back_with_it_or_nothing_happens() -> None:
    seat = make_assignment(make_shift(starts_at=tomorrow_at(9)))
    beside = make_shift(starts_at=tomorrow_at(10))
    gate = make_role(beside, name="Gate")
    full = make_shift(seats=1, seats_min=1, starts_at=tomorrow_at(9, days=3))
    make_assignment(full)

    with pytest.raises(ShiftFull):
        rebook(lost=seat, role=SeatWanted(full.code), by=seat.volunteer.user, at=clock.now())
    seat.refresh_from_db()
    assert (seat.status, role_of(seat.shift).seats_taken) == ("active", 1)
    # The old seat does not stand in the way of one at the same time.
    new = rebook(lost=seat, role=SeatWanted(beside.code, 2), by=seat.volunteer.user, at=clock.now())

    seat.refresh_from_db()
    assert (new.role, seat.status, role_of(seat.shift).seats_taken) == (gate, "released", 0)


def test_nobody_takes_a_seat_for_somebody_else() -> None:
    seat = make_assignment(status="removed")
    other = make_shift(starts_at=tomorrow_at(9, days=2))

    with pytest.raises(NotYourHandover):
        rebook(lost=seat, role=SeatWanted(other.code), by=make_user(), at=clock.now())
    live = make_assignment()
    for role in (SeatWanted("NOSUCH"), SeatWanted(other.code, 7), SeatWanted(other.code, 0)):
        with pytest.raises(NoSuchSeat):
            rebook(lost=live, role=role, by=live.volunteer.user, at=clock.now())
    assert lost_seat(seat.code, make_volunteer()) is None
    assert lost_seat(seat.code, seat.volunteer) == seat


def test_what_overlaps_another_seat_is_refused() -> None:
    seat = make_assignment(status="removed")
    make_assignment(make_shift(starts_at=tomorrow_at(9, days=2)), seat.volunteer)
    other = make_shift(starts_at=tomorrow_at(10, days=2))

    with pytest.raises(Overlap):
        rebook(lost=seat, role=SeatWanted(other.code), by=seat.volunteer.user, at=clock.now())


def message_of(seat: Assignment, kind: str) -> Message:
    return Message.objects.get(kind=kind, channel="inbox", recipient=seat.volunteer.user)


def test_the_message_of_every_loss_leads_there() -> None:
    cancelled, removed, moved = make_assignment(), make_assignment(), make_assignment()
    organizer = make_user()

    cancel_shift(shift=cancelled.shift, by=organizer, at=clock.now(), reason="Rain.")
    remove(assignment=removed, by=organizer, at=clock.now(), reason="We need a driver.")
    times = {"starts_at": tomorrow_at(15), "ends_at": tomorrow_at(18)}
    edit_shift(shift=moved.shift, changes=times, by=organizer, at=clock.now())

    for seat, kind in ((cancelled, "shift_cancelled"), (removed, "seat_removed"), (moved, "shift_changed")):
        assert message_of(seat, kind).context["rebook_url"] == f"/me/rebook/{seat.code}/"


@pytest.mark.parametrize("filling", Task.Filling.values)
@pytest.mark.parametrize("cancels", [True, False])
def test_the_matching_looks_at_once_where_people_are_asked_by_itself(
    monkeypatch: pytest.MonkeyPatch, filling: str, cancels: bool
) -> None:
    rung: list[Job] = []
    monkeypatch.setattr("tasks.actions.rebooking.doorbell.ring", lambda job, **kwargs: rung.append(job))
    shift: Shift = make_assignment().shift
    Task.objects.update(filling=filling)

    if cancels:
        cancel_shift(shift=shift, by=make_user(), at=clock.now(), reason="Rain.")
    else:
        times = {"starts_at": tomorrow_at(15), "ends_at": tomorrow_at(18)}
        edit_shift(shift=shift, changes=times, by=make_user(), at=clock.now())

    assert (Job.PLAN_MATCHES in rung) == (filling != "propose")
