"""Work without a fixed time that somebody took on, and the calls of organizations: what happens where nothing happens."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core import clock, faults
from core.models import AuditRecord
from notifications.models import Message
from organizations.models import Organization
from tasks.actions.adoptions import (
    ExtendedAlready,
    NothingToExtend,
    ask_more_time,
    lapse_adoptions,
    remind_adoptions,
)
from tasks.actions.calls import adopt_task, edit_call, leave_task
from tasks.actions.claims import (
    AlreadyBegun,
    ClaimLapsed,
    NothingToBegin,
    begin_work,
    lapse_claims,
    remind_claims,
)
from tasks.actions.reasons import ReasonMissing
from tasks.actions.seats import NotHolding, sign_up
from tasks.jobs import end_claims
from tasks.models import Adoption, Assignment, Shift, Task
from tests.factories.areas import make_area
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.tasks import make_assignment, make_check, make_shift, make_stop, make_task, role_of
from tests.tasks.conftest import Statements

pytestmark = pytest.mark.django_db

NOW = clock.now()
HOUR = timedelta(hours=1)


def untimed(due_at: datetime | None = None) -> Shift:
    """Work without a fixed time."""
    shift = make_shift()
    Shift.objects.filter(pk=shift.pk).update(starts_at=None, ends_at=None, due_at=due_at)
    shift.refresh_from_db()
    return shift


def claim(shift: Shift | None = None, **fields: Any) -> Assignment:
    """A claim from ten hours ago that runs out in two."""
    values = {"created_at": NOW - 10 * HOUR, "begin_by": NOW + 2 * HOUR, **fields}
    return make_assignment(shift or untimed(), **values)


def kinds() -> list[str]:
    return list(Message.objects.filter(channel="inbox").order_by("pk").values_list("kind", flat=True))


def test_whoever_says_that_they_are_on_it_keeps_the_work() -> None:
    seat = claim()

    begin_work(assignment=seat, by=seat.volunteer.user, at=NOW)

    seat.refresh_from_db()
    assert seat.begun_at == NOW
    assert lapse_claims(at=NOW + 100 * HOUR) == 0
    assert AuditRecord.objects.get(verb="seat.begun").actor_id == seat.volunteer.user_id


def test_it_is_said_once() -> None:
    seat = claim()
    begin_work(assignment=seat, by=seat.volunteer.user, at=NOW)

    with pytest.raises(AlreadyBegun):
        begin_work(assignment=seat, by=seat.volunteer.user, at=NOW)


def test_a_shift_with_a_time_is_not_begun_so() -> None:
    seat = make_assignment()

    with pytest.raises(NothingToBegin):
        begin_work(assignment=seat, by=seat.volunteer.user, at=NOW)


def test_a_seat_that_was_given_back_is_not_begun() -> None:
    seat = claim(status="released")

    with pytest.raises(NotHolding):
        begin_work(assignment=seat, by=seat.volunteer.user, at=NOW)


def test_half_of_the_time_reminds_once() -> None:
    seat = claim(begin_by=NOW + 10 * HOUR)

    assert remind_claims(at=NOW - timedelta(minutes=1)) == 0
    assert remind_claims(at=NOW) == 1
    assert remind_claims(at=NOW + timedelta(minutes=5)) == 0

    message = Message.objects.get(channel="sms")
    assert message.kind == "claim_reminder"
    assert message.useful_until == seat.begin_by


def test_a_claim_whose_time_is_over_goes_on_to_the_next() -> None:
    seat = claim()

    assert lapse_claims(at=NOW + 2 * HOUR - timedelta(seconds=1)) == 0
    assert lapse_claims(at=NOW + 2 * HOUR) == 1
    assert lapse_claims(at=NOW + 3 * HOUR) == 0

    seat.refresh_from_db()
    assert seat.status == Assignment.Status.LAPSED
    assert seat.end_reason
    assert seat.ended_by is None
    assert role_of(seat.shift).seats_taken == 0
    assert kinds() == ["claim_lapsed"]
    with pytest.raises(ClaimLapsed):
        begin_work(assignment=seat, by=seat.volunteer.user, at=NOW + 3 * HOUR)


def test_taking_it_on_again_works() -> None:
    seat = claim()
    lapse_claims(at=NOW + 2 * HOUR)

    again = sign_up(
        role=role_of(seat.shift), volunteer=seat.volunteer, by=seat.volunteer.user, at=NOW + 3 * HOUR
    )

    assert again.status == Assignment.Status.ACTIVE
    assert again.begin_by == NOW + 51 * HOUR


def test_whoever_has_checked_in_is_on_it() -> None:
    seat = claim()
    make_check(seat, at=NOW - HOUR)

    assert lapse_claims(at=NOW + 5 * HOUR) == 0

    seat.refresh_from_db()
    assert seat.begun_at == NOW - HOUR


@pytest.mark.parametrize("lifted_ago", [None, 23])
def test_nothing_lapses_where_everything_stood_still(lifted_ago: int | None) -> None:
    seat = claim()
    at = NOW + 5 * HOUR
    lifted = {} if lifted_ago is None else {"lifted_at": at - lifted_ago * HOUR}
    stop = make_stop(seat.shift.area, stopped_at=NOW - 40 * HOUR)
    if lifted:
        type(stop).objects.filter(pk=stop.pk).update(lifted_by=stop.stopped_by, **lifted)

    assert lapse_claims(at=at) == 0
    assert remind_claims(at=NOW) == 0
    if lifted:
        assert lapse_claims(at=at + 2 * HOUR) == 1


def test_work_that_is_overdue_or_called_off_is_left_alone() -> None:
    claim(untimed(due_at=NOW + 3 * HOUR))
    called_off = claim()
    Task.objects.filter(pk=called_off.shift.task_id).update(status="closed", ended_at=NOW)

    assert lapse_claims(at=NOW + 4 * HOUR) == 0


def test_a_kill_between_the_seat_and_its_message_loses_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    seats = [claim(), claim()]

    def die(name: str) -> None:
        raise SystemExit(name)

    with monkeypatch.context() as killed:
        killed.setattr(faults, "point", die)
        with pytest.raises(SystemExit, match="after-lapse"):
            lapse_claims(at=NOW + 2 * HOUR)
    assert Assignment.objects.live().count() == 2

    assert lapse_claims(at=NOW + 2 * HOUR) == len(seats)
    assert kinds() == ["claim_lapsed", "claim_lapsed"]


def test_the_look_for_claims_costs_the_same_for_one_and_for_many(statements: Statements) -> None:
    claim(begin_by=NOW + 10 * HOUR)
    with statements() as for_one:
        remind_claims(at=NOW)
    for _ in range(3):
        claim(begin_by=NOW + 10 * HOUR)
    with statements() as for_more:
        remind_claims(at=NOW)

    assert len(for_one) == len(for_more) == 2


def adopted(**fields: Any) -> Adoption:
    """An authority's call, taken on by a group that has an owner."""
    area = make_area()
    authority = make_authority(area)
    make_member(authority)
    group = make_organization(home_area=area)
    task = make_task(area=area, issuer=authority, **fields)
    return adopt_task(
        task=task, organization=group, role="lead", by=make_member(group, "owner"), at=clock.now()
    )


