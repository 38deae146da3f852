"""Shifts that come again: made once each, changed one by one or from one on, ended with a reason."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import User
from core import clock, faults
from core.models import AuditRecord
from notifications.models import Message
from tasks.actions import series as acts
from tasks.actions.outcomes import SomeRefused
from tasks.actions.reasons import ReasonMissing
from tasks.actions.refusals import Stale
from tasks.actions.series import edit_all, edit_following, end_series, extend_series, occurring, start_series
from tasks.actions.shifts import InThePast, RoleWanted, ShiftBegan, cancel_shift, edit_shift
from tasks.actions.standstill import AreaStopped
from tasks.models import Adoption, Assignment, Series, Shift, Task
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_check, make_stop, make_task
from tests.factories.volunteers import make_capability

pytestmark = pytest.mark.django_db

# Fewer than the eight of the product, so that the tests post fewer shifts.
WEEKS_AHEAD = 3


@pytest.fixture(autouse=True)
def few_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert timedelta(weeks=8) == occurring.AHEAD
    monkeypatch.setattr(occurring, "AHEAD", timedelta(weeks=WEEKS_AHEAD))


def own_task(**fields: Any) -> Task:
    area = make_area()
    today = timezone.localdate(clock.now())
    values = {"starts_on": today, "ends_on": today + timedelta(days=200), **fields}
    return make_task(area=area, adopted_by=make_organization(home_area=area), **values)


def start(task: Task | None = None, **values: Any) -> Series:
    """Every day at nine for three hours, from tomorrow for 100 days, unless told otherwise."""
    task = task or own_task()
    first = timezone.localdate(clock.now()) + timedelta(days=1)
    given = {
        "organization": task.adoptions.get().organization,
        "rule": "FREQ=DAILY",
        "starts_on": first,
        "ends_on": first + timedelta(days=99),
        "starts": time(9),
        "minutes": 180,
        "roles": [RoleWanted("Screening", 1, 4)],
        "by": make_user(),
        "at": clock.now(),
        **values,
    }
    return start_series(task=task, **given)


def occurrences(series: Series) -> list[Shift]:
    return list(series.shifts.order_by("occurs_at"))


def by() -> dict[str, Any]:
    return {"by": make_user(), "at": clock.now()}


def hours(shifts: list[Shift]) -> set[str]:
    return {f"{timezone.localtime(shift.starts_at):%H:%M}" for shift in shifts}


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
    assert extend_series(at=clock.now() + timedelta(days=WEEKS_AHEAD * 7 + 5)) == WEEKS_AHEAD * 7
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
