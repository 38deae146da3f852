"""Shifts that come again: made once each, and never again."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core import clock, faults
from core.models import AuditRecord
from tasks.actions import series as acts
from tasks.actions.series import extend_series, occurring
from tasks.actions.shifts import InThePast, RoleWanted, cancel_shift, edit_shift
from tasks.actions.standstill import AreaStopped
from tasks.models import Adoption, Series, Shift, Task
from tests.factories.accounts import make_user
from tests.factories.tasks import make_stop, tomorrow_at
from tests.factories.volunteers import make_capability
from tests.tasks.series_making import WEEKS_AHEAD, by, hours, occurrences, own_task, start

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert timedelta(weeks=8) == occurring.AHEAD
    monkeypatch.setattr(occurring, "AHEAD", timedelta(weeks=WEEKS_AHEAD))


def test_a_series_posts_the_shifts_of_the_next_weeks_with_all_their_roles() -> None:
    screening = make_capability()
    roles = [RoleWanted("Screening", 1, 4, requirements=[screening]), RoleWanted("Tea", 0, 1)]

    series = start(roles=roles, bring="Warm clothes", needs_approval=True)

    shifts = occurrences(series)
    assert len(shifts) == WEEKS_AHEAD * 7
    assert hours(shifts) == {"09:00"}
    assert {shift.ends_at - shift.starts_at for shift in shifts} == {timedelta(hours=3)}
    assert all(shift.bring == "Warm clothes" and shift.needs_approval for shift in shifts)
    names = [role.name for role in shifts[-1].roles.order_by("id")]
    assert names == ["Screening", "Tea"]
    assert list(shifts[-1].roles.order_by("id")[0].requirements.all()) == [screening]
    assert AuditRecord.objects.get(verb="series.started").data["shifts"] == len(shifts)


def test_windows_lie_as_far_before_every_occurrence_as_before_the_first() -> None:
    first = timezone.localtime(clock.now()).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(
        days=1
    )

    series = start(opens_at=first - timedelta(days=3), closes_at=first - timedelta(hours=1))

    assert {shift.starts_at - shift.opens_at for shift in occurrences(series)} == {timedelta(days=3)}
    assert {shift.starts_at - shift.closes_at for shift in occurrences(series)} == {timedelta(hours=1)}


def test_the_clock_of_the_place_counts_when_summer_time_begins() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 3, 20, 12, tzinfo=berlin)
    task = own_task(starts_on=date(2026, 3, 1), ends_on=date(2026, 4, 30))

    series = start(
        task, starts_on=date(2026, 3, 28), ends_on=date(2026, 3, 30), zone="Europe/Berlin", starts=time(22),
        minutes=480, at=at,
    )  # fmt: skip

    there = [
        (f"{shift.starts_at.astimezone(berlin):%d %H:%M}", f"{shift.ends_at.astimezone(berlin):%d %H:%M}")
        for shift in occurrences(series)
    ]
    assert there == [("28 22:00", "29 06:00"), ("29 22:00", "30 06:00"), ("30 22:00", "31 06:00")]


@pytest.mark.parametrize(
    ("error", "field", "values"),
    [
        (acts.RuleUnclear, "rule", {"rule": "FREQ=WEEKLY;COUNT=3"}),
        (acts.SeriesEndsFirst, "ends_on", {"ends_on": date(2020, 1, 1)}),
        (acts.SeriesOutsideTask, "starts_on", {"starts_on": date(2020, 1, 1)}),
        (acts.SeriesOutsideTask, "ends_on", {"ends_on": date(2090, 1, 1)}),
        (acts.LengthOutOfRange, "minutes", {"minutes": 1441}),
        (acts.LengthOutOfRange, "minutes", {"minutes": 0}),
    ],
)
def test_a_series_that_cannot_be_is_refused_at_its_field(
    error: Any, field: str, values: dict[str, Any]
) -> None:
    with pytest.raises(error) as raised:
        start(**values)
    assert raised.value.field == field
    assert raised.value.message
    assert not Series.objects.exists() and not Shift.objects.exists()


def test_a_series_begins_today_at_the_earliest_and_needs_an_occurrence_ahead() -> None:
    today = timezone.localdate(clock.now())
    early = own_task(starts_on=today - timedelta(days=9))
    with pytest.raises(InThePast):
        start(early, starts_on=today - timedelta(days=1))
    with pytest.raises(acts.NoOccurrence):
        start(rule="FREQ=MONTHLY;BYMONTHDAY=31", starts_on=today, ends_on=today, starts=time(0))


def test_a_rule_with_too_many_occurrences_is_refused() -> None:
    first = timezone.localdate(clock.now()) + timedelta(days=1)
    task = own_task(ends_on=first + timedelta(days=500))
    with pytest.raises(acts.TooManyOccurrences):
        start(task, ends_on=first + timedelta(days=450))


def test_what_is_sent_twice_starts_one_series() -> None:
    task = own_task()
    series = start(task)
    with pytest.raises(acts.SeriesRunsAlready):
        start(task)
    assert start(task, place="West gate") != series
    assert Series.objects.count() == 2


def test_a_stop_refuses_the_whole_series() -> None:
    task = own_task()
    make_stop(task.area)
    with pytest.raises(AreaStopped):
        start(task)
    assert not Series.objects.exists()


def test_a_series_goes_on_by_itself_each_day_once() -> None:
    series = start()
    later = clock.now() + timedelta(days=7)

    assert extend_series(at=clock.now()) == 0
    assert extend_series(at=later) == 7
    assert extend_series(at=later) == 0

    shifts = occurrences(series)
    assert len(shifts) == len({shift.occurs_at for shift in shifts}) == WEEKS_AHEAD * 7 + 7
    assert hours(shifts) == {"09:00"}


def test_a_series_ends_on_its_last_day() -> None:
    series = start(ends_on=timezone.localdate(clock.now()) + timedelta(days=40))

    made = [extend_series(at=clock.now() + timedelta(days=days)) for days in (10, 20, 21)]
    assert made == [10, 9, 0]

    series.refresh_from_db()
    assert series.shifts.count() == 40
    assert series.ended_at is not None


def test_what_was_changed_moved_or_cancelled_is_never_made_again_nor_copied() -> None:
    series = start()
    *_, moved, changed, cancelled = occurrences(series)
    day = timedelta(days=1)
    edit_shift(
        shift=moved, changes={"starts_at": moved.starts_at + day, "ends_at": moved.ends_at + day}, **by()
    )
    edit_shift(shift=changed, changes={"place": "West gate", "seats": 2}, **by())
    cancel_shift(shift=cancelled, reason="A holiday.", **by())

    extend_series(at=clock.now() + timedelta(days=7))

    shifts = occurrences(series)
    assert len(shifts) == WEEKS_AHEAD * 7 + 7
    assert [shift.stands_alone for shift in shifts[WEEKS_AHEAD * 7 - 3 :]] == [True, True] + [False] * 8
    new = shifts[-7:]
    assert {(shift.place, shift.roles.get().seats, shift.status) for shift in new} == {
        ("East gate", 4, "open")
    }


def test_days_that_passed_while_no_worker_ran_are_noted_not_made() -> None:
    series = start()
    assert extend_series(at=tomorrow_at(12, days=WEEKS_AHEAD * 7 + 5)) == WEEKS_AHEAD * 7
    skipped = AuditRecord.objects.filter(verb="series.skipped", subject_id=series.pk)
    assert {each.reason for each in skipped} == {"in-the-past"} and skipped.count() == 5


def test_where_every_occurrence_stands_alone_the_latest_is_the_pattern() -> None:
    first = timezone.localdate(clock.now()) + timedelta(days=1)
    series = start(rule="FREQ=MONTHLY", starts_on=first, ends_on=first + timedelta(days=180))
    for place, shift in enumerate(occurrences(series)):
        edit_shift(shift=shift, changes={"place": f"Gate {place}"}, **by())
    count = series.shifts.count()

    extend_series(at=clock.now() + timedelta(days=31))

    assert occurrences(series)[-1].place == f"Gate {count - 1}"


def test_while_an_area_stands_still_nothing_is_made_and_nothing_is_lost() -> None:
    series = start()
    stop = make_stop(series.task.area)
    later = clock.now() + timedelta(days=7)

    assert extend_series(at=later) == 0
    stop.lifted_at, stop.lifted_by = clock.now(), make_user()
    stop.save()
    assert extend_series(at=later) == 7
    assert not AuditRecord.objects.filter(verb="series.skipped").exists()


def test_a_closed_call_ends_the_series_and_says_so_once() -> None:
    series = start()
    Task.objects.filter(pk=series.task_id).update(status="closed", ended_at=clock.now())

    for _ in range(2):
        assert extend_series(at=clock.now() + timedelta(days=7)) == 0

    series.refresh_from_db()
    assert series.ended_at is not None
    assert AuditRecord.objects.get(verb="series.skipped").reason == "task-ended"


def test_a_call_that_was_given_up_ends_the_series() -> None:
    series = start()
    Adoption.objects.filter(task=series.task_id).update(ended_at=clock.now())
    assert extend_series(at=clock.now() + timedelta(days=7)) == 0
    assert AuditRecord.objects.get(verb="series.skipped").reason == "not-taken-on"


def test_days_that_the_call_does_not_have_any_more_are_left_out_and_noted() -> None:
    series = start()
    last = timezone.localdate(clock.now()) + timedelta(days=WEEKS_AHEAD * 7 + 3)
    Task.objects.filter(pk=series.task_id).update(ends_on=last)

    made = extend_series(at=clock.now() + timedelta(days=7))

    assert made == 3
    skipped = AuditRecord.objects.filter(verb="series.skipped")
    assert {each.reason for each in skipped} == {"outside-task"} and skipped.count() == 4
    assert extend_series(at=clock.now() + timedelta(days=7)) == 0
    assert skipped.count() == 4


def test_one_series_that_is_refused_does_not_keep_the_others() -> None:
    closed, fine = start(), start()
    Task.objects.filter(pk=closed.task_id).update(status="closed", ended_at=clock.now())
    assert extend_series(at=clock.now() + timedelta(days=7)) == 7
    assert fine.shifts.count() == WEEKS_AHEAD * 7 + 7


def test_what_a_killed_worker_left_is_made_by_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    series = start()
    made: list[str] = []

    def kill(name: str) -> None:
        made.append(name)
        if len(made) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(faults, "point", kill)
        extend_series(at=clock.now() + timedelta(days=7))
    assert series.shifts.count() == WEEKS_AHEAD * 7

    assert extend_series(at=clock.now() + timedelta(days=7)) == 7