def owner_of(organization: Organization) -> Any:
    return organization.memberships.get(role="owner").user


def test_a_call_that_was_taken_on_is_acted_on_until_a_moment() -> None:
    adoption = adopted(starts_on=(NOW + timedelta(days=20)).date(), ends_on=(NOW + timedelta(days=40)).date())

    assert adoption.act_by == adoption.adopted_at + 72 * HOUR


def test_partners_and_those_who_wrote_the_call_are_not_waited_for() -> None:
    adoption = adopted()
    partner = make_organization(home_area=adoption.task.area)

    share = adopt_task(
        task=adoption.task, organization=partner, role="partner", by=make_member(partner), at=NOW
    )

    assert share.act_by is None


def deadline(adoption: Adoption) -> datetime:
    assert adoption.act_by is not None
    return adoption.act_by


def test_an_organization_is_reminded_at_half_of_its_time_once() -> None:
    adoption = adopted()
    half = adoption.adopted_at + (deadline(adoption) - adoption.adopted_at) / 2
    Message.objects.all().delete()

    assert remind_adoptions(at=half - timedelta(seconds=1)) == 0
    assert remind_adoptions(at=half) == 1
    assert remind_adoptions(at=half) == 0

    assert kinds() == ["call_to_act"]


def test_a_call_without_a_shift_waits_for_an_organization_again() -> None:
    adoption = adopted(filled_at=NOW)
    other = make_organization(home_area=adoption.task.area)
    neighbour = make_member(other, "owner")
    Message.objects.all().delete()

    assert lapse_adoptions(at=deadline(adoption) - timedelta(seconds=1)) == 0
    assert lapse_adoptions(at=deadline(adoption)) == 1
    assert lapse_adoptions(at=deadline(adoption)) == 0

    adoption.refresh_from_db()
    task = Task.objects.get()
    assert adoption.lapsed
    assert adoption.ended_at is not None
    assert (task.status, task.adopted_at, task.filled_at) == ("called", None, None)
    told = Message.objects.filter(channel="inbox").values_list("kind", "recipient")
    official = task.issuer.memberships.get().user
    assert set(told) == {
        ("call_lapsed", owner_of(adoption.organization).pk),
        ("call_open_again", official.pk),
        ("call_open_again", neighbour.pk),
    }


