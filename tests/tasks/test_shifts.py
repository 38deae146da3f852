"""Posting, moving and cancelling shifts."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.errors import DomainError
from core.models import AuditRecord
from notifications.models import Message
from tasks.actions import shifts
from tasks.actions.reasons import ReasonMissing
from tasks.actions.refusals import Stale
from tasks.actions.seats import sign_up
from tasks.actions.standstill import AreaStopped
from tasks.models import Assignment, Shift, Task
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_organization
from tests.factories.tasks import (
    make_adoption,
    make_assignment,
    make_check,
    make_role,
    make_shift,
    make_stop,
    make_task,
    role_of,
    tomorrow_at,
)
from tests.factories.volunteers import make_capability, make_volunteer

pytestmark = pytest.mark.django_db


def post(task: Task, **values: Any) -> Shift:
    given = {
        "organization": values.pop("organization", None) or task.adoptions.get().organization,
        "starts_at": tomorrow_at(9),
        "ends_at": tomorrow_at(12),
        "seats_min": 4,
        "seats": 6,
        "by": make_user(),
        "at": clock.now(),
        **values,
    }
    return shifts.post_shift(task=task, **given)


def own_task(**fields: Any) -> Task:
    area = make_area()
    return make_task(area=area, adopted_by=make_organization(home_area=area), **fields)


def edit(shift: Shift, **values: Any) -> Shift:
    given = {"by": make_user(), "at": clock.now(), **values}
    return shifts.edit_shift(shift=shift, **given)


def test_a_shift_takes_place_contact_and_requirements_from_its_call() -> None:
    task = own_task(place="East gate", address="126 Xinhe Street", contact_name="Lin Yue")
    task.requirements.set([make_capability()])

    shift = post(task, bring="Warm clothes", role_name="Screening")

    assert (shift.place, shift.address, shift.contact_name) == ("East gate", "126 Xinhe Street", "Lin Yue")
    assert (shift.bring, shift.area_id, shift.county_id) == ("Warm clothes", task.area_id, task.county_id)
    role = role_of(shift)
    assert (role.name, role.seats_min, role.seats) == ("Screening", 4, 6)
    assert list(role.requirements.all()) == list(task.requirements.all())
    assert AuditRecord.objects.filter(verb="shift.posted", subject_id=shift.pk).exists()


def test_work_without_a_fixed_time_has_neither_start_nor_end() -> None:
    shift = post(own_task(), starts_at=None, ends_at=None)
    assert (shift.starts_at, shift.ends_at) == (None, None)


@pytest.mark.parametrize(
    ("error", "field", "values"),
    [
        (shifts.EndBeforeStart, "ends_at", {"ends_at": tomorrow_at(9)}),
        (shifts.HalfATime, "ends_at", {"ends_at": None}),
        (shifts.HalfATime, "starts_at", {"starts_at": None}),
        (shifts.ShiftTooLong, "ends_at", {"ends_at": tomorrow_at(10, days=2)}),
        (
            shifts.InThePast,
            "starts_at",
            {"starts_at": tomorrow_at(9, days=-1), "ends_at": tomorrow_at(12, days=-1)},
        ),
        (
            shifts.OutsideTask,
            "starts_at",
            {"starts_at": tomorrow_at(9, days=60), "ends_at": tomorrow_at(12, days=60)},
        ),
        (shifts.SeatsOutOfOrder, "seats", {"seats_min": 7}),
        (shifts.SeatsOutOfRange, "seats", {"seats": 0, "seats_min": 0}),
        (shifts.SeatsOutOfRange, "seats", {"seats": 501}),
        (shifts.PlaceMissing, "place", {"place": " "}),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    error: type[DomainError], field: str, values: dict[str, Any]
) -> None:
    task = own_task()

    with pytest.raises(error) as raised:
        post(task, **values)

    assert raised.value.field == field
    assert raised.value.message
    assert not Shift.objects.exists()


@pytest.mark.parametrize("status", ["draft", "closed", "cancelled"])
def test_a_call_that_does_not_run_gets_no_shift(status: str) -> None:
    task = own_task()
    Task.objects.filter(pk=task.pk).update(
        status=status,
        called_at=None if status == "draft" else clock.now(),
        ended_at=clock.now() if status != "draft" else None,
    )
    task.refresh_from_db()

    with pytest.raises(shifts.TaskEnded):
        post(task)


def test_only_whoever_took_the_call_on_posts_shifts_for_it() -> None:
    with pytest.raises(shifts.NotTakenOn):
        post(own_task(), organization=make_organization())


def test_a_share_that_ended_is_no_share() -> None:
    task = own_task()
    task.adoptions.update(ended_at=clock.now())

    with pytest.raises(shifts.NotTakenOn):
        post(task)


def test_a_shift_lies_in_the_area_of_its_call() -> None:
    with pytest.raises(shifts.AreaOutsideTask) as raised:
        post(own_task(), area=make_area())
    assert raised.value.field == "area"


def test_an_organization_posts_only_where_it_serves() -> None:
    province = make_area(level=1)
    one, other = make_area(parent=province), make_area(parent=province)
    task = make_task(area=province)
    organization = make_organization(home_area=one)
    make_adoption(task, organization)

    with pytest.raises(shifts.AreaNotServed):
        post(task, organization=organization, area=other)
    assert post(task, organization=organization, area=one)
    assert post(task, organization=make_adopter(task, other), area=other)


def make_adopter(task: Task, area: Any) -> Any:
    organization = make_organization(serves=(area,))
    make_adoption(task, organization, role="partner")
    return organization


def test_a_stopped_area_gets_no_shift() -> None:
    task = own_task()
    make_stop(task.area)

    with pytest.raises(AreaStopped):
        post(task)


def test_an_unknown_detail_is_a_mistake_of_the_programme() -> None:
    with pytest.raises(TypeError):
        post(own_task(), colour="blue")


def test_a_new_place_is_told_to_everybody_who_has_a_seat() -> None:
    shift = make_shift()
    seats = [make_assignment(shift), make_assignment(shift)]
    make_assignment(shift, status="released")

    edited = edit(shift, changes={"place": "West gate"}, reason="The road is closed.")

    assert (edited.place, edited.version) == ("West gate", 2)
    told = Message.objects.filter(kind="shift_changed", channel="inbox")
    assert {message.recipient_id for message in told} == {seat.volunteer.user_id for seat in seats}
    assert {message.context["place"] for message in told} == {"West gate"}
    assert all(message.context["where"] and not message.context["time"] for message in told)


def test_seats_can_grow_without_a_word_to_anybody() -> None:
    shift = make_shift(seats=6)
    make_assignment(shift)

    edit(shift, changes={"seats": 8, "seats_min": 5})

    assert (role_of(shift).seats, role_of(shift).seats_min, role_of(shift).seats_taken) == (8, 5, 1)
    assert not Message.objects.exists()


def test_seats_do_not_go_below_those_taken() -> None:
    shift = make_shift(seats=6, seats_min=1)
    make_assignment(shift, seats=3)

    with pytest.raises(shifts.SeatsBelowTaken) as raised:
        edit(shift, changes={"seats": 2})

    assert raised.value.field == "seats"
    assert "3" in raised.value.message
    assert role_of(shift).seats == 6


def test_another_role_is_edited_by_itself() -> None:
    shift = make_shift()
    driver = make_role(shift, name="Driver", seats=2)
    licence = make_capability(kind="qualification")

    edit(shift, changes={"seats": 3, "requirements": [licence]}, role=driver)

    driver.refresh_from_db()
    assert (driver.seats, list(driver.requirements.all()), role_of(shift).seats) == (3, [licence], 6)


def test_a_moved_shift_moves_everybodys_time() -> None:
    shift = make_shift()
    seat = make_assignment(shift)

    edit(shift, changes={"starts_at": tomorrow_at(14), "ends_at": tomorrow_at(17)})

    seat.refresh_from_db()
    assert (seat.status, seat.period.lower, seat.period.upper) == ("active", tomorrow_at(14), tomorrow_at(17))
    assert role_of(shift).version == 2


def test_a_moved_shift_releases_whom_it_would_double_book_and_says_so() -> None:
    shift = make_shift()
    torn, free = make_volunteer(), make_volunteer()
    seat = make_assignment(shift, torn, seats=2)
    make_assignment(shift, free)
    other = make_assignment(make_shift(starts_at=tomorrow_at(15)), torn)

    edit(shift, changes={"starts_at": tomorrow_at(14), "ends_at": tomorrow_at(17)})

    seat.refresh_from_db()
    other.refresh_from_db()
    assert (seat.status, other.status, role_of(shift).seats_taken) == ("removed", "active", 1)
    assert seat.end_reason
    kinds = Message.objects.filter(channel="inbox").values_list("recipient", "kind")
    assert set(kinds) == {(torn.user_id, "seat_removed"), (free.user_id, "shift_changed")}


def test_a_longer_shift_keeps_those_who_are_there_though_they_have_another_one_next() -> None:
    shift = make_shift()
    volunteer = make_volunteer()
    seat = make_assignment(shift, volunteer)
    make_check(seat)
    make_assignment(make_shift(starts_at=tomorrow_at(12)), volunteer)

    edit(shift, changes={"ends_at": tomorrow_at(13)}, at=tomorrow_at(10))

    seat.refresh_from_db()
    assert (seat.status, seat.period.upper, role_of(shift).seats_taken) == ("active", tomorrow_at(12), 1)


def test_work_that_gets_a_time_leaves_nobody_two_seats() -> None:
    shift = make_shift()
    Shift.objects.filter(pk=shift.pk).update(starts_at=None, ends_at=None)
    shift.refresh_from_db()
    volunteer = make_volunteer()
    first = make_assignment(shift, volunteer)
    second = make_assignment(shift, volunteer, role=make_role(shift))

    edit(shift, changes={"starts_at": tomorrow_at(14), "ends_at": tomorrow_at(17)})

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("active", "removed")
    assert [role.seats_taken for role in shift.roles.order_by("pk")] == [1, 0]


def test_somebody_who_was_faster_is_noticed() -> None:
    shift = make_shift()
    edit(shift, changes={"place": "West gate"})

    with pytest.raises(Stale):
        edit(shift, changes={"place": "North gate"}, version=1)


def test_nothing_changed_leaves_everything_as_it_was() -> None:
    shift = make_shift()

    assert edit(shift, changes={"place": shift.place}).version == 1
    assert not AuditRecord.objects.exists()


def test_a_shift_that_has_begun_keeps_its_start() -> None:
    start = tomorrow_at(9)
    shift = make_shift(starts_at=start, hours=4)
    at = start + timedelta(hours=1)

    with pytest.raises(shifts.ShiftBegan):
        edit(shift, changes={"starts_at": tomorrow_at(14), "ends_at": tomorrow_at(17)}, at=at)
    assert edit(shift, changes={"ends_at": start + timedelta(hours=3)}, at=at)


def test_a_shift_that_is_over_stays_as_it_was() -> None:
    shift = make_shift(starts_at=clock.now() - timedelta(hours=4), hours=3)

    with pytest.raises(shifts.ShiftOver):
        edit(shift, changes={"place": "West gate"})
    with pytest.raises(shifts.ShiftOver):
        shifts.cancel_shift(shift=shift, by=make_user(), at=clock.now(), reason="Rain.")


def test_cancelling_gives_every_seat_back_and_tells_why() -> None:
    shift = make_shift()
    seats = [make_assignment(shift), make_assignment(shift, seats=2)]

    shifts.cancel_shift(shift=shift, by=make_user(), at=clock.now(), reason=" The goods come tomorrow. ")

    shift.refresh_from_db()
    assert (shift.status, shift.cancel_reason) == ("cancelled", "The goods come tomorrow.")
    assert role_of(shift).seats_taken == 0
    assert set(Assignment.objects.values_list("status", "end_reason")) == {
        ("cancelled", "The goods come tomorrow.")
    }
    told = Message.objects.filter(kind="shift_cancelled", channel="inbox")
    assert {message.recipient_id for message in told} == {seat.volunteer.user_id for seat in seats}


def test_a_cancelled_shift_frees_its_time() -> None:
    shift = make_shift()
    volunteer = make_volunteer()
    make_assignment(shift, volunteer)

    shifts.cancel_shift(shift=shift, by=make_user(), at=clock.now(), reason="Rain.")

    assert sign_up(role=role_of(make_shift()), volunteer=volunteer, by=volunteer.user, at=clock.now())


def test_a_shift_to_which_people_have_come_is_not_cancelled() -> None:
    at = clock.now()
    shift = make_shift(starts_at=at - timedelta(hours=1), ends_at=at + timedelta(hours=2))
    seat = make_assignment(shift)
    make_check(seat)

    with pytest.raises(shifts.PeopleAreThere):
        shifts.cancel_shift(shift=shift, by=make_user(), at=at, reason="Rain.")

    seat.refresh_from_db()
    shift.refresh_from_db()
    assert (seat.status, shift.status, role_of(shift).seats_taken) == ("active", "open", 1)


def test_cancelling_needs_a_reason() -> None:
    with pytest.raises(ReasonMissing):
        shifts.cancel_shift(shift=make_shift(), by=make_user(), at=clock.now(), reason=" ")


def test_a_shift_is_cancelled_once() -> None:
    shift = make_shift()
    shifts.cancel_shift(shift=shift, by=make_user(), at=clock.now(), reason="Rain.")

    with pytest.raises(shifts.ShiftOver):
        shifts.cancel_shift(shift=shift, by=make_user(), at=clock.now(), reason="Rain.")
