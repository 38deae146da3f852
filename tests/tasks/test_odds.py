"""What became of those who came to a waiting list in the same place."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from tasks.actions.waiting import join_line, leave_line
from tasks.models import Shift, ShiftRole, Waiting
from tasks.queries import odds
from tasks.queries.odds import Odds, odds_of
from tests.factories.tasks import role_of
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_full_shift, make_waiting

pytestmark = pytest.mark.django_db


def over(seats: int = 1) -> ShiftRole:
    """The role of a shift that ended yesterday."""
    at = clock.now()
    shift = make_full_shift(seats)
    begun = {"starts_at": at - timedelta(days=1), "ends_at": at - timedelta(hours=20)}
    Shift.objects.filter(pk=shift.pk).update(opens_at=None, closes_at=None, **begun)
    return role_of(shift)


def past(role: ShiftRole, count: int, status: str = "closed", *, joined_as: int = 3, **fields: Any) -> None:
    """So many who came to its list in one place."""
    one = make_volunteer()
    for _ in range(count):
        make_waiting(role, one, status=status, joined_as=joined_as, **fields)


def held() -> dict[str, Any]:
    return {"offered_at": clock.now(), "expires_at": clock.now() + timedelta(hours=1)}


def mine(seats: int = 1) -> Waiting:
    return make_waiting(role_of(make_full_shift(seats)), joined_as=3)


def test_a_place_keeps_which_one_it_was_when_the_person_came() -> None:
    shift = make_full_shift()
    first, second = (
        join_line(role=role_of(shift), by=make_volunteer().user, at=clock.now()) for _ in range(2)
    )
    leave_line(waiting=first, by=first.volunteer.user, at=clock.now())
    third = join_line(role=role_of(shift), by=make_volunteer().user, at=clock.now())

    assert [one.joined_as for one in (first, second, third)] == [1, 2, 2]


def test_those_are_counted_who_stayed_on_a_list_that_is_over(django_assert_num_queries: Any) -> None:
    role, running = over(), role_of(make_full_shift())
    past(role, 20)
    past(role, 9, "declined", **held())
    # Nobody knows what these would have got, or the end of their list has not come; or they came in another place.
    past(role, 5, "left")
    past(role, 5, "refused", end_reason="no")
    past(role, 5, kind="approval")
    past(role, 5, joined_as=2)
    past(running, 5, "expired", **held())
    assert odds_of(mine(), at=clock.now()) is None

    past(role, 1, "left", **held())

    place = Waiting.objects.select_related("role").get(pk=mine().pk)
    with django_assert_num_queries(1):
        found = odds_of(place, at=clock.now())
    assert found == Odds(place=3, cases=30, came=10)
    assert found.in_ten == 3
    Waiting.objects.filter(pk=place.pk).update(joined_as=None)
    assert odds_of(Waiting.objects.get(pk=place.pk), at=clock.now()) is None


def test_lists_of_shifts_of_about_the_same_size_count_alone_where_there_are_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(odds, "FEWEST", 3)
    past(over(1), 4)
    large = over(5)
    past(large, 2, "expired", **held())
    assert odds_of(mine(4), at=clock.now()) == Odds(place=3, cases=6, came=2)

    past(large, 1, "expired", **held())

    assert odds_of(mine(4), at=clock.now()) == Odds(place=3, cases=3, came=3)


def test_only_the_latest_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(odds, "FEWEST", 3)
    monkeypatch.setattr(odds, "LATEST", 4)
    role = over()
    past(role, 6)
    past(role, 3, "expired", **held())

    assert odds_of(mine(), at=clock.now()) == Odds(place=3, cases=4, came=3)