def test_the_same_organization_takes_it_on_again() -> None:
    adoption = adopted()
    at = deadline(adoption)
    lapse_adoptions(at=at)

    again = adopt_task(
        task=adoption.task,
        organization=adoption.organization,
        role="lead",
        by=owner_of(adoption.organization),
        at=at,
    )

    assert again.pk != adoption.pk
    assert Task.objects.get().status == Task.Status.ADOPTED


def test_a_shift_keeps_the_call() -> None:
    adoption = adopted()
    make_shift(task=adoption.task)

    assert lapse_adoptions(at=deadline(adoption)) == 0
    adoption.refresh_from_db()
    assert adoption.act_by is None


def test_nothing_runs_out_where_everything_stands_still() -> None:
    adoption = adopted()
    make_stop(adoption.task.area)

    assert remind_adoptions(at=deadline(adoption) - timedelta(seconds=1)) == 0
    assert lapse_adoptions(at=deadline(adoption)) == 0


def test_more_time_is_given_once_and_for_a_reason() -> None:
    adoption = adopted()
    owner = owner_of(adoption.organization)
    before = deadline(adoption)
    Message.objects.all().delete()

    with pytest.raises(ReasonMissing):
        ask_more_time(adoption=adoption, by=owner, at=NOW, reason=" ")
    more = ask_more_time(adoption=adoption, by=owner, at=NOW, reason="The hall is closed until Friday.")

    assert more.act_by == before + 48 * HOUR
    assert kinds() == ["call_more_time"]
    with pytest.raises(ExtendedAlready):
        ask_more_time(adoption=adoption, by=owner, at=NOW, reason="Again.")
    assert lapse_adoptions(at=before) == 0
    assert lapse_adoptions(at=before + 48 * HOUR) == 1
    with pytest.raises(NothingToExtend):
        ask_more_time(adoption=adoption, by=owner, at=NOW, reason="Too late.")


def test_more_time_has_a_reminder_of_its_own() -> None:
    adoption = adopted()
    remind_adoptions(at=deadline(adoption) - timedelta(seconds=1))
    more = ask_more_time(
        adoption=adoption, by=owner_of(adoption.organization), at=NOW, reason="The hall is closed."
    )

    assert remind_adoptions(at=deadline(more) - timedelta(seconds=1)) == 1
    assert remind_adoptions(at=deadline(more) - timedelta(seconds=1)) == 0


def test_a_share_given_back_leaves_no_call_filled() -> None:
    adoption = adopted(filled_at=NOW)

    leave_task(adoption=adoption, by=owner_of(adoption.organization), at=NOW, reason="Too few hands.")

    assert Task.objects.get().filled_at is None


@pytest.mark.parametrize(("people", "filled"), [(3, True), (5, False)])
def test_more_people_than_are_there_empty_a_call_again(people: int, filled: bool) -> None:
    adoption = adopted(people_needed=2, filled_at=NOW)
    make_assignment(make_shift(task=adoption.task), seats=3)

    edit_call(
        task=adoption.task, changes={"people_needed": people}, by=owner_of(adoption.organization), at=NOW
    )

    assert (Task.objects.get().filled_at is not None) is filled


def test_the_job_does_all_of_it() -> None:
    seat = claim(begin_by=NOW - HOUR)
    due = claim(begin_by=clock.now() + HOUR)
    adoption = adopted()
    Adoption.objects.filter(pk=adoption.pk).update(act_by=NOW - HOUR)

    end_claims()

    seat.refresh_from_db()
    adoption.refresh_from_db()
    assert seat.status == Assignment.Status.LAPSED
    assert adoption.lapsed
    assert Message.objects.filter(event=f"seat:{due.code}:begin").exists()
