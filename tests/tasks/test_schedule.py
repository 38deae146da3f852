"""The week of an organization, and the rule of a series in words."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from core import clock
from tasks.models import Shift
from tasks.queries import schedule
from tasks.queries.schedule import places_of, series_of, shifts_between, week_of
from tasks.rendering.recurrence import rule_in_words
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_role, make_shift, make_task, tomorrow_at


def untimed(shift: Shift, **fields: Any) -> Shift:
    Shift.objects.filter(pk=shift.pk).update(starts_at=None, ends_at=None, **fields)
    shift.refresh_from_db()
    return shift


def next_monday() -> date:
    today = timezone.localdate(clock.now())
    return today + timedelta(days=7 - today.weekday())


def on(day: date, hour: int) -> Any:
    return tomorrow_at(hour, days=(day - timezone.localdate(clock.now())).days)


@pytest.mark.django_db
def test_a_week_has_its_shifts_by_day_with_roles_and_counts() -> None:
    monday = next_monday()
    late = make_shift(starts_at=on(monday, 22), hours=8)
    organization = late.organization
    early = make_shift(task=late.task, starts_at=on(monday, 8))
    sunday = make_shift(task=late.task, starts_at=on(monday + timedelta(days=6), 23))
    make_shift(task=late.task, starts_at=on(monday + timedelta(days=7), 0))
    make_shift(starts_at=on(monday, 8))
    make_role(early, name="Driver", seats=2)
    make_assignment(early, seats=2)
    due = untimed(make_shift(task=late.task), due_at=on(monday + timedelta(days=20), 18))
    open_ended = untimed(make_shift(task=late.task))
    untimed(make_shift(task=late.task), due_at=on(monday, 0) - timedelta(minutes=1))

    week = week_of(organization, monday + timedelta(days=3))

    assert week.monday == monday and not week.more
    assert [[shift.pk for shift in day.shifts] for day in week.days] == [
        [early.pk, late.pk], [], [], [], [], [], [sunday.pk],
    ]  # fmt: skip
    first = week.shifts[0]
    assert (first.taken, first.needed, first.seats) == (2, 6, 8)
    assert [role.name for role in first.roles.all()] == ["", "Driver"]
    assert [shift.pk for shift in week.untimed] == [due.pk, open_ended.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_week_takes_two_statements_whatever_it_holds(count: int, django_assert_num_queries: Any) -> None:
    monday = next_monday()
    first = make_shift(starts_at=on(monday, 8))
    for hour in range(9, 8 + count):
        make_role(make_shift(task=first.task, starts_at=on(monday, hour)), name="Driver")

    with django_assert_num_queries(2):
        week = week_of(first.organization, monday)
        names = [
            (shift.task.title, shift.area.parent, [role.name for role in shift.roles.all()])
            for shift in week.shifts
        ]
    assert len(names) == count


@pytest.mark.django_db
def test_a_week_is_narrowed_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monday = next_monday()
    first = make_shift(starts_at=on(monday, 8), place="West gate")
    second = make_shift(task=first.task, starts_at=on(monday, 9))
    other = make_shift(
        task=make_task(area=first.area, adopted_by=first.organization), starts_at=on(monday, 10)
    )
    organization = first.organization

    def pks(**narrowed: Any) -> list[int]:
        return [shift.pk for shift in week_of(organization, monday, **narrowed).shifts]

    assert pks(place="West gate") == [first.pk]
    assert pks(task=other.task) == [other.pk]
    assert pks(area=first.area) == [first.pk, second.pk, other.pk]
    assert places_of(organization, clock.now()) == ["East gate", "West gate"]
    assert [each.pk for each in shifts_between(organization, monday, 1, place="West gate")] == [first.pk]
    assert not shifts_between(organization, monday + timedelta(days=1), 6)
    monkeypatch.setattr(schedule, "WEEK_MOST", 2)
    assert week_of(organization, monday).more
    assert len(pks()) == 2


@pytest.mark.django_db
def test_cancelled_shifts_are_shown_only_when_asked_for() -> None:
    monday = next_monday()
    shift = make_shift(
        starts_at=on(monday, 8), status="cancelled", cancelled_at=clock.now(), cancel_reason="Rain."
    )
    assert week_of(shift.organization, monday).shifts == []
    assert len(week_of(shift.organization, monday, cancelled=True).shifts) == 1
    assert series_of(make_organization()) == []


@pytest.mark.parametrize(
    ("rule", "en", "zh"),
    [
        ("FREQ=DAILY", "every day", "每天"),
        ("FREQ=DAILY;INTERVAL=2", "every 2 days", "每 2 天"),
        ("FREQ=WEEKLY", "every Thursday", "每周四"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every Monday to Friday", "每周一至周五"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "every Monday and Thursday", "每周一和周四"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "every 2 weeks on Saturday", "每 2 周的周六"),
        ("FREQ=MONTHLY", "every month on day 26", "每月的 26 日"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,15", "every month on day 15 and the last day", "每月的 15 日和最后一天"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,9,15",
            "every month on day 1, day 9 and day 15",
            "每月的 1 日、9 日和 15 日",
        ),
        ("FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday", "每月的第二个周二"),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR",
            "every 3 months on the last Friday",
            "每 3 个月的最后一个周五",
        ),
    ],
)
def test_a_rule_is_said_in_words(rule: str, en: str, zh: str) -> None:
    with override("en"):
        assert rule_in_words(rule, date(2026, 11, 26)) == en
    with override("zh-hans"):
        assert rule_in_words(rule, date(2026, 11, 26)) == zh
