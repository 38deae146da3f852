"""Several seats under one sign-up, and those who take one of them in their own name."""

from typing import Any

import pytest

from core import clock
from notifications.models import Message
from tasks.actions import refusals
from tasks.actions.parties import (
    NoPartyToReturnTo,
    NoSuchParty,
    NotFewer,
    PartyFull,
    claim_place,
    leave_party,
    shrink_party,
)
from tasks.actions.seats import AlreadyHere, TooLateToRelease, release, sign_up
from tasks.models import Assignment, Offer, Shift, Waiting
from tests.factories.tasks import make_assignment, make_check, make_offer, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_waiting
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


def party(shift: Shift | None = None, seats: int = 3) -> Assignment:
    leader = make_volunteer()
    return sign_up(role=role_of(shift or make_shift()), by=leader.user, at=clock.now(), seats=seats)


def claim(kept: Assignment, volunteer: Volunteer | None = None, **values: Any) -> Assignment:
    volunteer = volunteer or make_volunteer()
    return claim_place(join_code=kept.join_code or "", **{"by": volunteer.user, "at": clock.now(), **values})


def seats_left(kept: Assignment) -> int:
    return Assignment.objects.get(pk=kept.pk).seats


def test_a_party_has_a_code_and_a_single_seat_has_none() -> None:
    assert party().join_code
    assert party(seats=1).join_code is None


def test_a_place_moves_to_the_person_and_the_counters_stay() -> None:
    kept = party()

    place = claim(kept)

    assert (place.seats, place.came_with, place.join_code) == (1, kept, None)
    assert seats_left(kept) == 2
    assert role_of(kept.shift).seats_taken == 3
    assert Message.objects.filter(event=f"seat:{place.code}:taken", recipient=place.volunteer.user).exists()
    assert Message.objects.filter(kind="party_joined", recipient=kept.volunteer.user).exists()


def test_the_code_is_read_as_people_type_it() -> None:
    kept = party()
    code = kept.join_code or ""

    place = claim_place(
        join_code=f" {code[:4].lower()}-{code[4:].lower()} ", by=make_volunteer().user, at=clock.now()
    )

    assert place.came_with == kept


def test_the_holder_keeps_the_last_seat() -> None:
    kept = party(seats=2)
    claim(kept)

    with pytest.raises(PartyFull):
        claim(kept)


def test_the_rules_of_a_sign_up_hold_for_whoever_comes_along() -> None:
    shift = make_shift(min_age=18)
    kept = make_assignment(shift, seats=3, join_code="PARTY234")
    busy = make_volunteer()
    make_assignment(make_shift(starts_at=shift.starts_at), busy)

    with pytest.raises(refusals.Overlap):
        claim(make_assignment(make_shift(starts_at=shift.starts_at), seats=2, join_code="PARTY235"), busy)
    with pytest.raises(refusals.BirthdayNeeded):
        claim(kept)
    with pytest.raises(refusals.AlreadySignedUp):
        claim(kept, kept.volunteer)

    assert seats_left(kept) == 3


def test_who_may_not_come_yet_does_not_come_by_a_party_either() -> None:
    shift = make_shift(opens_at=tomorrow_at(1))
    kept = make_assignment(shift, seats=2, join_code="PARTY236")

    with pytest.raises(refusals.NotYetOpen):
        claim(kept)


def test_the_end_of_sign_up_and_a_full_shift_do_not_keep_companions_out() -> None:
    shift = make_shift(seats=3, closes_at=tomorrow_at(0, days=0), needs_approval=True)
    kept = make_assignment(shift, seats=3, join_code="PARTY237")

    claim(kept)

    assert seats_left(kept) == 2


def test_an_unknown_code_names_nobody() -> None:
    for code in ("", "NOTHERE2"):
        with pytest.raises(NoSuchParty):
            claim_place(join_code=code, by=make_volunteer().user, at=clock.now())


def test_whoever_waited_in_line_or_was_asked_has_the_seat_now() -> None:
    shift = make_shift(seats=3)
    kept = party(shift)
    volunteer = make_volunteer()
    waiting = make_waiting(role_of(shift), volunteer)
    offer = make_offer(role_of(shift), volunteer)

    place = claim(kept, volunteer)

    waiting.refresh_from_db()
    offer.refresh_from_db()
    assert (waiting.status, waiting.assignment) == (Waiting.Status.TAKEN, place)
    assert offer.status == Offer.Status.ACCEPTED


def test_a_place_goes_back_to_the_party() -> None:
    kept = party()
    place = claim(kept)

    leave_party(assignment=place, by=place.volunteer.user, at=clock.now())

    assert seats_left(kept) == 3
    assert role_of(kept.shift).seats_taken == 3
    assert Message.objects.filter(kind="party_left", recipient=kept.volunteer.user).exists()


def test_where_the_party_is_gone_a_place_cannot_go_back_to_it() -> None:
    kept = party()
    place = claim(kept)
    kept.refresh_from_db()
    release(assignment=kept, by=kept.volunteer.user, at=clock.now())

    with pytest.raises(NoPartyToReturnTo):
        leave_party(assignment=place, by=place.volunteer.user, at=clock.now())

    place.refresh_from_db()
    assert place.status == "active"
    assert role_of(kept.shift).seats_taken == 1


def test_a_smaller_party_frees_seats_for_those_who_wait() -> None:
    shift = make_shift(seats=3)
    kept = party(shift)
    waiting = make_waiting(role_of(shift))

    shrink_party(assignment=kept, seats=1, by=kept.volunteer.user, at=clock.now())

    waiting.refresh_from_db()
    role = role_of(shift)
    assert (role.seats_taken, role.seats_held, waiting.status) == (1, 1, "offered")


@pytest.mark.parametrize("seats", [0, 3, 4])
def test_a_party_only_becomes_smaller(seats: int) -> None:
    kept = party()

    with pytest.raises(NotFewer):
        shrink_party(assignment=kept, seats=seats, by=kept.volunteer.user, at=clock.now())


def test_after_the_notice_and_once_there_nothing_is_given_back() -> None:
    kept = party()
    place = claim(kept)
    with pytest.raises(TooLateToRelease):
        shrink_party(assignment=kept, seats=1, by=kept.volunteer.user, at=kept.shift.starts_at)
    with pytest.raises(TooLateToRelease):
        leave_party(assignment=place, by=place.volunteer.user, at=kept.shift.starts_at)
    make_check(place)

    with pytest.raises(AlreadyHere):
        leave_party(assignment=place, by=place.volunteer.user, at=clock.now())


def test_a_released_party_gives_back_only_what_is_left_of_it() -> None:
    kept = party()
    claim(kept)

    # Loaded before somebody took a place: what is left is asked for again.
    release(assignment=kept, by=kept.volunteer.user, at=clock.now())

    assert role_of(kept.shift).seats_taken == 1
