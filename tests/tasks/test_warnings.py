"""Shifts that run short: who is warned, when, and how often."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock, faults
from notifications.models import Message
from organizations.models import Organization
from tasks.actions.warnings import warn_short
from tasks.actions.watching import watch
from tasks.jobs import warn_of_short_shifts
from tasks.models import Shift, Task
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_assignment, make_role, make_shift, make_stop, make_task, tomorrow_at
from tests.tasks.conftest import Statements

pytestmark = pytest.mark.django_db

START = tomorrow_at(9, days=5)
LONG_AGO = START - timedelta(days=20)
THREE_DAYS = START - timedelta(days=3)
TWELVE_HOURS = START - timedelta(hours=12)


def group() -> Organization:
    organization = make_organization()
    make_member(organization, "owner")
    return organization


def short(organization: Organization | None = None, **fields: Any) -> Shift:
    """Four of four people missing."""
    values = {"starts_at": START, "created_at": LONG_AGO, **fields}
    return make_shift(organization=organization or group(), **values)


def told() -> list[str]:
    return list(Message.objects.filter(channel="inbox").order_by("pk").values_list("kind", flat=True))


def test_days_before_and_hours_before_each_warn_once() -> None:
    shift = short()

    assert warn_short(at=THREE_DAYS - timedelta(seconds=1)) == 0
    assert warn_short(at=THREE_DAYS) == 1
    assert warn_short(at=TWELVE_HOURS - timedelta(seconds=1)) == 0
    assert warn_short(at=TWELVE_HOURS) == 1
    assert warn_short(at=START - timedelta(minutes=1)) == 0

    assert told() == ["shifts_short", "shifts_short"]
    message = Message.objects.filter(channel="inbox")[0]
    assert message.context["missing"] == 4
    assert message.context["url"] == f"/org/{shift.organization.code}/shifts/{shift.code}/fill/"


def test_a_shift_that_only_runs_short_later_is_warned_of_then() -> None:
    shift = short(seats=2, seats_min=1)
    seat = make_assignment(shift)

    assert warn_short(at=THREE_DAYS) == 0
    shift.roles.update(seats_taken=0)
    type(seat).objects.filter(pk=seat.pk).update(status="released", ended_at=THREE_DAYS)
    assert warn_short(at=THREE_DAYS + timedelta(hours=5)) == 1


def test_one_kind_of_seats_too_few_is_enough() -> None:
    shift = short(seats=4, seats_min=1)
    make_assignment(shift, seats=4)
    make_role(shift, seats=1, seats_min=1, name="driver")

    assert warn_short(at=THREE_DAYS) == 1
    assert Message.objects.filter(channel="inbox")[0].context["missing"] == 1


def test_one_message_names_all_shifts_of_an_organization() -> None:
    organization = group()
    for hour in range(7):
        short(organization, starts_at=START + timedelta(hours=hour))
    short()

    assert warn_short(at=THREE_DAYS + timedelta(hours=7)) == 8

    assert told() == ["shifts_short", "shifts_short"]
    digest = Message.objects.filter(channel="inbox").order_by("pk")[0].context
    assert (digest["count"], len(digest["shifts"]), digest["more"]) == (7, 5, 2)
    assert digest["url"] == f"/org/{organization.code}/"


def test_owners_and_organizers_are_warned_and_nobody_at_the_desk() -> None:
    shift = short()
    make_member(shift.organization, "organizer")
    make_member(shift.organization, "desk")

    warn_short(at=THREE_DAYS)

    assert Message.objects.filter(channel="inbox").count() == 2


@pytest.mark.parametrize("rules", [{"warn_days": 0, "warn_hours": 0}])
def test_never_is_possible(rules: dict[str, int]) -> None:
    short(**rules)

    assert warn_short(at=START - timedelta(minutes=5)) == 0


def test_what_was_posted_after_the_moment_waits_for_the_next() -> None:
    short(created_at=THREE_DAYS + timedelta(hours=1))

    assert warn_short(at=THREE_DAYS + timedelta(hours=2)) == 0
    assert warn_short(at=TWELVE_HOURS) == 1


def test_nobody_is_warned_of_what_does_not_take_place() -> None:
    stopped = short()
    make_stop(stopped.area)
    cancelled = short()
    Shift.objects.filter(pk=cancelled.pk).update(
        status="cancelled", cancelled_at=clock.now(), cancel_reason="Rain."
    )
    closed = short()
    Task.objects.filter(pk=closed.task_id).update(status="closed", ended_at=clock.now())
    suspended = short()
    Organization.objects.filter(pk=suspended.organization_id).update(status="suspended")

    assert warn_short(at=THREE_DAYS) == 0
    assert warn_short(at=START + timedelta(minutes=1)) == 0


def test_a_shift_that_moves_is_warned_of_anew() -> None:
    shift = short()
    warn_short(at=TWELVE_HOURS)

    Shift.objects.filter(pk=shift.pk).update(
        starts_at=START + timedelta(days=7), ends_at=START + timedelta(days=7, hours=3)
    )

    assert warn_short(at=TWELVE_HOURS + timedelta(days=1)) == 0
    assert warn_short(at=THREE_DAYS + timedelta(days=7)) == 1


def test_who_watches_hears_of_it_and_leaders_only_once() -> None:
    shift = short()
    neighbour = make_user()
    watch(shift=shift, by=neighbour, at=LONG_AGO)
    watch(shift=shift, by=shift.organization.memberships.get().user, at=LONG_AGO)

    warn_short(at=THREE_DAYS)
    warn_short(at=TWELVE_HOURS)

    assert told() == ["shifts_short", "watched_shift", "shifts_short"]
    assert Message.objects.get(kind="watched_shift", channel="inbox").recipient == neighbour


def test_a_kill_before_the_message_leaves_the_warning_to_the_next_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short()

    def die(name: str) -> None:
        raise SystemExit(name)

    with monkeypatch.context() as killed:
        killed.setattr(faults, "point", die)
        with pytest.raises(SystemExit, match="after-mark"):
            warn_short(at=THREE_DAYS)

    assert warn_short(at=THREE_DAYS) == 1
    assert told() == ["shifts_short"]


def test_an_organization_costs_as_many_statements_with_one_shift_as_with_many(statements: Statements) -> None:
    short()
    with statements() as for_one:
        warn_short(at=THREE_DAYS)
    organization = group()
    task = make_task(area=organization.home_area, adopted_by=organization)
    for hour in range(3):
        short(organization, task=task, starts_at=START + timedelta(hours=hour))
    with statements() as for_three:
        warn_short(at=THREE_DAYS + timedelta(hours=3))

    # Watchers are looked for shift by shift.
    assert len(for_three) - 2 <= len(for_one) + 1


def test_the_job_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    short(starts_at=clock.now() + timedelta(hours=5), created_at=LONG_AGO - timedelta(days=30))

    warn_of_short_shifts()

    assert told() == ["shifts_short"]
