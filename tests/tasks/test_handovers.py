"""Passing a seat on: who may, what is checked, what changes and what stays, who is told."""

from datetime import timedelta

import pytest

from core import clock
from core.errors import DomainError
from core.models import AuditRecord
from notifications.models import Message
from tasks.actions.handovers import (
    AlreadyPassing,
    HandoverNotAllowed,
    HandoverOver,
    NotForYourself,
    NotYourHandover,
    TooLateToPass,
    TooManyAsked,
    UnequalParties,
    agree,
    approve_handover,
    decline_handover,
    expire_handovers,
    refuse_handover,
    withdraw_handover,
)
from tasks.actions.reasons import ReasonMissing
from tasks.actions.refusals import NeedsRest, NotEligible, Overlap, TooYoung
from tasks.actions.seats import AlreadyHere, NotHolding, release
from tasks.models import Assignment, Shift
from tests.factories.accounts import make_user
from tests.factories.handovers import make_handover
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_assignment, make_check, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_capability, make_volunteer
from tests.factories.waiting import make_waiting
from tests.tasks.conftest import Statements
from tests.tasks.passing import ask, holders, read, say_yes, taken, told
from volunteers.models import Proxy

pytestmark = pytest.mark.django_db
AGREED_TO_MESSAGES = ("terms", "messages")


def test_a_full_shift_changes_hands_and_its_counters_stay() -> None:
    shift = make_shift(seats=2, seats_min=2)
    seat, other, taker = make_assignment(shift), make_assignment(shift), make_volunteer()

    handover = say_yes(ask(seat), taker)

    seat.refresh_from_db()
    assert (seat.status, handover.status, taken(shift)) == ("handed-on", "done", 2)
    assert holders(shift) == [other.volunteer, taker]
    assert AuditRecord.objects.filter(verb="seat.handed_on", subject_id=seat.pk).count() == 1


def test_both_people_and_the_organizers_are_told() -> None:
    organization = make_organization()
    make_member(organization, "organizer", make_user(name="Organizer"))
    seat = make_assignment(
        make_shift(organization=organization), make_volunteer(user=make_user(name="Holder"))
    )
    taker = make_volunteer(user=make_user(name="Taker"))

    say_yes(ask(seat), taker)

    assert told("handover_passed") == [("Holder", "inbox"), ("Holder", "sms")]
    assert told("handover_taken") == [("Taker", "inbox"), ("Taker", "sms")]
    # The seat was never empty: a line in the inbox is enough.
    assert told("handover_told") == [("Organizer", "inbox")]


def test_the_holder_keeps_the_seat_until_somebody_has_taken_it() -> None:
    seat = make_assignment()

    ask(seat)

    seat.refresh_from_db()
    assert seat.status == "active"
    assert told("handover_sought") == []


def test_somebody_named_is_asked_and_nobody_else_may_take_it() -> None:
    seat = make_assignment()
    wanted = make_volunteer(user=make_user(name="Wanted", consents=AGREED_TO_MESSAGES))
    handover = ask(seat, wanted=wanted, words=" My mother is ill. ")

    with pytest.raises(NotYourHandover):
        say_yes(handover, make_volunteer())
    assert told("handover_asked") == [("Wanted", "inbox"), ("Wanted", "sms")]
    assert handover.words == "My mother is ill."
    assert say_yes(handover, wanted).status == "done"


def test_whoever_wants_no_messages_about_needs_gets_none() -> None:
    wanted = make_volunteer(user=make_user(consents=("terms",)))

    ask(make_assignment(), wanted=wanted)

    assert set(Message.objects.filter(recipient=wanted.user).values_list("status", flat=True)) == {"withheld"}


@pytest.mark.parametrize(("minutes_before", "works"), [(30, True), (1, True), (0, False), (-5, False)])
def test_a_seat_is_passed_on_until_the_start_also_when_it_is_too_late_to_step_back(
    minutes_before: int, works: bool
) -> None:
    starts_at = tomorrow_at(9)
    organization = make_organization()
    make_member(organization, "organizer", make_user(name="Organizer"))
    shift = make_shift(
        organization=organization, starts_at=starts_at, release_notice_minutes=120, seats_min=1, seats=1
    )
    seat = make_assignment(shift)
    at = starts_at - timedelta(minutes=minutes_before)

    if works:
        handover = ask(seat, at=at)
        agree(handover=read(handover), by=make_volunteer().user, at=at)
        # Too late to step back: those who run the shift hear that somebody is looked for.
        assert told("handover_sought") == [("Organizer", "inbox"), ("Organizer", "sms")]
        assert Message.objects.filter(kind="handover_sought")[0].context["is_short"] is True
    else:
        with pytest.raises(TooLateToPass):
            ask(seat, at=at)


