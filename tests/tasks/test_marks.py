"""Who did not come and who came late: noted by a person, seen by the person, decided on by somebody else."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from tasks import policies
from tasks.actions.attendance import TextMissing, TextTooLong
from tasks.actions.marks import (
    AlreadyMarked,
    AlreadyWithdrawn,
    AppealedAlready,
    AppealTooLate,
    CameAfterAll,
    NotDecider,
    NothingToDecide,
    NotMarkable,
    NotMarker,
    NotYourMark,
    WasNotLate,
    appeal,
    decide_appeal,
    mark,
    withdraw_mark,
)
from tasks.actions.reasons import ReasonMissing
from tasks.models import Assignment, Mark
from tasks.permissions.marks import can_decide_mark
from tasks.queries.asking import candidates
from tasks.queries.marks import proposals
from tasks.queries.seats import seat_facts
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_official
from tests.factories.tasks import make_assignment, make_check, make_record, make_shift, role_of
from tests.factories.volunteers import make_volunteer
from tests.tasks.conftest import Statements

pytestmark = pytest.mark.django_db

NOW = clock.now()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = NOW - 5 * HOUR
END = START + 3 * HOUR


def missed(**fields: Any) -> Assignment:
    """A seat in a shift that ended two hours ago, to which nobody came."""
    return make_assignment(make_shift(starts_at=START, hours=3), created_at=START - DAY, **fields)


def organizer_of(seat: Assignment) -> Any:
    return make_member(seat.shift.organization)


def noted(seat: Assignment | None = None) -> Mark:
    seat = seat or missed()
    return mark(assignment=seat, kind="no-show", by=organizer_of(seat), at=NOW)


def kinds() -> list[str]:
    return list(Message.objects.filter(channel="inbox").order_by("pk").values_list("kind", flat=True))


def test_the_person_is_told_at_once_with_the_way_to_object() -> None:
    found = noted()

    message = Message.objects.get(channel="inbox")
    assert (message.kind, message.recipient) == ("mark_noted", found.volunteer.user)
    assert message.context["url"] == f"/me/marks/{found.code}/"
    assert AuditRecord.objects.get(verb="mark.noted").actor_id == found.marked_by_id


def test_how_late_somebody_came_is_what_the_arrival_says() -> None:
    seat = missed()
    make_check(seat, at=START + timedelta(minutes=40, seconds=30))

    found = mark(assignment=seat, kind="late", by=organizer_of(seat), at=NOW)

    assert found.minutes_late == 40


@pytest.mark.parametrize("arrived", [None, 0, 15])
def test_a_quarter_of_an_hour_is_nothing(arrived: int | None) -> None:
    seat = missed()
    if arrived is not None:
        make_check(seat, at=START + arrived * MINUTE)

    with pytest.raises(WasNotLate):
        mark(assignment=seat, kind="late", by=organizer_of(seat), at=NOW)


def test_whoever_checked_in_came() -> None:
    seat = missed()
    make_check(seat)
    confirmed = missed()
    make_record(confirmed)

    for each in (seat, confirmed):
        with pytest.raises(CameAfterAll):
            mark(assignment=each, kind="no-show", by=organizer_of(each), at=NOW)


@pytest.mark.parametrize("at", [START + HOUR, END + 29 * MINUTE, END + 14 * DAY + MINUTE])
def test_it_is_noted_after_the_shift_and_not_much_later(at: Any) -> None:
    seat = missed()

    with pytest.raises(NotMarkable):
        mark(assignment=seat, kind="no-show", by=organizer_of(seat), at=at)


def test_a_seat_that_was_given_back_is_no_no_show() -> None:
    seat = missed(status="released")

    with pytest.raises(NotMarkable):
        mark(assignment=seat, kind="no-show", by=organizer_of(seat), at=NOW)


def test_only_organizers_note_it_and_nobody_of_themselves() -> None:
    seat = missed()
    own = make_volunteer()
    make_member(seat.shift.organization, "organizer", own.user)
    of_their_own = make_assignment(seat.shift, own)

    for by in (make_member(seat.shift.organization, "desk"), make_user(), make_official(seat.shift.area)):
        with pytest.raises(NotMarker):
            mark(assignment=seat, kind="no-show", by=by, at=NOW)
    with pytest.raises(NotMarker):
        mark(assignment=of_their_own, kind="no-show", by=own.user, at=NOW)


def test_it_is_noted_once() -> None:
    seat = missed()
    noted(seat)

    with pytest.raises(AlreadyMarked):
        noted(seat)
    other = missed()
    with pytest.raises(TextTooLong):
        mark(assignment=other, kind="no-show", by=organizer_of(other), at=NOW, note="x" * 301)


def test_what_was_taken_back_does_not_count_and_is_explained() -> None:
    found = noted()

    with pytest.raises(ReasonMissing):
        withdraw_mark(mark=found, by=found.marked_by, at=NOW, reason="")
    withdraw_mark(mark=found, by=found.marked_by, at=NOW, reason="Wrong person.")

    assert not Mark.objects.standing().exists()
    assert kinds() == ["mark_noted", "mark_decided"]
    with pytest.raises(AlreadyWithdrawn):
        withdraw_mark(mark=found, by=found.marked_by, at=NOW, reason="Again.")


def test_only_organizers_take_it_back() -> None:
    found = noted()

    with pytest.raises(NotMarker):
        withdraw_mark(mark=found, by=make_user(), at=NOW, reason="A reason.")


def test_the_volunteer_objects_and_another_organizer_hears_of_it() -> None:
    found = noted()
    other = organizer_of(found.assignment)

    said = appeal(mark=found, by=found.volunteer.user, at=NOW, words=" I was there. ")

    assert (said.status, said.appeal) == ("appealed", "I was there.")
    told = Message.objects.get(kind="mark_appealed", channel="inbox")
    assert told.recipient == other
    assert told.context["url"] == f"/org/{found.organization.code}/marks/{found.code}/"


def test_where_there_is_no_other_organizer_the_officials_hear_of_it() -> None:
    found = noted()
    area = found.assignment.shift.area
    official = make_official(area)

    appeal(mark=found, by=found.volunteer.user, at=NOW, words="I was there.")

    told = Message.objects.get(kind="mark_appealed", channel="inbox")
    assert told.recipient == official
    assert told.context["url"] == f"/area/{area.code}/marks/{found.code}/"


def test_nobody_else_objects() -> None:
    found = noted()

    with pytest.raises(NotYourMark):
        appeal(mark=found, by=make_user(), at=NOW, words="I saw them.")


def test_an_objection_has_words_comes_once_and_in_time() -> None:
    found = noted()
    person = found.volunteer.user

    with pytest.raises(TextMissing):
        appeal(mark=found, by=person, at=NOW, words=" ")
    with pytest.raises(TextTooLong):
        appeal(mark=found, by=person, at=NOW, words="x" * 1001)
    with pytest.raises(AppealTooLate):
        appeal(mark=found, by=person, at=NOW + 14 * DAY + MINUTE, words="I was there.")
    appeal(mark=found, by=person, at=NOW + 14 * DAY, words="I was there.")
    with pytest.raises(AppealedAlready):
        appeal(mark=found, by=person, at=NOW + 14 * DAY, words="Again.")


@pytest.mark.parametrize(("uphold", "status"), [(True, "upheld"), (False, "lifted")])
def test_somebody_else_decides_and_says_why(uphold: bool, status: str) -> None:
    found = noted()
    other = organizer_of(found.assignment)
    appeal(mark=found, by=found.volunteer.user, at=NOW, words="I was there.")

    with pytest.raises(NotDecider):
        decide_appeal(mark=found, uphold=uphold, by=found.marked_by, at=NOW, reason="I know.")
    with pytest.raises(ReasonMissing):
        decide_appeal(mark=found, uphold=uphold, by=other, at=NOW, reason="")
    decided = decide_appeal(mark=found, uphold=uphold, by=other, at=NOW, reason="The photo shows it.")

    assert decided.status == status
    assert Mark.objects.standing().exists() is uphold
    assert Message.objects.filter(kind="mark_decided", channel="inbox").count() == 1
    with pytest.raises(NothingToDecide):
        decide_appeal(mark=found, uphold=uphold, by=other, at=NOW, reason="Again.")


def test_an_official_decides_only_where_no_other_organizer_can() -> None:
    found = noted()
    official = make_official(found.assignment.shift.area)
    elsewhere = make_official(make_shift().area)

    assert can_decide_mark(official, found)
    assert not can_decide_mark(elsewhere, found)
    assert not can_decide_mark(make_member(found.organization, "desk"), found)
    assert not can_decide_mark(found.volunteer.user, found)
    other = organizer_of(found.assignment)
    assert can_decide_mark(other, found)
    assert not can_decide_mark(official, found)


def test_pages_propose_who_did_not_come_and_who_came_late() -> None:
    absent = missed()
    organization = absent.shift.organization
    late = make_assignment(absent.shift)
    make_check(late, at=START + 20 * MINUTE)
    in_time = make_assignment(absent.shift)
    make_check(in_time, at=START + 15 * MINUTE)
    make_assignment(absent.shift, status="released")

    found = {(one.seat, one.kind, one.minutes) for one in proposals(organization, NOW)}

    assert found == {(absent, "no-show", None), (late, "late", 20)}
    assert proposals(organization, END + 29 * MINUTE) == []
    assert proposals(organization, END + 15 * DAY) == []
    noted(absent)
    withdraw_mark(mark=Mark.objects.get(), by=organizer_of(absent), at=NOW, reason="A mistake.")
    assert [one.kind for one in proposals(organization, NOW)] == ["late"]


def test_proposals_take_one_statement_for_one_and_for_many(statements: Statements) -> None:
    seat = missed()
    with statements() as for_one:
        proposals(seat.shift.organization, NOW)
    for _ in range(3):
        make_assignment(seat.shift)
    with statements() as for_four:
        assert len(proposals(seat.shift.organization, NOW)) == 4

    assert len(for_one) == len(for_four) == 1


@pytest.mark.parametrize(
    ("status", "chance"),
    [("noted", 3 / 7), ("upheld", 3 / 7), ("appealed", 0.6), ("lifted", 0.6), ("withdrawn", 0.6)],
)
def test_a_standing_no_show_counts_as_two_no(status: str, chance: float) -> None:
    found = noted()
    decided = status in ("upheld", "lifted", "withdrawn")
    Mark.objects.filter(pk=found.pk).update(
        status=status,
        appeal="" if status in ("noted", "withdrawn") else "I was there.",
        appealed_at=None if status in ("noted", "withdrawn") else NOW,
        decided_at=NOW if decided else None,
        decided_by=organizer_of(found.assignment) if decided else None,
        decision="A reason." if decided else "",
    )
    role = role_of(make_shift(area=found.assignment.shift.area))
    seat = seat_facts(role, is_stopped=False)

    (candidate,) = candidates(role, seat, [found.volunteer_id], at=NOW + MINUTE).values()

    assert candidate.likelihood(did_before=False) == pytest.approx(chance)


def test_coming_late_lowers_nothing() -> None:
    assert policies.likelihood(asked=1, accepted=1) == pytest.approx(4 / 6)
    assert policies.likelihood(asked=1, accepted=1, no_shows=1) == 0.5
