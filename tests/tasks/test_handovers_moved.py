"""Passing a seat on while its shift is moved."""

from datetime import timedelta

import pytest

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from notifications.rendering.letters import letter_of
from notifications.rendering.outside import plain
from tasks.actions.handovers import HandoverOver, approve_handover
from tasks.actions.shifts import edit_shift
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_assignment, make_shift, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.tasks.passing import ask, holders, read, say_yes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("elsewhere", [False, True])
def test_whoever_agreed_is_asked_again_where_the_shift_is_moved(elsewhere: bool) -> None:
    organization = make_organization()
    organizer = make_member(organization)
    shift = make_shift(organization=organization, handover_rule="approve", starts_at=tomorrow_at(9, days=3))
    seat, taker = make_assignment(shift), make_volunteer()
    handover = say_yes(ask(seat), taker)
    then = tomorrow_at(13, days=3)
    changes = (
        {"place": "West gate"} if elsewhere else {"starts_at": then, "ends_at": then + timedelta(hours=3)}
    )

    edit_shift(shift=shift, changes=changes, by=organizer, at=clock.now())

    handover.refresh_from_db()
    assert (handover.status, handover.taker, handover.agreed_at) == ("open", None, None)
    assert handover.expires_at == (shift.starts_at if elsewhere else then)
    told = Message.objects.filter(kind="handover_over", channel="inbox")
    assert {(message.recipient, message.context["what"]) for message in told} == {
        (seat.volunteer.user, "moved"),
        (taker.user, "moved"),
    }
    assert {message.context["url"] for message in told} == {f"/me/handovers/{handover.code}/"}
    assert AuditRecord.objects.get(verb="handover.opened_again").actor_id == organizer.pk
    with pytest.raises(HandoverOver):
        approve_handover(handover=read(handover), by=organizer, at=clock.now())
    assert holders(shift) == [seat.volunteer]
    assert say_yes(handover, taker).status == "agreed"


def test_the_letter_says_that_the_shift_has_changed() -> None:
    shift = make_shift(handover_rule="approve")
    seat, taker = make_assignment(shift), make_volunteer()
    say_yes(ask(seat), taker)

    edit_shift(
        shift=shift, changes={"place": "West gate"}, by=make_member(shift.organization), at=clock.now()
    )

    message = Message.objects.get(kind="handover_over", channel="inbox", recipient=taker.user)
    said = plain(letter_of(message))
    assert "请再答应一次" in said
    assert "你答应以后，这一班改了。" in said


def test_another_contact_leaves_what_was_agreed() -> None:
    shift = make_shift(handover_rule="approve")
    handover = say_yes(ask(make_assignment(shift)), make_volunteer())

    edit_shift(
        shift=shift, changes={"contact_name": "Lin"}, by=make_member(shift.organization), at=clock.now()
    )

    handover.refresh_from_db()
    assert handover.status == "agreed"