def test_windows_and_notice_do_not_hold_for_whoever_comes_instead() -> None:
    now = clock.now()
    shift = make_shift(
        opens_at=now + timedelta(hours=2),
        closes_at=now - timedelta(hours=1),
        notice_minutes=20_000,
        needs_approval=True,
    )

    assert say_yes(ask(make_assignment(shift)), make_volunteer()).status == "done"


def test_what_a_sign_up_asks_of_a_person_holds() -> None:
    licence = make_capability()
    shift = make_shift(requirements=[licence], min_age=18, starts_at=tomorrow_at(9))
    handover = ask(make_assignment(shift))
    busy = make_volunteer(capabilities=[licence], birth_on=clock.today().replace(year=1990))
    make_assignment(make_shift(starts_at=tomorrow_at(11)), busy)
    tired = make_volunteer(capabilities=[licence], birth_on=clock.today().replace(year=1990))
    make_assignment(make_shift(starts_at=tomorrow_at(14)), tired)
    young = make_volunteer(birth_on=clock.today().replace(year=clock.today().year - 15))
    plain = make_volunteer(birth_on=clock.today().replace(year=1990))

    for person, refusal in ((busy, Overlap), (tired, NeedsRest), (young, TooYoung), (plain, NotEligible)):
        with pytest.raises(refusal):
            say_yes(handover, person)

    handover.refresh_from_db()
    assert (handover.status, handover.taker_id, taken(shift)) == ("open", None, 1)


def test_the_rule_of_the_shift_decides() -> None:
    with pytest.raises(HandoverNotAllowed):
        ask(make_assignment(make_shift(handover_rule="none")))

    shift = make_shift()
    handover = ask(make_assignment(shift))
    Shift.objects.filter(pk=shift.pk).update(handover_rule="none")
    with pytest.raises(HandoverNotAllowed):
        say_yes(handover, make_volunteer())


def test_an_organizer_agrees_first_where_the_shift_wants_that() -> None:
    organization = make_organization()
    organizer = make_member(organization, "organizer", make_user(name="Organizer"))
    shift = make_shift(organization=organization, handover_rule="approve")
    seat, taker = make_assignment(shift), make_volunteer()

    handover = say_yes(ask(seat), taker)

    assert (handover.status, holders(shift)) == ("agreed", [seat.volunteer])
    assert told("handover_waiting") == [("Organizer", "inbox"), ("Organizer", "sms")]
    assert len(told("handover_agreed")) == 2

    approve_handover(handover=read(handover), by=organizer, at=clock.now())

    handover.refresh_from_db()
    assert (handover.status, handover.decided_by, holders(shift)) == ("done", organizer, [taker])
    assert taken(shift) == 1


def test_an_organizers_no_says_why_to_both() -> None:
    organization = make_organization()
    organizer = make_member(organization)
    seat = make_assignment(make_shift(organization=organization, handover_rule="approve"))
    taker = make_volunteer()
    handover = say_yes(ask(seat), taker)

    with pytest.raises(ReasonMissing):
        refuse_handover(handover=read(handover), by=organizer, at=clock.now(), reason=" ")
    refuse_handover(handover=read(handover), by=organizer, at=clock.now(), reason="The post needs a licence.")

    messages = Message.objects.filter(kind="handover_over", channel="inbox")
    assert {message.recipient for message in messages} == {seat.volunteer.user, taker.user}
    assert {message.context["reason"] for message in messages} == {"The post needs a licence."}
    assert holders(seat.shift) == [seat.volunteer]


def test_only_those_who_lead_decide() -> None:
    organization = make_organization()
    seat = make_assignment(make_shift(organization=organization, handover_rule="approve"))
    taker = make_volunteer()
    handover = say_yes(ask(seat), taker)

    for person in (
        seat.volunteer.user,
        taker.user,
        make_member(organization, "desk"),
        make_member(make_organization()),
    ):
        with pytest.raises(NotYourHandover):
            approve_handover(handover=read(handover), by=person, at=clock.now())
        with pytest.raises(NotYourHandover):
            refuse_handover(handover=read(handover), by=person, at=clock.now(), reason="No.")


