"""What went wrong, and questions to organizers."""

import pytest

from core import clock
from notifications.models import Message
from tasks.actions.attendance import (
    AlreadyHandled,
    TextMissing,
    TextTooLong,
    TooManyQuestions,
    TooManyReports,
    contact_organizer,
    handle_incident,
    report_incident,
)
from tasks.actions.seats import NotHolding
from tasks.models import Assignment
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member
from tests.factories.tasks import make_assignment, make_shift

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("is_urgent", "channels"), [(True, ["inbox", "sms"]), (False, ["inbox"])])
def test_those_who_lead_are_told_and_at_once_where_it_is_urgent(is_urgent: bool, channels: list[str]) -> None:
    shift = make_shift()
    owner = make_member(shift.organization, "owner")
    desk = make_member(shift.organization, "desk")

    report_incident(
        shift=shift, kind="injury", text=" A fall. ", is_urgent=is_urgent, by=desk, at=clock.now()
    )

    told = Message.objects.filter(kind="incident_reported")
    assert {message.recipient_id for message in told} == {owner.pk}
    assert sorted(message.channel for message in told) == channels
    assert {message.context["text"] for message in told} == {"A fall."}


def test_an_incident_is_dealt_with_once() -> None:
    shift, by = make_shift(), make_user()
    incident = report_incident(
        shift=shift, kind="other", text="A fall.", is_urgent=False, by=by, at=clock.now()
    )

    with pytest.raises(TextMissing) as raised:
        handle_incident(incident=incident, handling=" ", by=by, at=clock.now())
    assert raised.value.field == "handling"
    handle_incident(incident=incident, handling="Taken to a doctor.", by=by, at=clock.now())
    with pytest.raises(AlreadyHandled):
        handle_incident(incident=incident, handling="Again.", by=by, at=clock.now())


def ask(seat: Assignment, text: str = "May I come late?", **values: bool) -> int:
    return contact_organizer(assignment=seat, text=text, by=seat.volunteer.user, at=clock.now(), **values)


@pytest.mark.parametrize("share_phone", [True, False])
def test_a_question_goes_without_the_telephone_unless_the_volunteer_gives_it(share_phone: bool) -> None:
    seat = make_assignment()
    make_member(seat.shift.organization)
    make_member(seat.shift.organization, "desk")

    assert ask(seat, share_phone=share_phone) == 1

    [message] = Message.objects.filter(kind="contact", channel="inbox")
    phone = seat.volunteer.user.phone
    assert message.context["phone"] == (phone if share_phone else "")
    assert (phone in str(message.context)) == share_phone


def test_an_empty_or_endless_question_is_refused() -> None:
    seat = make_assignment()
    with pytest.raises(TextMissing):
        ask(seat, " ")
    with pytest.raises(TextTooLong):
        ask(seat, "x" * 1001)


def test_questions_have_an_hourly_limit() -> None:
    seat = make_assignment()
    for number in range(10):
        ask(seat, f"Question {number}")

    with pytest.raises(TooManyQuestions):
        ask(seat)


def test_many_reports_in_an_hour_are_refused() -> None:
    shift, by = make_shift(), make_user()
    report = {"shift": shift, "kind": "other", "is_urgent": False, "by": by, "at": clock.now()}
    for number in range(10):
        report_incident(text=f"Report {number}.", **report)  # type: ignore[arg-type]

    with pytest.raises(TooManyReports):
        report_incident(text="One more.", **report)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", ["released", "removed", "lapsed"])
def test_who_has_no_seat_any_more_does_not_write(status: str) -> None:
    seat = make_assignment(status=status)

    with pytest.raises(NotHolding):
        contact_organizer(assignment=seat, text="A question.", by=seat.volunteer.user, at=clock.now())
