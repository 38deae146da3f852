"""Schedules become shifts."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from sheets.actions.errors import FileRefused, NotYours
from sheets.rendering.words import reason_words
from tasks.models import Shift
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_task, tomorrow_at
from tests.factories.volunteers import make_capability
from tests.sheets.making import checked, csv_of, problems, taken, xlsx_of

pytestmark = pytest.mark.django_db

HEADERS = (
    "日期",
    "开始",
    "结束",
    "地点",
    "最少人数",
    "最多人数",
    "岗位",
    "要求",
    "联系人",
    "联系电话",
    "带什么",
    "内部说明",
)


@pytest.fixture
def values():
    organization = make_organization()
    task = make_task(
        area=organization.home_area, adopted_by=organization, contact_name="赵青", contact_phone="139"
    )
    return {"organization": organization, "kind": "shifts", "task": task}


def line(day="", starts="9:00", ends="12:00", place="东门", least="2", most="4", **more):
    day = day or f"{tomorrow_at(9):%Y-%m-%d}"
    rest = [more.get(name, "") for name in ("role", "needs", "contact", "phone", "bring", "private")]
    return (day, starts, ends, place, least, most, *rest)


def test_a_schedule_of_150_lines_becomes_150_shifts(values):
    lines = [
        line(
            f"{tomorrow_at(9, days=1 + number % 15):%Y/%m/%d}",
            f"{8 + number // 15}:00",
            f"{9 + number // 15}:00",
        )
        for number in range(150)
    ]

    sheet = taken(checked(csv_of(*lines, headers=HEADERS), **values))

    assert (sheet.status, sheet.good_count, sheet.bad_count) == ("done", 150, 0)
    assert Shift.objects.filter(task=values["task"]).count() == 150


def test_a_line_says_all_that_a_shift_has(values):
    skill = make_capability("driving")
    words = line(
        role="登记", needs=skill.name_zh, contact="李红", phone="13800000044", bring="水", private="三楼"
    )

    taken(checked(csv_of(words, headers=HEADERS), **values))

    shift = Shift.objects.get()
    role = shift.roles.get()
    assert (shift.starts_at, shift.ends_at) == (tomorrow_at(9), tomorrow_at(12))
    assert (shift.place, shift.contact_name, shift.bring, shift.private_details) == (
        "东门",
        "李红",
        "水",
        "三楼",
    )
    assert (role.name, role.seats_min, role.seats) == ("登记", 2, 4)
    assert list(role.requirements.all()) == [skill]


def test_what_a_line_leaves_out_comes_from_the_call(values):
    taken(checked(csv_of(line(place="", least=""), headers=HEADERS), **values))

    shift = Shift.objects.get()
    assert (shift.place, shift.contact_name) == (values["task"].place, "赵青")
    assert shift.roles.get().seats_min == 1


def test_a_workbook_brings_days_and_hours_as_numbers(values):
    start = tomorrow_at(9)
    row = (datetime(start.year, start.month, start.day), time(22), time(6), "东门", 2, 4)

    taken(checked(xlsx_of([HEADERS[:6], row]), **values))

    shift = Shift.objects.get()
    assert shift.starts_at == tomorrow_at(22)
    assert shift.ends_at - shift.starts_at == timedelta(hours=8)


def test_bad_lines_are_named_and_the_rest_is_posted(values):
    yesterday = f"{timezone.localtime() - timedelta(days=1):%Y-%m-%d}"
    sheet = checked(
        csv_of(
            line(),
            line(),
            line(yesterday),
            line("02/06/2020"),
            line(starts="25:00"),
            line(starts="13:00", ends="9:00", place="西门"),
            line(least="9", most="4", place="西门"),
            line(most="很多"),
            line(needs="跳伞"),
            line(most=""),
            headers=HEADERS,
        ),
        **values,
    )

    found = problems(sheet)
    assert (3, "date", "same-as-line") in found
    assert (5, "date", "no-day") in found
    assert (6, "starts", "no-hour") in found
    assert (7, "ends", "end-before-start") in found
    assert (8, "seats", "seats-out-of-order") in found
    assert (9, "seats", "no-number") in found
    assert (10, "requirements", "unknown-requirement") in found
    assert (11, "seats", "missing") in found
    assert {reason for number, _, reason in found if number == 4} & {"in-the-past", "outside-task"}
    assert sheet.good_count == 1
    assert not Shift.objects.exists()
    assert taken(sheet).good_count == 1


def test_the_same_schedule_again_posts_nothing_twice(values):
    by = make_member(values["organization"], "owner")
    taken(checked(csv_of(line(), headers=HEADERS), by=by, **values))

    again = checked(csv_of(line(), line(place="西门"), headers=HEADERS), by=by, **values)

    assert problems(again) == [(2, "date", "posted-already")]
    assert taken(again).good_count == 1
    assert Shift.objects.count() == 2


def test_a_call_that_is_not_ours_takes_no_schedule(values):
    sheet = checked(csv_of(line(), headers=HEADERS), **{**values, "task": make_task()})

    assert [reason for _, _, reason in problems(sheet)] == ["not-taken-on"]


def test_the_desk_brings_no_schedule_in(values):
    with pytest.raises(NotYours):
        checked(csv_of(line(), headers=HEADERS), by=make_member(values["organization"], "desk"), **values)


COMPLETE = (
    "日期", "开始", "结束", "截止", "地点", "最多人数", "岗位", "联系人", "开放报名", "提前小时", "每人最多名额", "需审核",
)  # fmt: skip


def full(day="", starts="", ends="", due="", place="东门", most="4", **more):
    names = ("role", "contact", "opens", "notice", "party", "approval")
    return (day, starts, ends, due, place, most, *(more.get(name, "") for name in names))


def timed(number=1, **more):
    return full(f"{tomorrow_at(9, days=number):%Y-%m-%d}", "9:00", "12:00", **more)


def test_lines_of_the_same_time_and_place_are_roles_of_one_shift(values):
    lines = [
        timed(role="登记", contact="李红"),
        timed(role="测温", most="2"),
        timed(role="登记", place="西门"),
        timed(number=2, role="测温"),
    ]

    sheet = taken(checked(csv_of(*lines, headers=COMPLETE), **values))

    assert (sheet.good_count, sheet.bad_count) == (4, 0)
    first = Shift.objects.get(starts_at=tomorrow_at(9), place="东门")
    assert [(role.name, role.seats) for role in first.roles.order_by("pk")] == [("登记", 4), ("测温", 2)]
    assert first.contact_name == "李红"
    assert Shift.objects.count() == 3


def test_150_lines_with_two_roles_each_become_75_shifts(values):
    lines = [
        full(
            f"{tomorrow_at(9, days=1 + number % 25):%Y-%m-%d}",
            f"{8 + 3 * (number // 50)}:00",
            f"{11 + 3 * (number // 50)}:00",
            role=("登记", "测温")[number // 25 % 2],
        )
        for number in range(150)
    ]

    sheet = taken(checked(csv_of(*lines, headers=COMPLETE), **values))

    assert (sheet.status, sheet.good_count, sheet.bad_count) == ("done", 150, 0)
    assert Shift.objects.count() == 75
    assert all(shift.roles.count() == 2 for shift in Shift.objects.all())


def test_work_without_a_time_has_a_deadline_or_says_that_it_has_none(values):
    day = tomorrow_at(0, days=5)
    lines = [
        full(due=f"{day:%Y-%m-%d}", role="翻译"),
        full(due=f"{day:%Y-%m-%d} 18:30", role="电话"),
        full(due=f"{day.month}月{day.day}日晚上8点", role="海报"),
        full(due="不限", role="校对"),
    ]

    sheet = taken(checked(csv_of(*lines, headers=COMPLETE), **values))

    assert sheet.bad_count == 0
    dues = {shift.roles.get().name: shift.due_at for shift in Shift.objects.filter(starts_at=None)}
    assert dues == {
        "翻译": day + timedelta(hours=23, minutes=59),
        "电话": day + timedelta(hours=18, minutes=30),
        "海报": day + timedelta(hours=20),
        "校对": None,
    }


def test_a_table_of_deadlines_needs_no_column_of_days(values):
    headers = ("截止", "地点", "最多人数")
    sheet = taken(checked(csv_of(("不限", "东门", 3), headers=headers), **values))
    assert sheet.good_count == 1
    with pytest.raises(FileRefused) as raised:
        checked(csv_of(("东门", 3), headers=headers[1:]), **values)
    assert all(name in raised.value.message for name in ("日期", "开始", "结束"))


def test_rules_of_sign_up_come_with_a_line(values):
    opens = tomorrow_at(8, days=2)
    line = timed(3, opens=f"{opens:%Y-%m-%d %H:%M}", notice="1.5", party="2", approval="是")

    taken(checked(csv_of(line, headers=COMPLETE), **values))

    shift = Shift.objects.get()
    assert (shift.opens_at, shift.notice_minutes, shift.party_most, shift.needs_approval) == (
        opens,
        90,
        2,
        True,
    )


def test_what_a_line_says_against_itself_or_another_is_named(values):
    lines = [
        timed(role="登记", contact="李红"),
        timed(role="测温", contact="王强"),
        timed(role="登记"),
        timed(2, due="不限"),
        full(role="翻译"),
        full(due="以后", role="翻译"),
        timed(3, party="20"),
        timed(4, opens=f"{tomorrow_at(9, days=6):%Y-%m-%d}"),
        timed(5, notice="很久"),
        full(due=f"{tomorrow_at(0, days=-3):%Y-%m-%d}", role="翻译"),
    ]

    sheet = checked(csv_of(*lines, headers=COMPLETE), **values)

    assert problems(sheet) == [
        (3, "contact", "other-than-line"),
        (4, "date", "same-as-line"),
        (5, "due", "time-and-deadline"),
        (6, "date", "no-time"),
        (7, "due", "no-day"),
        (8, "party_most", "rule-out-of-range"),
        (9, "opens_at", "window-after-start"),
        (10, "notice", "no-number"),
        (11, "due", "deadline-over"),
    ]
    assert all(reason_words(each.reason, each.params) != each.reason for each in sheet.problems.all())
    assert taken(sheet).good_count == 1


def test_a_later_schedule_adds_roles_to_what_is_posted_and_changes_nothing_else(values):
    by = make_member(values["organization"], "owner")
    taken(checked(csv_of(timed(role="登记", contact="李红"), headers=COMPLETE), by=by, **values))

    again = checked(
        csv_of(timed(role="登记"), timed(role="测温"), timed(role="茶水", contact="王强"), headers=COMPLETE),
        by=by,
        **values,
    )

    assert problems(again)[0] == (2, "date", "posted-already")
    assert (4, "contact", "other-than-line") in problems(again)
    assert taken(again).good_count == 1
    assert [role.name for role in Shift.objects.get().roles.order_by("pk")] == ["登记", "测温"]
    other = checked(csv_of(timed(role="茶水", contact="王强"), headers=COMPLETE), by=by, **values)
    assert problems(other) == [(2, "contact", "other-than-posted")]