def test_an_agreement_that_could_not_be_carried_out_asks_no_organizer() -> None:
    shift = make_shift(handover_rule="approve", starts_at=tomorrow_at(9))
    handover = ask(make_assignment(shift))
    busy = make_volunteer()
    make_assignment(make_shift(starts_at=tomorrow_at(10)), busy)

    with pytest.raises(Overlap):
        say_yes(handover, busy)

    assert Message.objects.filter(kind="handover_waiting").count() == 0
    handover.refresh_from_db()
    assert handover.status == "open"


def test_what_was_agreed_is_weighed_again_when_it_is_approved() -> None:
    organization = make_organization()
    organizer = make_member(organization)
    shift = make_shift(organization=organization, handover_rule="approve", starts_at=tomorrow_at(9))
    seat, taker = make_assignment(shift), make_volunteer()
    handover = say_yes(ask(seat), taker)
    make_assignment(make_shift(starts_at=tomorrow_at(10)), taker)

    with pytest.raises(Overlap):
        approve_handover(handover=read(handover), by=organizer, at=clock.now())

    handover.refresh_from_db()
    assert (handover.status, holders(shift)) == ("agreed", [seat.volunteer])


def test_a_party_goes_on_as_a_whole_with_the_places_that_it_keeps() -> None:
    seat = make_assignment(seats=3, join_code="7KQ3MWXA")
    taker = make_volunteer()

    say_yes(ask(seat), taker)

    new = Assignment.objects.live().get(shift=seat.shift)
    seat.refresh_from_db()
    assert (new.volunteer, new.seats, new.join_code, seat.join_code) == (taker, 3, "7KQ3MWXA", None)
    assert taken(seat.shift) == 3


def test_a_seat_is_offered_once_at_a_time() -> None:
    seat = make_assignment()
    ask(seat)

    with pytest.raises(AlreadyPassing):
        ask(seat)


def test_who_has_no_seat_cannot_pass_one_on() -> None:
    seat = make_assignment()
    with pytest.raises(NotYourHandover):
        ask(seat, by=make_user())
    with pytest.raises(NotYourHandover):
        ask(seat, by=make_member(seat.shift.organization))
    with pytest.raises(NotForYourself):
        ask(seat, wanted=seat.volunteer)
    release(assignment=seat, by=seat.volunteer.user, at=clock.now())
    with pytest.raises(NotHolding):
        ask(seat)


def test_somebody_who_is_there_stays() -> None:
    seat, other = make_assignment(), make_assignment()
    handover = ask(other)
    make_check(seat)
    make_check(other)

    with pytest.raises(AlreadyHere):
        ask(seat)
    with pytest.raises(AlreadyHere):
        say_yes(handover, make_volunteer())


def test_somebody_who_acts_for_another_asks_and_agrees_for_them() -> None:
    seat, taker = make_assignment(), make_volunteer()
    helper = make_user()
    for person in (seat.volunteer, taker):
        Proxy.objects.create(volunteer=person, user=helper, consent="said so", granted_at=clock.now())

    handover = ask(seat, by=helper)
    with pytest.raises(NotYourHandover):
        agree(handover=read(handover), by=make_user(), at=clock.now(), volunteer=taker)
    agree(handover=read(handover), by=helper, at=clock.now(), volunteer=taker)

    assert holders(seat.shift) == [taker]


def test_a_taker_who_waited_in_line_waits_no_more_and_what_was_held_goes_to_the_next() -> None:
    shift = make_shift(seats=2, seats_min=1)
    seat = make_assignment(shift)
    role = role_of(shift)
    taker, following = make_volunteer(), make_volunteer()
    held = make_waiting(role, taker, status="offered")
    place = make_waiting(role, following)

    say_yes(ask(seat), taker)

    held.refresh_from_db()
    place.refresh_from_db()
    role.refresh_from_db()
    assert (held.status, place.status) == ("taken", "offered")
    assert (role.seats_taken, role.seats_held) == (1, 1)


