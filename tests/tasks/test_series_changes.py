"""Series that change from one shift on, or as a whole, and that end."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from core import clock
from notifications.models import Message
from tasks.actions import series as acts
from tasks.actions.outcomes import SomeRefused
from tasks.actions.reasons import ReasonMissing
from tasks.actions.refusals import Stale
from tasks.actions.series import edit_all, edit_following, end_series, extend_series, occurring
from tasks.actions.shifts import RoleWanted, ShiftBegan, edit_shift
from tasks.models import Assignment, Shift
from tests.factories.accounts import make_user
from tests.factories.tasks import make_assignment, make_check
from tests.tasks.series_making import WEEKS_AHEAD, by, hours, occurrences, start

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert timedelta(weeks=8) == occurring.AHEAD
    monkeypatch.setattr(occurring, "AHEAD", timedelta(weeks=WEEKS_AHEAD))


def test_this_and_following_change_and_so_do_those_still_to_be_made() -> None:
    series = start()
    shifts = occurrences(series)
    alone = shifts[14]
    edit_shift(shift=alone, changes={"place": "West gate"}, **by())
    seat = make_assignment(shifts[17])
    here = shifts[10]

    outcomes = edit_following(
        shift=here,
        changes={"place": "North gate", "starts_at": here.starts_at + timedelta(hours=1)},
        reason="The gate is closed.",
        version=here.version,
        **by(),
    )

    assert len(outcomes) == WEEKS_AHEAD * 7 - 11
    assert all(each.is_good for each in outcomes)
    assert {each.shift.pk: each.told for each in outcomes}[shifts[17].pk] == (seat.volunteer.user.name,)
    extend_series(at=clock.now() + timedelta(days=7))
    shifts = occurrences(series)
    assert {shift.place for shift in shifts[:10]} == {"East gate"}
    assert shifts[14].place == "West gate"
    following = [shift for shift in shifts[10:] if shift.pk != alone.pk]
    assert {shift.place for shift in following} == {"North gate"}
    assert hours(following) == {"10:00"}
    assert {shift.ends_at - shift.starts_at for shift in following} == {timedelta(hours=2)}
    assert not any(shift.stands_alone for shift in following)
    assert len(shifts) == len({timezone.localdate(shift.occurs_at) for shift in shifts})
    message = Message.objects.get(kind="shift_changed", channel="inbox")
    assert (message.recipient_id, message.context["reason"]) == (
        seat.volunteer.user_id,
        "The gate is closed.",
    )


def test_roles_and_windows_of_all_that_are_ahead_change_together() -> None:
    first = timezone.localtime(clock.now()).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(
        days=1
    )
    series = start(closes_at=first - timedelta(hours=2))
    here = occurrences(series)[3]
    role = here.roles.get()

    edit_all(
        shift=here,
        changes={"closes_at": here.starts_at - timedelta(hours=1)},
        roles=[RoleWanted("Screening", 2, 5, of=role), RoleWanted("Tea", 0, 1)],
        **by(),
    )

    for shift in occurrences(series):
        assert shift.starts_at - shift.closes_at == timedelta(hours=1)
        assert [(each.name, each.seats) for each in shift.roles.order_by("id")] == [
            ("Screening", 5),
            ("Tea", 1),
        ]


def test_a_change_of_following_is_all_or_nothing_or_the_good_ones() -> None:
    series = start()
    shifts = occurrences(series)
    make_assignment(shifts[5], seats=4)
    change: dict[str, Any] = {"shift": shifts[0], "changes": {"seats": 3}}

    with pytest.raises(SomeRefused) as raised:
        edit_following(**change, **by())
    refused = [each for each in raised.value.outcomes if not each.is_good]
    assert [each.shift.pk for each in refused] == [shifts[5].pk]
    assert {shift.roles.get().seats for shift in occurrences(series)} == {4}

    tried = edit_following(**change, keep=False, only_good=True, **by())
    assert sum(each.is_good for each in tried) == len(shifts) - 1
    assert {shift.roles.get().seats for shift in occurrences(series)} == {4}

    edit_following(**change, only_good=True, **by())
    assert [shift.roles.get().seats for shift in occurrences(series)][4:7] == [3, 4, 3]


def test_trying_a_new_hour_keeps_the_old_one() -> None:
    series = start()
    here = occurrences(series)[0]
    edit_all(shift=here, changes={"starts_at": here.starts_at - timedelta(hours=1)}, keep=False, **by())
    series.refresh_from_db()
    assert (series.starts, hours(occurrences(series))) == (time(9), {"09:00"})


def test_another_day_is_for_one_shift_alone() -> None:
    series = start()
    here, day = occurrences(series)[0], timedelta(days=1)
    with pytest.raises(acts.DayMovesAlone):
        edit_following(
            shift=here, changes={"starts_at": here.starts_at + day, "ends_at": here.ends_at + day}, **by()
        )


def test_a_stale_page_changes_nothing_of_a_series() -> None:
    series = start()
    here = occurrences(series)[0]
    with pytest.raises(SomeRefused) as raised:
        edit_following(shift=here, changes={"place": "North gate"}, version=here.version + 1, **by())
    assert isinstance(raised.value.outcomes[0].refused, Stale)


def test_what_is_no_occurrence_has_no_following() -> None:
    series = start()
    shift = occurrences(series)[0]
    Shift.objects.filter(pk=shift.pk).update(series=None, occurs_at=None)
    shift.refresh_from_db()
    for act in (edit_following, edit_all):
        with pytest.raises(acts.NotASeries):
            act(shift=shift, changes={"place": "North gate"}, **by())


def test_an_ended_series_cancels_what_is_left_and_tells_why() -> None:
    series = start()
    shifts = occurrences(series)
    seat, there = make_assignment(shifts[14]), make_assignment(shifts[5])
    from_day = timezone.localdate(shifts[10].starts_at)

    with pytest.raises(ReasonMissing):
        end_series(series=series, from_day=from_day, reason=" ", **by())
    outcomes = end_series(series=series, from_day=from_day, reason="The school opens again.", **by())

    assert len(outcomes) == len(shifts) - 10
    assert all(each.is_cancelled for each in outcomes)
    statuses = [shift.status for shift in occurrences(series)]
    assert statuses == ["open"] * 10 + ["cancelled"] * (len(shifts) - 10)
    seat.refresh_from_db()
    there.refresh_from_db()
    assert (seat.status, seat.end_reason, there.status) == ("cancelled", "The school opens again.", "active")
    assert Message.objects.get(kind="shift_cancelled", channel="inbox").recipient_id == seat.volunteer.user_id
    assert extend_series(at=clock.now() + timedelta(days=20)) == 0
    with pytest.raises(acts.SeriesOver):
        end_series(series=series, from_day=from_day + timedelta(days=1), reason="Again.", **by())


def test_an_occurrence_with_people_in_it_stays_when_the_series_ends(settings: Any) -> None:
    series = start()
    first, second = occurrences(series)[:2]
    make_check(make_assignment(first))

    outcomes = end_series(
        series=series, from_day=timezone.localdate(first.starts_at), reason="It is over.", **by()
    )

    assert [each.is_good for each in outcomes[:2]] == [False, True]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("open", "cancelled")


def test_a_series_may_end_later_than_what_is_made() -> None:
    series = start()
    last = series.starts_on + timedelta(days=30)

    assert end_series(series=series, from_day=last, reason="Shorter.", **by()) == []

    assert extend_series(at=clock.now() + timedelta(days=15)) == 30 - WEEKS_AHEAD * 7
    assert series.shifts.count() == 30


def test_a_shift_of_a_series_that_has_begun_keeps_its_start() -> None:
    series = start()
    here = occurrences(series)[0]
    user: User = make_user()
    with pytest.raises(SomeRefused) as raised:
        edit_following(
            shift=here,
            changes={"starts_at": here.starts_at + timedelta(minutes=30)},
            by=user,
            at=here.starts_at + timedelta(minutes=5),
        )
    assert isinstance(raised.value.outcomes[0].refused, ShiftBegan)
    assert Assignment.objects.count() == 0
