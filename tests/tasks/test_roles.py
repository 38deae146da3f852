"""Several kinds of seats in a shift, work without a time, and the rules of sign-up that a post may set."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from tasks.actions import shifts
from tasks.actions.reasons import ReasonMissing
from tasks.actions.shifts import RoleWanted
from tasks.models import Assignment, Shift, Task
from tasks.notices.shifts import about_shift
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_organization
from tests.factories.tasks import (
    make_assignment,
    make_check,
    make_offer,
    make_role,
    make_shift,
    make_task,
    role_of,
    tomorrow_at,
)
from tests.factories.volunteers import make_capability

pytestmark = pytest.mark.django_db


def own_task(**fields: Any) -> Task:
    area = make_area()
    return make_task(area=area, adopted_by=make_organization(home_area=area), **fields)


def post(task: Task | None = None, **values: Any) -> Shift:
    task = task or own_task()
    given = {
        "organization": task.adoptions.get().organization,
        "starts_at": tomorrow_at(9),
        "ends_at": tomorrow_at(12),
        "by": make_user(),
        "at": clock.now(),
        **values,
    }
    if "roles" not in given:
        given = {"seats_min": 1, "seats": 4, **given}
    return shifts.post_shift(task=task, **given)


def edit(shift: Shift, **values: Any) -> Shift:
    return shifts.edit_shift(shift=shift, **{"by": make_user(), "at": clock.now(), "changes": {}, **values})


def wanted(shift: Shift) -> list[RoleWanted]:
    """The roles of a shift, as a page would send them back unchanged."""
    return [
        RoleWanted(role.name, role.seats_min, role.seats, role.min_age, of=role)
        for role in shift.roles.order_by("id")
    ]


def test_a_shift_is_posted_with_several_roles_and_the_requirements_of_each() -> None:
    task = own_task()
    screening, licence = make_capability(), make_capability(kind="qualification")
    task.requirements.set([screening])

    shift = post(
        task,
        roles=[
            RoleWanted("Screening", 2, 4),
            RoleWanted("Driver", 1, 1, min_age=18, requirements=[licence]),
        ],
    )

    first, second = shift.roles.order_by("id")
    assert (first.name, first.seats_min, first.seats, list(first.requirements.all())) == (
        "Screening", 2, 4, [screening],
    )  # fmt: skip
    assert (second.name, second.min_age, list(second.requirements.all())) == ("Driver", 18, [licence])
    assert AuditRecord.objects.get(verb="shift.posted").data["seats"] == 5


@pytest.mark.parametrize(
    ("error", "field", "roles"),
    [
        (shifts.RolesMissing, "roles", []),
        (shifts.TooManyRoles, "roles", [RoleWanted(f"R{n}") for n in range(13)]),
        (shifts.RoleTwice, "roles-1-name", [RoleWanted("Driver"), RoleWanted(" driver ")]),
        (shifts.SeatsOutOfOrder, "roles-1-seats", [RoleWanted("A"), RoleWanted("B", 3, 2)]),
        (shifts.SeatsOutOfRange, "roles-0-seats", [RoleWanted("A", 0, 0), RoleWanted("B")]),
    ],
)
def test_roles_that_do_not_fit_are_refused_at_their_line(error: Any, field: str, roles: Any) -> None:
    with pytest.raises(error) as raised:
        post(roles=roles)
    assert raised.value.field == field
    assert not Shift.objects.exists()


def test_either_roles_or_seats_are_given() -> None:
    with pytest.raises(TypeError):
        post(roles=[RoleWanted()], seats=3)


def test_work_with_a_deadline_only_and_open_ended_work() -> None:
    due = post(starts_at=None, ends_at=None, due_at=tomorrow_at(18, days=3))
    never = post(starts_at=None, ends_at=None)

    assert (due.starts_at, due.due_at, never.due_at) == (None, tomorrow_at(18, days=3), None)


@pytest.mark.parametrize(
    ("error", "field", "values"),
    [
        (shifts.DeadlineWithTime, "due_at", {"due_at": tomorrow_at(18)}),
        (
            shifts.DeadlineOver,
            "due_at",
            {"starts_at": None, "ends_at": None, "due_at": tomorrow_at(9, days=-1)},
        ),
        (
            shifts.DeadlineOutsideTask,
            "due_at",
            {"starts_at": None, "ends_at": None, "due_at": tomorrow_at(9, days=60)},
        ),
        (
            shifts.WindowsOutOfOrder,
            "opens_at",
            {"opens_to_area_at": tomorrow_at(8), "opens_at": tomorrow_at(7)},
        ),
        (
            shifts.WindowsOutOfOrder,
            "opens_to_area_at",
            {
                "opens_to_members_at": tomorrow_at(7),
                "opens_to_area_at": tomorrow_at(6),
                "opens_at": tomorrow_at(8),
            },
        ),
        (shifts.EarlyWindowAlone, "opens_at", {"opens_to_members_at": tomorrow_at(7)}),
        (shifts.ClosesTooEarly, "closes_at", {"opens_at": tomorrow_at(8), "closes_at": tomorrow_at(7)}),
        (shifts.WindowAfterStart, "closes_at", {"closes_at": tomorrow_at(10)}),
        (shifts.WindowAfterStart, "opens_at", {"opens_at": tomorrow_at(10)}),
        (
            shifts.WindowAfterDeadline,
            "opens_at",
            {"starts_at": None, "ends_at": None, "due_at": tomorrow_at(8), "opens_at": tomorrow_at(9)},
        ),
        (shifts.NobodyInTime, "notice_minutes", {"opens_at": tomorrow_at(8), "notice_minutes": 120}),
        (shifts.RuleOutOfRange, "party_most", {"party_most": 11}),
        (shifts.RuleOutOfRange, "warn_hours", {"warn_hours": 100}),
    ],
)
def test_rules_that_contradict_each_other_are_refused_at_their_field(
    error: Any, field: str, values: dict[str, Any]
) -> None:
    with pytest.raises(error) as raised:
        post(**values)
    assert raised.value.field == field
    assert raised.value.message


def test_rules_in_order_are_kept() -> None:
    shift = post(
        opens_to_members_at=tomorrow_at(5),
        opens_to_area_at=tomorrow_at(5),
        opens_at=tomorrow_at(6),
        closes_at=tomorrow_at(8),
        needs_approval=True,
        party_most=3,
        handover_rule="approve",
    )
    shift.refresh_from_db()
    assert (shift.opens_at, shift.closes_at, shift.needs_approval) == (tomorrow_at(6), tomorrow_at(8), True)


def test_the_last_moment_to_sign_up_goes_along_with_the_start() -> None:
    shift = make_shift(closes_at=tomorrow_at(8))

    edit(shift, changes={"starts_at": tomorrow_at(7), "ends_at": tomorrow_at(10)})

    shift.refresh_from_db()
    assert shift.closes_at == tomorrow_at(6)


def test_roles_come_change_and_go_in_one_edit() -> None:
    shift = make_shift(seats=6)
    make_role(shift, name="Driver", seats=2)
    first, _driver = wanted(shift)

    edit(shift, roles=[RoleWanted("Screening", 2, 5, of=first.of), RoleWanted("Tea", 0, 1)])

    assert [(role.name, role.seats) for role in shift.roles.order_by("id")] == [("Screening", 5), ("Tea", 1)]
    shift.refresh_from_db()
    assert shift.version == 2


def test_a_role_with_people_goes_only_with_a_reason_that_reaches_them() -> None:
    shift = make_shift()
    driver = make_role(shift, name="Driver", seats=3)
    seat = make_assignment(role=driver, seats=2)
    gone = make_assignment(role=driver, status="released")
    offer = make_offer(driver)
    keep = wanted(shift)[:1]

    with pytest.raises(ReasonMissing):
        edit(shift, roles=keep)
    assert shift.roles.count() == 2

    edit(shift, roles=keep, reason="The van is broken.")

    for row in (seat, gone, offer):
        row.refresh_from_db()
    assert (seat.status, seat.end_reason, seat.role) == ("removed", "The van is broken.", role_of(shift))
    assert (gone.role, offer.status) == (role_of(shift), "withdrawn")
    message = Message.objects.get(kind="seat_removed", channel="inbox")
    assert message.recipient_id == seat.volunteer.user_id
    assert AuditRecord.objects.get(verb="shift.role_removed").data == {
        "shift": shift.code, "role": "Driver", "released": 1,
    }  # fmt: skip
    assert role_of(shift).seats_taken == 0


def test_a_role_in_which_somebody_is_there_stays() -> None:
    shift = make_shift()
    driver = make_role(shift, name="Driver")
    make_check(make_assignment(role=driver))

    with pytest.raises(shifts.RoleInUse):
        edit(shift, roles=wanted(shift)[:1], reason="The van is broken.")

    assert Assignment.objects.live().count() == 1


def test_a_role_that_somebody_removed_is_not_brought_back() -> None:
    shift = make_shift()
    other = make_role(make_shift(), name="Driver")

    with pytest.raises(shifts.RoleGone):
        edit(shift, roles=[*wanted(shift), RoleWanted("Driver", of=other)])


def test_people_are_told_of_a_new_deadline() -> None:
    task = own_task()
    shift = post(task, starts_at=None, ends_at=None, due_at=tomorrow_at(18))
    seat = make_assignment(shift)

    edit(shift, changes={"due_at": shift.due_at + timedelta(days=1)})

    message = Message.objects.get(kind="shift_changed", channel="inbox")
    assert message.recipient_id == seat.volunteer.user_id
    assert message.context["time"] is True


def test_a_letter_says_until_when_work_without_a_time_is_done() -> None:
    shift = post(starts_at=None, ends_at=None, due_at=tomorrow_at(18))
    assert about_shift(shift)["due_at"] == shift.due_at
