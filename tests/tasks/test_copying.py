"""Copying a day, a week or a site, and changing many shifts at once."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core import clock
from notifications.models import Message
from tasks.actions import bulk, copying
from tasks.actions.bulk import BulkChanges, edit_many
from tasks.actions.copying import copy_shifts
from tasks.actions.outcomes import SomeRefused
from tasks.actions.reasons import ReasonMissing
from tasks.actions.refusals import Stale
from tasks.actions.shifts import AreaOutsideTask, OutsideTask
from tasks.models import Shift, ShiftRole
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_organization
from tests.factories.tasks import (
    make_assignment,
    make_check,
    make_role,
    make_shift,
    make_task,
    role_of,
    tomorrow_at,
)
from tests.factories.volunteers import make_capability

pytestmark = pytest.mark.django_db


def by() -> dict[str, Any]:
    return {"by": make_user(), "at": clock.now()}


def week(count: int = 5, **fields: Any) -> list[Shift]:
    """One shift a day from tomorrow on, of one call."""
    first = make_shift(**fields)
    return [
        first,
        *(
            make_shift(task=first.task, starts_at=tomorrow_at(9, days=day), **fields)
            for day in range(2, count + 1)
        ),
    ]


def test_a_week_is_copied_with_roles_rules_and_windows_at_the_same_hours() -> None:
    skill = make_capability()
    shifts = week(
        bring="Warm clothes", needs_approval=True, handover_rule="none", longitude=120.5, latitude=28.0
    )
    make_role(shifts[0], name="Driver", seats=2, requirements=[skill], min_age=18)
    Shift.objects.filter(pk=shifts[0].pk).update(opens_at=tomorrow_at(6), closes_at=tomorrow_at(8))
    make_assignment(shifts[0])

    copies = copy_shifts(shifts=shifts, days=7, **by())

    assert [copy.posted is not None for copy in copies] == [True] * 5
    assert [copy.source.pk for copy in copies] == [shift.pk for shift in shifts]
    new = copies[0].posted
    new.refresh_from_db()
    assert (new.starts_at, new.ends_at) == (tomorrow_at(9, days=8), tomorrow_at(12, days=8))
    assert (new.opens_at, new.closes_at) == (tomorrow_at(6, days=8), tomorrow_at(8, days=8))
    assert (new.bring, new.needs_approval, new.handover_rule, new.longitude) == (
        "Warm clothes", True, "none", 120.5,
    )  # fmt: skip
    driver = new.roles.get(name="Driver")
    assert (driver.seats, driver.min_age, list(driver.requirements.all())) == (2, 18, [skill])
    assert {role.seats_taken for role in new.roles.all()} == {0}
    assert not Message.objects.exists()


def test_the_clock_of_the_place_counts_when_a_copy_crosses_the_change(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    berlin = ZoneInfo("Europe/Berlin")
    night = datetime(2026, 3, 25, 22, tzinfo=berlin)
    task_days = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 4, 30)}
    area = make_area()
    task = make_task(area=area, adopted_by=make_organization(home_area=area), **task_days)
    shift = make_shift(task=task, starts_at=night, ends_at=night + timedelta(hours=8))

    with timezone.override(berlin):
        (copy,) = copy_shifts(shifts=[shift], days=3, by=make_user(), at=datetime(2026, 3, 20, tzinfo=berlin))

    assert f"{copy.starts_at.astimezone(berlin):%d %H:%M}" == "28 22:00"
    assert f"{copy.ends_at.astimezone(berlin):%d %H:%M}" == "29 06:00"


def test_what_is_there_already_is_not_posted_again() -> None:
    shifts = week(3)
    copy_shifts(shifts=shifts[:2], days=7, **by())

    copies = copy_shifts(shifts=shifts, days=7, **by())

    assert [copy.same is not None for copy in copies] == [True, True, False]
    assert Shift.objects.count() == 6
    make_role(shifts[0], name="Driver")
    (copy,) = copy_shifts(shifts=shifts[:1], days=7, **by())
    assert copy.posted is not None


def test_two_of_one_kind_become_one_and_cancelled_ones_are_no_duplicates() -> None:
    shift = make_shift()
    twin = make_shift(task=shift.task)
    first, second = copy_shifts(shifts=[shift, twin], days=1, **by())
    assert second.same == first.posted
    Shift.objects.filter(pk=first.posted.pk).update(
        status="cancelled", cancelled_at=clock.now(), cancel_reason="No."
    )
    assert copy_shifts(shifts=[shift], days=1, **by())[0].posted is not None


def test_a_site_is_copied_to_another_place_with_other_people_to_ask() -> None:
    shifts = week(2, longitude=120.5, latitude=28.0)

    copies = copy_shifts(
        shifts=shifts, days=0, details={"place": "West gate", "contact_name": "Lin Yue"}, **by()
    )

    new = [copy.posted for copy in copies]
    assert {(shift.place, shift.contact_name, shift.longitude) for shift in new} == {
        ("West gate", "Lin Yue", None)
    }
    assert [shift.starts_at for shift in new] == [shift.starts_at for shift in shifts]


def test_all_or_the_good_ones_are_copied() -> None:
    shifts = week(2)
    task = shifts[0].task
    task.ends_on = timezone.localdate(tomorrow_at(9, days=8))
    task.save()

    with pytest.raises(copying.SomeNotCopied) as raised:
        copy_shifts(shifts=shifts, days=7, **by())
    assert [type(copy.refused) for copy in raised.value.copies] == [type(None), OutsideTask]
    assert Shift.objects.count() == 2

    tried = copy_shifts(shifts=shifts, days=7, keep=False, **by())
    assert [copy.is_good for copy in tried] == [True, False]
    assert Shift.objects.count() == 2

    copy_shifts(shifts=shifts, days=7, only_good=True, **by())
    assert Shift.objects.count() == 3


def test_a_copy_to_an_area_outside_the_call_is_refused() -> None:
    with pytest.raises(copying.SomeNotCopied) as raised:
        copy_shifts(shifts=[make_shift()], days=0, details={"area": make_area()}, **by())
    assert isinstance(raised.value.copies[0].refused, AreaOutsideTask)


def test_work_without_a_time_is_copied_with_its_deadline() -> None:
    shift = make_shift()
    Shift.objects.filter(pk=shift.pk).update(starts_at=None, ends_at=None, due_at=tomorrow_at(18))
    (copy,) = copy_shifts(shifts=[shift], days=7, **by())
    assert (copy.posted.starts_at, copy.posted.due_at) == (None, tomorrow_at(18, days=8))
    assert copy_shifts(shifts=[shift], days=7, **by())[0].same == copy.posted


def test_nothing_too_much_or_the_same_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(copying.NothingToCopy):
        copy_shifts(shifts=[], days=7, **by())
    with pytest.raises(copying.CopiedOntoItself):
        copy_shifts(shifts=[make_shift()], days=0, **by())
    monkeypatch.setattr(copying, "COPIES_MOST", 1)
    with pytest.raises(copying.TooManyCopies):
        copy_shifts(shifts=week(2), days=7, **by())
    with pytest.raises(TypeError):
        copy_shifts(shifts=[make_shift()], days=7, details={"task": 1}, **by())


def test_many_shifts_are_changed_and_each_says_what_and_who_is_told() -> None:
    shifts = week(3)
    seat = make_assignment(shifts[1])

    outcomes = edit_many(
        shifts=shifts,
        changes=BulkChanges(move_minutes=30, details={"contact_name": "Lin Yue"}, seats=8),
        reason="The bus comes later.",
        **by(),
    )

    assert {each.changed for each in outcomes} == {("contact_name", "ends_at", "seats", "starts_at")}
    assert [each.told for each in outcomes] == [(), (seat.volunteer.user.name,), ()]
    for shift in shifts:
        before = shift.starts_at
        shift.refresh_from_db()
        assert (shift.starts_at - before, shift.contact_name) == (timedelta(minutes=30), "Lin Yue")
        assert role_of(shift).seats == 8
    assert Message.objects.filter(kind="shift_changed", channel="inbox").count() == 1


def test_a_preview_changes_nothing_and_says_the_same() -> None:
    shifts = week(2)
    seat = make_assignment(shifts[0])

    tried = edit_many(shifts=shifts, changes=BulkChanges(details={"place": "West gate"}), keep=False, **by())

    assert [(each.changed, each.told) for each in tried] == [
        (("place",), (seat.volunteer.user.name,)), (("place",), ()),
    ]  # fmt: skip
    assert not Shift.objects.filter(place="West gate").exists()
    assert not Message.objects.exists()


def test_a_shift_that_somebody_changed_meanwhile_is_refused_by_itself() -> None:
    shifts = week(3)
    versions = {shift.code: shift.version for shift in shifts}
    Shift.objects.filter(pk=shifts[1].pk).update(version=7)
    values: dict[str, Any] = {"shifts": shifts, "versions": versions}

    with pytest.raises(SomeRefused):
        edit_many(changes=BulkChanges(details={"place": "West gate"}), **values, **by())
    outcomes = edit_many(
        changes=BulkChanges(details={"place": "West gate"}), only_good=True, **values, **by()
    )
    assert [type(each.refused) for each in outcomes] == [type(None), Stale, type(None)]
    cancelled = edit_many(changes=BulkChanges(cancel=True), reason="Rain.", only_good=True, shifts=shifts, versions={
        **versions, shifts[0].code: 2, shifts[2].code: 2,
    }, **by())  # fmt: skip
    assert [each.is_cancelled for each in cancelled] == [True, False, True]


def test_many_are_cancelled_with_a_reason_but_those_in_which_people_are_stay() -> None:
    shifts = week(2)
    seat = make_assignment(shifts[0])
    make_check(make_assignment(shifts[1]))
    cancel = BulkChanges(cancel=True)

    with pytest.raises(SomeRefused) as raised:
        edit_many(shifts=shifts, changes=cancel, **by())
    assert isinstance(raised.value.outcomes[0].refused, ReasonMissing)
    outcomes = edit_many(shifts=shifts, changes=cancel, reason="Rain.", only_good=True, **by())

    assert [each.is_cancelled for each in outcomes] == [True, False]
    seat.refresh_from_db()
    assert (seat.status, seat.end_reason) == ("cancelled", "Rain.")


def test_what_stays_as_it_is_is_said_to_stay() -> None:
    shift = make_shift(place="West gate")
    (outcome,) = edit_many(shifts=[shift], changes=BulkChanges(details={"place": "West gate"}), **by())
    assert (outcome.changed, outcome.told) == ((), ())
    shift.refresh_from_db()
    assert shift.version == 1


def test_seats_of_a_role_are_changed_by_its_name() -> None:
    shift = make_shift()
    driver = make_role(shift, name="Driver", seats=2)
    plain = make_shift(task=shift.task, starts_at=tomorrow_at(9, days=2))

    with pytest.raises(SomeRefused) as raised:
        edit_many(shifts=[shift, plain], changes=BulkChanges(seats=5), **by())
    assert isinstance(raised.value.outcomes[0].refused, bulk.WhichRole)
    outcomes = edit_many(
        shifts=[shift, plain], changes=BulkChanges(seats=5, role_name="Driver"), only_good=True, **by()
    )

    assert isinstance(outcomes[1].refused, bulk.NoSuchRole)
    driver.refresh_from_db()
    assert (driver.seats, role_of(shift).seats) == (5, 6)


def test_nothing_or_too_much_at_once_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(bulk.NothingChosen):
        edit_many(shifts=[make_shift()], changes=BulkChanges(), **by())
    with pytest.raises(bulk.NothingChosen):
        edit_many(shifts=[], changes=BulkChanges(cancel=True), **by())
    monkeypatch.setattr(bulk, "BULK_MOST", 1)
    with pytest.raises(bulk.TooManyChosen):
        edit_many(shifts=week(2), changes=BulkChanges(cancel=True), **by())
    with pytest.raises(TypeError):
        BulkChanges(details={"starts_at": clock.now()})
    assert ShiftRole.objects.count() == 3
