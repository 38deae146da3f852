"""Many who take a place of one party at the same moment, each on their own connection."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core import clock
from tasks.actions import parties
from tasks.actions.parties import PartyFull, claim_place
from tasks.actions.seats import NotHolding, release
from tasks.models import Assignment
from tests.factories.tasks import make_assignment, make_shift, role_of
from tests.factories.volunteers import make_volunteer
from tests.plugin.database import LiveDatabase
from volunteers.models import Volunteer

MANY = 8


def claim(kept: Assignment, volunteer: Volunteer) -> bool:
    try:
        claim_place(join_code=kept.join_code or "", by=volunteer.user, at=clock.now())
    except (PartyFull, parties.NoSuchParty):
        return False
    finally:
        connection.close()
    return True


def give_back(pk: int) -> bool:
    try:
        seat = Assignment.objects.select_related("shift__area", "volunteer__user").get(pk=pk)
        release(assignment=seat, by=seat.volunteer.user, at=clock.now())
    except NotHolding:
        return False
    finally:
        connection.close()
    return True


def counted(kept: Assignment) -> tuple[int, int]:
    """What the role says is taken, and what the live assignments add up to."""
    live = Assignment.objects.live().filter(role=kept.role)
    return role_of(kept.shift).seats_taken, sum(live.values_list("seats", flat=True))


def test_the_last_places_go_to_as_many_as_there_are(live_db: LiveDatabase) -> None:
    kept = make_assignment(make_shift(seats=6), seats=4, join_code="PARTY234")
    people = [make_volunteer() for _ in range(MANY)]

    with ThreadPoolExecutor(MANY) as pool:
        took = list(pool.map(lambda person: claim(kept, person), people))

    kept.refresh_from_db()
    assert (sum(took), kept.seats) == (3, 1)
    assert counted(kept) == (4, 4)


def test_while_the_holder_leaves_every_seat_is_counted_once(live_db: LiveDatabase) -> None:
    kept = make_assignment(make_shift(seats=6), seats=5, join_code="PARTY234")
    people = [make_volunteer() for _ in range(MANY)]

    with ThreadPoolExecutor(MANY + 1) as pool:
        going = [pool.submit(claim, kept, person) for person in people]
        pool.submit(give_back, kept.pk).result()
        took = sum(each.result() for each in going)

    assert counted(kept) == (took, took)


def test_without_the_condition_more_would_take_a_place_than_there_are(
    live_db: LiveDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: the place is looked for before the lock, and simply taken after it."""

    def unguarded(self, **values):  # type: ignore[no-untyped-def]
        values.pop("seats__gt", None)
        return type(self).filter_as_it_was(self, **values)

    queryset = type(Assignment.objects.all())
    monkeypatch.setattr(queryset, "filter_as_it_was", queryset.filter, raising=False)
    monkeypatch.setattr(queryset, "filter", unguarded)
    kept = make_assignment(make_shift(seats=6), seats=2, join_code="PARTY234")

    took = [claim(kept, make_volunteer())]
    with pytest.raises(Exception, match="an_assignment_takes_seats"):
        claim(kept, make_volunteer())

    assert took == [True]
