"""Watching a shift: what is told, once, and not too often."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from notifications.models import Message
from tasks.actions import watching
from tasks.actions.shifts import cancel_shift, edit_shift
from tasks.actions.watching import (
    NothingToWatch,
    TooManyWatched,
    look_at_watched,
    tell_watchers,
    unwatch,
    watch,
)
from tasks.models import Shift, ShiftRole, Watch
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_member
from tests.factories.sheets import make_affiliation
from tests.factories.tasks import make_assignment, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db

NOW = clock.now()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def told() -> list[str]:
    rows = Message.objects.filter(channel="inbox", kind="watched_shift").order_by("pk")
    return [row.context["what"] for row in rows]


def full(**fields: Any) -> Shift:
    shift = make_shift(seats=1, seats_min=1, starts_at=tomorrow_at(9, days=3), **fields)
    make_assignment(shift)
    return shift


def set_taken(shift: Shift, taken: int) -> None:
    ShiftRole.objects.filter(shift=shift).update(seats_taken=taken)


def test_a_seat_that_comes_free_is_told_once() -> None:
    shift = full()
    watch(shift=shift, by=make_user(), at=NOW)

    assert look_at_watched(at=NOW + MINUTE) == 0
    set_taken(shift, 0)
    assert look_at_watched(at=NOW + 2 * MINUTE) == 1
    assert look_at_watched(at=NOW + 3 * MINUTE) == 0
    assert tell_watchers(shift=shift, what="seat-free", at=NOW + 4 * MINUTE) == 0

    assert told() == ["seat-free"]


def test_a_seat_that_was_told_at_once_is_not_told_again_by_the_sweep() -> None:
    shift = full()
    watch(shift=shift, by=make_user(), at=NOW)
    set_taken(shift, 0)

    assert tell_watchers(shift=shift, what="seat-free", at=NOW) == 1
    assert look_at_watched(at=NOW + MINUTE) == 0


def test_the_next_seat_is_told_after_an_hour_if_it_is_still_there() -> None:
    shift = full()
    watch(shift=shift, by=make_user(), at=NOW)
    set_taken(shift, 0)
    look_at_watched(at=NOW)
    set_taken(shift, 1)
    look_at_watched(at=NOW + MINUTE)
    set_taken(shift, 0)

    assert look_at_watched(at=NOW + 2 * MINUTE) == 0
    assert look_at_watched(at=NOW + 59 * MINUTE) == 0
    assert look_at_watched(at=NOW + HOUR) == 1
    assert look_at_watched(at=NOW + 3 * HOUR) == 0


def test_what_no_longer_holds_after_the_hour_is_not_told() -> None:
    shift = full()
    watch(shift=shift, by=make_user(), at=NOW)
    set_taken(shift, 0)
    look_at_watched(at=NOW)
    set_taken(shift, 1)
    look_at_watched(at=NOW + MINUTE)
    set_taken(shift, 0)
    look_at_watched(at=NOW + 2 * MINUTE)
    set_taken(shift, 1)

    assert look_at_watched(at=NOW + HOUR) == 0
    assert Watch.objects.get().news == ""


def test_a_seat_that_is_held_for_somebody_is_not_free() -> None:
    shift = full()
    watch(shift=shift, by=make_user(), at=NOW)
    ShiftRole.objects.filter(shift=shift).update(seats_taken=0, seats_held=1)

    assert look_at_watched(at=NOW) == 0


def test_a_change_is_told_once_and_the_graver_news_waits_first() -> None:
    shift = full()
    organizer = make_member(shift.organization)
    watch(shift=shift, by=make_user(), at=NOW)
    set_taken(shift, 0)
    look_at_watched(at=NOW)
    edit_shift(shift=shift, changes={"place": "West gate"}, by=organizer, at=NOW, reason="Roadworks.")

    assert look_at_watched(at=NOW + MINUTE) == 0
    assert look_at_watched(at=NOW + HOUR) == 1
    assert look_at_watched(at=NOW + 3 * HOUR) == 0
    assert told() == ["seat-free", "changed"]


def test_a_cancelled_shift_is_told_with_its_reason_and_watched_no_more() -> None:
    shift = full()
    watch(shift=shift, by=make_user(), at=NOW)
    cancel_shift(shift=shift, by=make_member(shift.organization), at=NOW, reason="The hall is flooded.")

    assert look_at_watched(at=NOW) == 1

    message = Message.objects.get(kind="watched_shift", channel="inbox")
    assert message.context["cancelled"]
    assert message.context["reason"] == "The hall is flooded."
    assert not Watch.objects.exists()


def test_a_cancelled_shift_is_told_even_when_it_has_to_wait() -> None:
    shift = full()
    watch(shift=shift, by=make_user(), at=NOW)
    set_taken(shift, 0)
    look_at_watched(at=NOW)
    cancel_shift(shift=shift, by=make_member(shift.organization), at=NOW, reason="The hall is flooded.")

    assert look_at_watched(at=NOW + MINUTE) == 0
    assert look_at_watched(at=NOW + HOUR) == 1
    assert not Watch.objects.exists()


def test_everybody_hears_when_their_own_window_opens() -> None:
    area = make_area()
    shift = make_shift(
        area=area,
        starts_at=tomorrow_at(9, days=3),
        opens_to_members_at=NOW + HOUR,
        opens_to_area_at=NOW + 2 * HOUR,
        opens_at=NOW + 3 * HOUR,
    )
    member = make_volunteer()
    make_affiliation(shift.organization, member)
    local = make_volunteer(area=area)
    for person in (member.user, local.user, make_user()):
        watch(shift=shift, by=person, at=NOW)

    assert look_at_watched(at=NOW) == 0
    assert [look_at_watched(at=NOW + hours * HOUR) for hours in (1, 2, 3, 4)] == [1, 1, 1, 0]
    assert told() == ["opened"] * 3
    assert Message.objects.filter(kind="watched_shift", channel="inbox").first().recipient == member.user  # type: ignore[union-attr]


def test_a_shift_that_runs_short_is_told_once_for_its_start() -> None:
    shift = make_shift(starts_at=tomorrow_at(9, days=3))
    watch(shift=shift, by=make_user(), at=NOW)

    assert tell_watchers(shift=shift, what="short", at=NOW) == 1
    assert tell_watchers(shift=shift, what="short", at=NOW + 2 * HOUR) == 0
    assert Message.objects.get(channel="inbox").context["missing"] == 4


def test_watching_ends_with_the_shift() -> None:
    shift = full()
    watch(shift=shift, by=make_user(), at=NOW)
    assert shift.ends_at is not None

    look_at_watched(at=shift.ends_at)

    assert not Watch.objects.exists()


def test_whoever_has_a_seat_watches_no_more() -> None:
    shift = make_shift(starts_at=tomorrow_at(9, days=3))
    volunteer = make_volunteer()
    watch(shift=shift, by=volunteer.user, at=NOW)
    make_assignment(shift, volunteer)

    look_at_watched(at=NOW)

    assert not Watch.objects.exists()


def test_watching_twice_is_watching_once() -> None:
    shift, person = full(), make_user()

    assert watch(shift=shift, by=person, at=NOW) == watch(shift=shift, by=person, at=NOW)
    assert unwatch(shift=shift, by=person)
    assert not unwatch(shift=shift, by=person)


def test_nobody_watches_what_is_over_or_cancelled() -> None:
    over, off = full(), full()
    cancel_shift(shift=off, by=make_member(off.organization), at=NOW, reason="Rain.")
    off.refresh_from_db()
    assert over.ends_at is not None

    for shift, at in ((over, over.ends_at), (off, NOW)):
        with pytest.raises(NothingToWatch):
            watch(shift=shift, by=make_user(), at=at)


def test_nobody_watches_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "WATCHED_MOST", 1)
    person = make_user()
    first = full()
    watch(shift=first, by=person, at=NOW)

    watch(shift=first, by=person, at=NOW)
    with pytest.raises(TooManyWatched):
        watch(shift=full(), by=person, at=NOW)


def test_a_free_seat_of_one_kind_is_enough() -> None:
    shift = full()
    watch(shift=shift, by=make_user(), at=NOW)
    role = role_of(shift)
    ShiftRole.objects.create(shift=shift, name="driver", seats=1, seats_min=0)

    assert role.seats_free == 0
    assert look_at_watched(at=NOW) == 1