def test_the_holder_may_come_after_all() -> None:
    organization = make_organization()
    shift = make_shift(organization=organization, handover_rule="approve")
    seat, taker = make_assignment(shift), make_volunteer()
    handover = say_yes(ask(seat), taker)

    with pytest.raises(NotYourHandover):
        withdraw_handover(handover=read(handover), by=taker.user, at=clock.now())
    withdraw_handover(handover=read(handover), by=seat.volunteer.user, at=clock.now())

    assert Message.objects.get(kind="handover_over", channel="inbox").recipient == taker.user
    with pytest.raises(HandoverOver):
        approve_handover(handover=handover, by=make_member(organization), at=clock.now())
    assert ask(seat).status == "open"


def test_a_no_reaches_the_holder_and_ends_what_was_asked_of_one_person() -> None:
    seat, wanted = make_assignment(), make_volunteer()
    handover = ask(seat, wanted=wanted)

    with pytest.raises(NotYourHandover):
        decline_handover(handover=read(handover), by=make_volunteer().user, at=clock.now())
    decline_handover(handover=read(handover), by=wanted.user, at=clock.now())

    handover.refresh_from_db()
    assert handover.status == "declined"
    message = Message.objects.get(kind="handover_over", channel="inbox")
    assert (message.recipient, message.context["what"]) == (seat.volunteer.user, "declined")


def test_a_yes_that_is_taken_back_leaves_the_link_open() -> None:
    shift = make_shift(handover_rule="approve")
    taker = make_volunteer()
    handover = say_yes(ask(make_assignment(shift)), taker)

    decline_handover(handover=read(handover), by=taker.user, at=clock.now())

    handover.refresh_from_db()
    assert (handover.status, handover.taker, handover.agreed_at) == ("open", None, None)
    assert say_yes(handover, make_volunteer()).status == "agreed"


def test_at_the_start_it_ends_and_the_holder_reads_that_nobody_came() -> None:
    seat = make_assignment()
    handover = make_handover(seat)
    later = make_handover(make_assignment(make_shift(starts_at=tomorrow_at(9, days=3))))
    at = seat.shift.starts_at
    assert at is not None

    assert expire_handovers(at=at) == 1
    assert expire_handovers(at=at) == 0

    handover.refresh_from_db()
    later.refresh_from_db()
    assert (handover.status, later.status) == ("expired", "open")
    assert told("handover_over") == [(seat.volunteer.user.name, "inbox")]
    with pytest.raises(HandoverOver):
        agree(handover=read(handover), by=make_volunteer().user, at=at)


def test_a_seat_that_is_gone_is_passed_on_no_more_and_whoever_agreed_hears_of_it() -> None:
    shift = make_shift(handover_rule="approve")
    seat, taker = make_assignment(shift), make_volunteer()
    handover = say_yes(ask(seat), taker)
    release(assignment=seat, by=seat.volunteer.user, at=clock.now())

    with pytest.raises(HandoverOver):
        say_yes(handover, make_volunteer())
    assert expire_handovers(at=clock.now()) == 1

    handover.refresh_from_db()
    assert handover.status == "withdrawn"
    assert Message.objects.get(kind="handover_over", channel="inbox").recipient == taker.user


def test_nobody_is_pestered() -> None:
    holder = make_volunteer()
    seats = [make_assignment(make_shift(starts_at=tomorrow_at(9, days=day + 1)), holder) for day in range(11)]

    for seat in seats[:10]:
        ask(seat, by=holder.user)
    with pytest.raises(TooManyAsked):
        ask(seats[10], by=holder.user)


@pytest.mark.parametrize("kind", ["stand-in", "swap"])
def test_passing_on_takes_a_fixed_number_of_statements(statements: Statements, kind: str) -> None:
    organization = make_organization()
    seat = make_assignment(make_shift(organization=organization))
    back = make_assignment(make_shift(organization=organization, starts_at=tomorrow_at(9, days=2)))
    handover = read(ask(seat, kind=kind))
    in_return = back if kind == "swap" else None

    with statements() as seen:
        agree(
            handover=handover,
            by=back.volunteer.user,
            at=clock.now(),
            volunteer=back.volunteer,
            in_return=in_return,
        )

    assert len(seen) == (14 if kind == "stand-in" else 19)


def test_every_refusal_has_a_code_of_its_own_sentence() -> None:
    for error in (HandoverNotAllowed, AlreadyPassing, HandoverOver, NotYourHandover, UnequalParties):
        assert issubclass(error, DomainError)
        assert str(error.text)
