"""Shifts at which an organizer looks at each sign-up first."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from tasks.actions import refusals
from tasks.actions.approvals import (
    AlreadyAsked,
    NothingToAsk,
    RequestOver,
    WordsTooLong,
    approve,
    approve_for_line,
    ask_approval,
    refuse_request,
    take_back_request,
)
from tasks.actions.reasons import ReasonMissing
from tasks.actions.waiting import pass_on
from tasks.models import Shift, Waiting
from tests.factories.organizations import make_member
from tests.factories.tasks import make_assignment, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_waiting
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


def looked_at(**values: Any) -> Shift:
    return make_shift(needs_approval=True, **values)


def ask(shift: Shift, volunteer: Volunteer | None = None, **values: Any) -> Waiting:
    volunteer = volunteer or make_volunteer()
    return ask_approval(role=role_of(shift), **{"by": volunteer.user, "at": clock.now(), **values})


def kinds_to(user: Any) -> set[str]:
    return set(Message.objects.filter(recipient=user).values_list("kind", flat=True))


def test_a_request_takes_no_seat_and_tells_the_organizers_once_a_day() -> None:
    shift = looked_at()
    organizer = make_member(shift.organization)
    desk = make_member(shift.organization, role="desk")

    first = ask(shift, words="  I worked in a pharmacy.  ", seats=2)
    ask(shift)

    assert (first.kind, first.status, first.words, first.seats) == (
        "approval",
        "waiting",
        "I worked in a pharmacy.",
        2,
    )
    assert role_of(shift).seats_taken == 0
    assert Message.objects.filter(recipient=organizer, kind="approval_wanted", channel="inbox").count() == 1
    assert kinds_to(desk) == set()


def test_a_yes_is_a_seat() -> None:
    shift = looked_at()
    organizer = make_member(shift.organization)
    waiting = ask(shift, seats=2)

    seat = approve(waiting=waiting, by=organizer, at=clock.now())

    waiting.refresh_from_db()
    assert (waiting.status, waiting.assignment) == ("taken", seat)
    assert role_of(shift).seats_taken == 2
    assert seat.created_by == organizer
    assert "approval_given" in kinds_to(waiting.volunteer.user)
    assert AuditRecord.objects.filter(verb="seat.taken", actor_id=organizer.pk).exists()


def test_a_yes_comes_after_the_end_of_the_sign_up_too() -> None:
    shift = looked_at(notice_minutes=60, starts_at=tomorrow_at(9))
    waiting = ask(shift)

    approve(waiting=waiting, by=make_member(shift.organization), at=shift.starts_at - timedelta(minutes=5))

    assert role_of(shift).seats_taken == 1


def test_a_yes_does_not_set_aside_what_protects_the_person() -> None:
    shift = looked_at()
    waiting = ask(shift)
    make_assignment(make_shift(starts_at=shift.starts_at), waiting.volunteer)

    with pytest.raises(refusals.Overlap):
        approve(waiting=waiting, by=make_member(shift.organization), at=clock.now())

    waiting.refresh_from_db()
    assert waiting.status == "waiting"


def test_a_yes_where_no_seat_is_left_is_refused_and_may_become_a_place_in_line() -> None:
    shift = looked_at(seats=1)
    organizer = make_member(shift.organization)
    early, late = ask(shift), ask(shift)
    approve(waiting=early, by=organizer, at=clock.now())

    with pytest.raises(refusals.ShiftFull):
        approve(waiting=late, by=organizer, at=clock.now())
    approve_for_line(waiting=late, by=organizer, at=clock.now())

    late.refresh_from_db()
    assert (late.kind, late.status) == ("seat", "waiting")
    assert "approval_for_line" in kinds_to(late.volunteer.user)


def test_a_place_in_line_counts_from_the_request() -> None:
    shift = looked_at(seats=1)
    asked = ask(shift)
    make_assignment(shift)
    later = make_waiting(role_of(shift))

    approve_for_line(waiting=asked, by=make_member(shift.organization), at=clock.now())

    line = Waiting.objects.filter(role=role_of(shift), kind="seat").in_line()
    assert [place.pk for place in line] == [asked.pk, later.pk]


def test_a_yes_for_the_line_while_a_seat_is_free_holds_it_at_once() -> None:
    shift = looked_at(seats=1)
    asked = ask(shift)

    approve_for_line(waiting=asked, by=make_member(shift.organization), at=clock.now())

    asked.refresh_from_db()
    assert asked.status == "offered"
    assert role_of(shift).seats_held == 1


def test_a_no_needs_a_reason_which_reaches_the_person() -> None:
    shift = looked_at()
    waiting = ask(shift)
    organizer = make_member(shift.organization)

    with pytest.raises(ReasonMissing):
        refuse_request(waiting=waiting, by=organizer, at=clock.now(), reason=" ")
    refuse_request(waiting=waiting, by=organizer, at=clock.now(), reason="Only nurses this time.")

    waiting.refresh_from_db()
    assert (waiting.status, waiting.end_reason) == ("refused", "Only nurses this time.")
    message = Message.objects.get(recipient=waiting.volunteer.user, kind="approval_refused", channel="inbox")
    assert message.context["reason"] == "Only nurses this time."


def test_an_answer_is_given_once() -> None:
    shift = looked_at()
    organizer = make_member(shift.organization)
    waiting = ask(shift)
    take_back_request(waiting=waiting, by=waiting.volunteer.user, at=clock.now())

    for answer in (approve, approve_for_line):
        with pytest.raises(RequestOver):
            answer(waiting=waiting, by=organizer, at=clock.now())
    with pytest.raises(RequestOver):
        refuse_request(waiting=waiting, by=organizer, at=clock.now(), reason="Late.")

    assert role_of(shift).seats_taken == 0


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"party_most": 1}, refusals.PartyTooLarge),
        ({"opens_at": tomorrow_at(3)}, refusals.NotYetOpen),
        ({"closes_at": tomorrow_at(0, days=-1)}, refusals.SignUpClosed),
    ],
)
def test_the_other_rules_hold_for_asking(values: dict[str, Any], error: type[Exception]) -> None:
    shift = looked_at(**values)

    with pytest.raises(error):
        ask(shift, seats=2)


def test_nobody_asks_where_nobody_has_to_agree() -> None:
    with pytest.raises(NothingToAsk):
        ask(make_shift())


def test_nobody_asks_twice_or_at_length() -> None:
    shift = looked_at()
    volunteer = make_volunteer()
    ask(shift, volunteer)

    with pytest.raises(AlreadyAsked):
        ask(shift, volunteer)
    with pytest.raises(WordsTooLong):
        ask(shift, words="x" * 301)


def test_a_full_shift_without_a_list_takes_no_requests() -> None:
    shift = looked_at(seats=1, has_waiting_list=False)
    make_assignment(shift)

    with pytest.raises(refusals.ShiftFull):
        ask(shift)


def test_requests_of_a_shift_that_begins_are_closed_with_a_message() -> None:
    shift = looked_at()
    waiting = ask(shift)

    pass_on(at=shift.starts_at)

    waiting.refresh_from_db()
    assert waiting.status == "closed"
    message = Message.objects.get(recipient=waiting.volunteer.user, kind="approval_closed", channel="inbox")
    assert message.context["name"] == waiting.volunteer.user.name


def test_without_the_second_look_a_request_taken_back_would_get_a_seat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Blind:
        objects = type("All", (), {"filter": lambda self, **_: self, "exists": lambda self: True})()
        Status = Waiting.Status

    shift = looked_at()
    waiting = ask(shift)
    take_back_request(waiting=waiting, by=waiting.volunteer.user, at=clock.now())
    monkeypatch.setattr("tasks.actions.approvals.Waiting", Blind)

    approve(waiting=waiting, by=make_member(shift.organization), at=clock.now())

    assert role_of(shift).seats_taken == 1
