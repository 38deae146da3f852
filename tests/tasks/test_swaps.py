"""Two people exchange their seats."""

from datetime import date

import pytest

from core import clock
from notifications.models import Message
from tasks.actions.handovers import (
    HandoverNotAllowed,
    NotForTheOther,
    NothingInReturn,
    NotInReturn,
    UnequalParties,
)
from tasks.actions.refusals import Overlap
from tasks.models import Assignment
from tests.factories.accounts import make_user
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_role, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.tasks.passing import ask, holders, say_yes, taken, told

pytestmark = pytest.mark.django_db
AGREED_TO_MESSAGES = ("terms", "messages")


def test_two_swap_also_where_their_shifts_overlap() -> None:
    organization = make_organization()
    first = make_shift(organization=organization, starts_at=tomorrow_at(9), seats=1, seats_min=1)
    second = make_shift(organization=organization, starts_at=tomorrow_at(10), seats=1, seats_min=1)
    seat, back = make_assignment(first), make_assignment(second)

    handover = say_yes(ask(seat, kind="swap"), back.volunteer, in_return=back)

    assert (holders(first), holders(second)) == ([back.volunteer], [seat.volunteer])
    assert (taken(first), taken(second), handover.status) == (1, 1, "done")
    gave = {
        message.recipient: message.context["gave"]["en"]
        for message in Message.objects.filter(kind="handover_taken")
    }
    assert gave == {
        seat.volunteer.user: first.task.title,
        back.volunteer.user: second.task.title,
    }


def test_a_swap_within_a_shift_changes_the_roles() -> None:
    shift = make_shift()
    gate = make_role(shift, name="Gate")
    seat, back = make_assignment(shift), make_assignment(role=gate)

    say_yes(ask(seat, kind="swap"), back.volunteer, in_return=back)

    now = {each.volunteer: each.role for each in Assignment.objects.live()}
    assert now == {seat.volunteer: gate, back.volunteer: role_of(shift)}


def test_a_swap_that_suits_one_of_them_alone_changes_nothing() -> None:
    organization = make_organization()
    first = make_shift(organization=organization, starts_at=tomorrow_at(9))
    second = make_shift(organization=organization, starts_at=tomorrow_at(9, days=3))
    seat, back = make_assignment(first), make_assignment(second)
    # The holder has something else when the other seat is.
    make_assignment(make_shift(starts_at=tomorrow_at(10, days=3)), seat.volunteer)

    with pytest.raises(NotForTheOther):
        say_yes(ask(seat, kind="swap"), back.volunteer, in_return=back)

    assert (holders(first), holders(second)) == ([seat.volunteer], [back.volunteer])


def test_what_keeps_the_one_who_asked_from_a_seat_is_not_told_to_the_other() -> None:
    organization = make_organization()
    first = make_shift(organization=organization, starts_at=tomorrow_at(9))
    second = make_shift(organization=organization, starts_at=tomorrow_at(9, days=3), min_age=60)
    young = make_volunteer(user=make_user(name="Anna"), birth_on=date(1995, 5, 1))
    seat = make_assignment(first, young)
    back = make_assignment(second, make_volunteer(birth_on=date(1950, 5, 1)))

    with pytest.raises(NotForTheOther) as refused:
        say_yes(ask(seat, kind="swap"), back.volunteer, in_return=back)

    assert "60" not in refused.value.message


def test_a_taker_reads_what_keeps_themselves_from_the_seat() -> None:
    organization = make_organization()
    first = make_shift(organization=organization, starts_at=tomorrow_at(9))
    second = make_shift(organization=organization, starts_at=tomorrow_at(9, days=3))
    seat, back = make_assignment(first), make_assignment(second)
    make_assignment(make_shift(starts_at=tomorrow_at(10)), back.volunteer)

    with pytest.raises(Overlap):
        say_yes(ask(seat, kind="swap"), back.volunteer, in_return=back)


def test_a_swap_wants_a_seat_of_the_same_organization_that_is_ones_own() -> None:
    organization = make_organization()
    taker = make_volunteer()
    wanted_shift = make_shift(organization=organization, starts_at=tomorrow_at(9, days=4))
    make_assignment(wanted_shift)
    handover = ask(
        make_assignment(make_shift(organization=organization)), kind="swap", wanted_shift=wanted_shift
    )
    elsewhere = make_assignment(make_shift(starts_at=tomorrow_at(9, days=2)), taker)
    another = make_assignment(make_shift(organization=organization, starts_at=tomorrow_at(9, days=3)), taker)
    somebodys = make_assignment(make_shift(organization=organization, starts_at=tomorrow_at(9, days=5)))
    given_back = make_assignment(wanted_shift, taker, status="released")

    with pytest.raises(NothingInReturn):
        say_yes(handover, taker)
    for seat in (elsewhere, another, somebodys, given_back):
        with pytest.raises(NotInReturn):
            say_yes(handover, taker, in_return=seat)


def test_holders_of_the_wanted_shift_find_a_line_and_no_alert() -> None:
    organization = make_organization()
    wanted = make_shift(organization=organization, starts_at=tomorrow_at(9, days=2))
    one = make_assignment(wanted, make_volunteer(user=make_user(name="One", consents=AGREED_TO_MESSAGES)))
    handover = ask(make_assignment(make_shift(organization=organization)), kind="swap", wanted_shift=wanted)

    assert told("handover_asked") == [("One", "inbox")]
    assert say_yes(handover, one.volunteer, in_return=one).status == "done"


def test_a_swap_may_not_want_what_nobody_can_give() -> None:
    shift = make_shift()
    seat = make_assignment(shift)
    for wanted in (make_shift(), shift, make_shift(organization=shift.organization, starts_at=clock.now())):
        with pytest.raises(NotInReturn):
            ask(seat, kind="swap", wanted_shift=wanted)
    strict = make_shift(
        organization=shift.organization, handover_rule="none", starts_at=tomorrow_at(9, days=2)
    )
    with pytest.raises(HandoverNotAllowed):
        ask(seat, kind="swap", wanted_shift=strict)


def test_parties_are_swapped_with_parties_of_their_size() -> None:
    organization = make_organization()
    seat = make_assignment(make_shift(organization=organization), seats=2)
    back = make_assignment(make_shift(organization=organization, starts_at=tomorrow_at(9, days=2)))

    with pytest.raises(UnequalParties):
        say_yes(ask(seat, kind="swap"), back.volunteer, in_return=back)
