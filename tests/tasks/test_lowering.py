"""Fewer seats than are taken: everybody stays until some leave, or the last wait and are told why."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from tasks.actions import shifts
from tasks.actions.lowering import last_of
from tasks.actions.reasons import ReasonMissing
from tasks.actions.seats import release, sign_up
from tasks.actions.shifts import edit_shift
from tasks.models import Assignment, Shift, Waiting
from tasks.queries.waiting import line_of
from tests.factories.organizations import make_member
from tests.factories.tasks import make_assignment, make_check, make_shift, role_of
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_full_shift, make_waiting

pytestmark = pytest.mark.django_db


def lower(shift: Shift, seats: int, how: str = "", reason: str = "", **changes: Any) -> Shift:
    return edit_shift(
        shift=shift,
        changes={"seats": seats, **changes},
        lowered=how,
        reason=reason,
        by=make_member(shift.organization),
        at=clock.now(),
    )


def counts(shift: Shift) -> tuple[int, int | None, int, int]:
    role = role_of(shift)
    return role.seats, role.seats_goal, role.seats_taken, role.seats_held


def leave(seat: Assignment) -> None:
    release(assignment=seat, by=seat.volunteer.user, at=clock.now())


@dataclass(frozen=True)
class Party:
    name: str
    seats: int


@pytest.mark.parametrize(
    ("parties", "surplus", "leaving"),
    [
        ((1, 1, 1, 1), 2, [2, 3]),
        ((1, 1, 3), 1, [2]),
        # The single one beside the party stays: its seat is not needed.
        ((1, 1, 3, 1), 2, [2]),
        ((2, 1, 1), 4, [0, 1, 2]),
        ((1, 1), 0, []),
        ((1, 1), -1, []),
    ],
)
def test_the_last_leave_and_nobody_without_need(
    parties: tuple[int, ...], surplus: int, leaving: list[int]
) -> None:
    rows = [Party(str(number), seats) for number, seats in enumerate(parties)]

    assert [int(row.name) for row in last_of(rows, surplus=surplus)] == leaving


def test_without_a_choice_nothing_changes() -> None:
    shift = make_full_shift(4)

    with pytest.raises(shifts.SeatsBelowTaken) as raised:
        lower(shift, 2)

    assert (raised.value.field, raised.value.params["taken"]) == ("seats", 4)
    assert counts(shift) == (4, None, 4, 0)


def test_everybody_stays_and_seats_go_as_people_leave() -> None:
    shift = make_full_shift(4)
    line = make_waiting(role_of(shift))
    seats = list(Assignment.objects.filter(shift=shift).order_by("pk"))

    lower(shift, 2, "keep")
    assert counts(shift) == (4, 2, 4, 0)
    leave(seats[0])
    assert counts(shift) == (3, 2, 3, 0)
    leave(seats[1])
    assert counts(shift) == (2, None, 2, 0)
    line.refresh_from_db()
    assert line.status == "waiting"

    # Now the shift has as many seats as were wished for: the next one that is given back goes to the line.
    leave(seats[2])
    line.refresh_from_db()
    assert line.status == "offered"
    assert counts(shift) == (2, None, 1, 1)
    assert not Message.objects.filter(kind="seat_to_line").exists()


def test_nothing_is_wished_for_of_a_cancelled_shift_any_more() -> None:
    shift = make_full_shift(3)
    lower(shift, 1, "keep")

    shifts.cancel_shift(shift=shift, by=make_member(shift.organization), at=clock.now(), reason="Rain.")

    assert counts(shift) == (3, None, 0, 0)


def test_a_party_that_leaves_takes_its_seats_along_down_to_the_goal() -> None:
    shift = make_shift(seats=4, seats_min=1)
    make_assignment(shift)
    party = make_assignment(shift, seats=3)
    lower(shift, 2, "keep")

    leave(party)

    assert counts(shift) == (2, None, 1, 0)


def test_seats_that_were_free_go_at_once() -> None:
    shift = make_shift(seats=6, seats_min=1)
    for _ in range(3):
        make_assignment(shift)

    lower(shift, 2, "keep")

    assert counts(shift) == (3, 2, 3, 0)


def test_a_goal_ends_when_seats_are_raised_again() -> None:
    shift = make_full_shift(3)
    first = make_waiting(role_of(shift))
    lower(shift, 1, "keep")

    lower(shift, 4)

    first.refresh_from_db()
    assert counts(shift) == (4, None, 3, 1)
    assert first.status == "offered"


def test_the_last_to_sign_up_wait_in_front_of_everybody_and_are_told_why() -> None:
    shift = make_full_shift(4)
    usual = make_waiting(role_of(shift))
    seats = list(Assignment.objects.filter(shift=shift).order_by("pk"))

    lower(shift, 2, "wait", reason=" Only eight may enter. ")

    assert counts(shift) == (2, None, 2, 0)
    line = line_of(role_of(shift))
    assert [place.volunteer_id for place in line] == [
        seats[2].volunteer_id,
        seats[3].volunteer_id,
        usual.volunteer_id,
    ]
    moved = Assignment.objects.get(pk=seats[3].pk)
    assert (moved.status, moved.end_reason) == ("waiting", "Only eight may enter.")
    told = Message.objects.filter(kind="seat_to_line", recipient=moved.volunteer.user)
    assert sorted(message.channel for message in told) == ["inbox", "sms"]
    assert {message.context["reason"] for message in told} == {"Only eight may enter."}
    assert AuditRecord.objects.filter(verb="seat.to_waiting").count() == 2

    leave(seats[0])
    line[0].refresh_from_db()
    assert line[0].status == "offered"


def test_nobody_waits_without_a_reason() -> None:
    shift = make_full_shift(2)

    with pytest.raises(ReasonMissing):
        lower(shift, 1, "wait")

    assert counts(shift) == (2, None, 2, 0)


def test_what_is_only_held_goes_before_what_is_taken() -> None:
    shift = make_shift(seats=3, seats_min=1)
    make_assignment(shift)
    make_assignment(shift)
    held = make_waiting(role_of(shift), status="offered")

    lower(shift, 2, "wait", reason="Fewer.")

    held.refresh_from_db()
    assert (held.status, held.rank, held.expires_at) == ("waiting", -1, None)
    assert counts(shift) == (2, None, 2, 0)
    assert Message.objects.filter(kind="seat_to_line", recipient=held.volunteer.user).exists()


def test_the_room_beside_a_party_that_waits_is_held_for_the_next_whom_it_suits() -> None:
    shift = make_shift(seats=4, seats_min=1)
    make_assignment(shift)
    make_assignment(shift, seats=3)
    single = make_waiting(role_of(shift))

    lower(shift, 2, "wait", reason="Fewer.")

    single.refresh_from_db()
    assert single.status == "offered"
    assert counts(shift) == (2, None, 1, 1)


def test_whoever_is_there_stays() -> None:
    shift = make_full_shift(3)
    seats = list(Assignment.objects.filter(shift=shift).order_by("pk"))
    make_check(seats[2])

    lower(shift, 2, "wait", reason="Fewer.")

    assert list(Waiting.objects.values_list("volunteer", flat=True)) == [seats[1].volunteer_id]
    for seat in seats[:1]:
        make_check(seat)
    with pytest.raises(shifts.SeatsBelowPresent):
        lower(shift, 1, "wait", reason="Fewer.")


def test_raised_seats_are_held_for_the_line_first() -> None:
    shift = make_full_shift(1)
    first, second, third = (make_waiting(role_of(shift)) for _ in range(3))

    lower(shift, 3)

    assert set(Waiting.objects.filter(status="offered").values_list("pk", flat=True)) == {first.pk, second.pk}
    assert third.status == "waiting"
    assert counts(shift) == (3, None, 1, 2)


def test_a_moved_shift_asks_whoever_a_seat_is_held_for_anew() -> None:
    shift = make_full_shift(1)
    first = make_waiting(role_of(shift))
    leave(Assignment.objects.get(shift=shift))
    first.refresh_from_db()
    earlier = first.offered_at
    start = shift.starts_at + timedelta(hours=4)  # type: ignore[operator]

    edit_shift(
        shift=shift,
        changes={"starts_at": start, "ends_at": start + timedelta(hours=3)},
        by=make_member(shift.organization),
        at=clock.now(),
    )

    first.refresh_from_db()
    assert first.status == "offered"
    assert first.offered_at is not None and earlier is not None and first.offered_at > earlier
    assert Message.objects.filter(kind="seat_held", channel="inbox").count() == 2


def test_a_moved_shift_is_not_held_for_whom_the_new_time_does_not_suit() -> None:
    shift = make_full_shift(1)
    first, second = make_waiting(role_of(shift)), make_waiting(role_of(shift))
    start = shift.starts_at + timedelta(hours=6)  # type: ignore[operator]
    make_assignment(make_shift(starts_at=start), first.volunteer)
    leave(Assignment.objects.get(shift=shift))
    first.refresh_from_db()

    edit_shift(
        shift=shift,
        changes={"starts_at": start, "ends_at": start + timedelta(hours=3)},
        by=make_member(shift.organization),
        at=clock.now(),
    )

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("waiting", "offered")
    assert counts(shift) == (1, None, 0, 1)


def test_a_free_seat_after_all_can_be_taken_by_anybody() -> None:
    shift = make_full_shift(2)

    lower(shift, 3)

    assert sign_up(role=role_of(shift), by=make_volunteer().user, at=clock.now()).pk
