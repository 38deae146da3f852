"""Two workers that sweep at the same moment: each is told once."""

from datetime import timedelta

from core import clock
from notifications.models import Message
from tasks.actions.claims import begin_work, lapse_claims
from tasks.actions.sweeps import remind
from tasks.actions.warnings import warn_short
from tasks.actions.watching import tell_watchers, watch
from tasks.models import Assignment, Shift
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member
from tests.factories.tasks import make_assignment, make_shift, role_of, tomorrow_at
from tests.plugin.database import LiveDatabase
from tests.tasks.test_offers_at_once import at_once

EVENING = tomorrow_at(18, days=0)
LONG_AGO = EVENING - timedelta(days=3)


def test_two_sweeps_remind_everybody_once(live_db: LiveDatabase) -> None:
    shift = make_shift(starts_at=tomorrow_at(9))
    for _ in range(5):
        make_assignment(shift, created_at=LONG_AGO)

    at_once(*[lambda: remind(at=EVENING)] * 2)

    assert Message.objects.filter(channel="inbox").count() == 5
    assert Message.objects.filter(channel="sms").count() == 5


def test_two_sweeps_warn_of_a_shift_once(live_db: LiveDatabase) -> None:
    start = tomorrow_at(9, days=5)
    shift = make_shift(starts_at=start, created_at=start - timedelta(days=20))
    make_member(shift.organization, "owner")
    watch(shift=shift, by=make_user(), at=LONG_AGO)

    warned = at_once(*[lambda: warn_short(at=start - timedelta(days=2))] * 3)

    assert sorted(warned) == [0, 0, 1]
    kinds = Message.objects.filter(channel="inbox").order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["shifts_short", "watched_shift"]


def test_two_who_tell_at_once_tell_everybody_once(live_db: LiveDatabase) -> None:
    shift = make_shift(starts_at=tomorrow_at(9), seats=1, seats_min=1)
    make_assignment(shift)
    for _ in range(4):
        watch(shift=shift, by=make_user(), at=LONG_AGO)

    told = at_once(*[lambda: tell_watchers(shift=shift, what="seat-free", at=EVENING)] * 3)

    assert sorted(told) == [0, 0, 4]
    assert Message.objects.filter(channel="inbox").count() == 4


def test_saying_that_one_is_on_it_and_the_end_of_the_time_agree(live_db: LiveDatabase) -> None:
    """Either the work is theirs or it went on to the next, never both."""
    now = clock.now()
    seats = []
    for _ in range(6):
        shift = make_shift()
        Shift.objects.filter(pk=shift.pk).update(starts_at=None, ends_at=None)
        shift.refresh_from_db()
        seats.append(make_assignment(shift, begin_by=now, created_at=now - timedelta(hours=5)))

    at_once(
        lambda: lapse_claims(at=now),
        lambda: lapse_claims(at=now),
        *(lambda seat=seat: begin_work(assignment=seat, by=seat.volunteer.user, at=now) for seat in seats),
    )

    for seat in seats:
        seat.refresh_from_db()
        begun, lapsed = seat.begun_at is not None, seat.status == Assignment.Status.LAPSED
        assert begun is not lapsed
        assert role_of(seat.shift).seats_taken == int(begun)
    lapsed_count = Assignment.objects.filter(status="lapsed").count()
    assert Message.objects.filter(channel="inbox", kind="claim_lapsed").count() == lapsed_count
