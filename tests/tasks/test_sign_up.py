"""Taking a seat: what is written, and every refusal."""

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from core.errors import DomainError
from core.models import AuditRecord
from notifications.models import Message
from organizations.models import Organization
from tasks.actions import refusals
from tasks.actions.seats import sign_up
from tasks.actions.standstill import AreaStopped
from tasks.models import Assignment, Shift
from tasks.queries.seats import SeatWanted
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_member
from tests.factories.tasks import (
    make_assignment,
    make_role,
    make_shift,
    make_stop,
    make_task,
    role_of,
    tomorrow_at,
)
from tests.factories.volunteers import give_capability, make_capability, make_volunteer
from tests.tasks.conftest import Statements
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


def take(shift: Shift, volunteer: Volunteer | None = None, **values: Any) -> Assignment:
    volunteer = volunteer or make_volunteer()
    values = {"by": volunteer.user, "at": clock.now(), **values}
    return sign_up(role=role_of(shift), volunteer=volunteer, **values)


def refused(
    error: type[DomainError], shift: Shift, volunteer: Volunteer | None = None, **values: Any
) -> DomainError:
    """The refusal, which leaves nothing behind."""
    before = (Assignment.objects.count(), role_of(shift).seats_taken, Message.objects.count())
    with pytest.raises(error) as raised:
        take(shift, volunteer, **values)
    assert (Assignment.objects.count(), role_of(shift).seats_taken, Message.objects.count()) == before
    assert raised.value.message
    return raised.value


def test_a_seat_is_taken_counted_told_and_recorded() -> None:
    shift = make_shift(seats=6)
    volunteer = make_volunteer()

    assignment = take(shift, volunteer)

    assert role_of(shift).seats_taken == 1
    assert (assignment.period, assignment.county_id) == ((shift.starts_at, shift.ends_at), shift.county_id)
    messages = Message.objects.filter(event=f"seat:{assignment.code}:taken")
    assert sorted(message.channel for message in messages) == ["inbox", "sms"]
    record = AuditRecord.objects.get(verb="seat.taken")
    assert (record.subject_id, record.actor_id) == (assignment.pk, volunteer.user_id)


def test_a_sign_up_takes_four_statements(statements: Statements) -> None:
    shift = make_shift()
    volunteer = make_volunteer()
    wanted = SeatWanted(shift.code)

    with statements() as seen:
        sign_up(role=wanted, by=volunteer.user, at=clock.now())

    assert len(seen) == 4, seen
    assert "take_seats" in seen[-1]


def test_a_role_is_found_by_its_place_in_the_shift() -> None:
    shift = make_shift()
    second = make_role(shift, name="Driver")
    volunteer = make_volunteer()

    assignment = sign_up(role=SeatWanted(shift.code, 2), by=volunteer.user, at=clock.now())

    assert assignment.role_id == second.pk


@pytest.mark.parametrize("wanted", [SeatWanted("NOWHERE1"), SeatWanted("NOWHERE1", 0)])
def test_a_seat_that_does_not_exist_is_refused(wanted: SeatWanted) -> None:
    with pytest.raises(refusals.NoSuchSeat):
        sign_up(role=wanted, by=make_volunteer().user, at=clock.now())


def test_somebody_who_is_no_volunteer_gets_no_seat() -> None:
    with pytest.raises(refusals.NoSuchSeat):
        sign_up(role=role_of(make_shift()), by=make_user(), at=clock.now())


def test_the_last_seat_is_taken_once() -> None:
    shift = make_shift(seats=1)
    take(shift)

    refused(refusals.ShiftFull, shift)


def test_a_held_seat_is_not_free() -> None:
    shift = make_shift(seats=2)
    shift.roles.update(seats_held=1)
    take(shift)

    refused(refusals.ShiftFull, shift)


def test_a_party_needs_as_many_seats_as_it_has_people() -> None:
    shift = make_shift(seats=3)

    take(shift, seats=2)

    assert role_of(shift).seats_taken == 2
    refused(refusals.ShiftFull, shift, seats=2)


@pytest.mark.parametrize("seats", [0, 11])
def test_a_party_has_one_to_ten_people(seats: int) -> None:
    error = refused(refusals.SeatsOutOfBounds, make_shift(seats=20), seats=seats)
    assert error.field == "seats"


def test_nobody_signs_up_twice() -> None:
    shift = make_shift()
    volunteer = make_volunteer()
    take(shift, volunteer)

    refused(refusals.AlreadySignedUp, shift, volunteer)


def test_a_seat_given_back_can_be_taken_again() -> None:
    shift = make_shift()
    volunteer = make_volunteer()
    make_assignment(shift, volunteer, status="released")

    assert take(shift, volunteer)


@pytest.mark.parametrize(("starts", "hours"), [(9, 3), (8, 2), (11, 3), (10, 1), (7, 8)])
def test_two_shifts_at_once_are_refused(starts: int, hours: int) -> None:
    volunteer = make_volunteer()
    make_assignment(make_shift(starts_at=tomorrow_at(9), hours=3), volunteer)

    refused(refusals.Overlap, make_shift(starts_at=tomorrow_at(starts), hours=hours), volunteer)


def test_another_role_of_the_same_shift_overlaps() -> None:
    shift = make_shift()
    volunteer = make_volunteer()
    make_assignment(shift, volunteer, role=make_role(shift))

    refused(refusals.Overlap, shift, volunteer)


def test_an_overlap_is_absolute_even_for_an_organizer() -> None:
    volunteer = make_volunteer()
    make_assignment(make_shift(starts_at=tomorrow_at(9)), volunteer)
    shift = make_shift(starts_at=tomorrow_at(10))
    organizer = make_member(shift.organization)

    refused(refusals.Overlap, shift, volunteer, by=organizer, override_reason="They asked me to.")


@pytest.mark.parametrize(("gap_hours", "fits"), [(8, True), (7.5, False)])
def test_eight_hours_of_rest_lie_between_two_shifts(gap_hours: float, fits: bool) -> None:
    volunteer = make_volunteer()
    make_assignment(make_shift(starts_at=tomorrow_at(6), hours=2), volunteer)
    shift = make_shift(starts_at=tomorrow_at(8) + timedelta(hours=gap_hours), hours=2)

    if fits:
        assert take(shift, volunteer)
    else:
        refused(refusals.NeedsRest, shift, volunteer)


def test_a_weekly_limit_counts_the_week_of_the_shift() -> None:
    volunteer = make_volunteer(max_hours_week=8)
    monday = tomorrow_at(9) + timedelta(days=7 - tomorrow_at(9).weekday())
    make_assignment(make_shift(starts_at=monday, hours=6), volunteer)

    refused(refusals.TooManyHours, make_shift(starts_at=monday + timedelta(days=2), hours=3), volunteer)
    assert take(make_shift(starts_at=monday + timedelta(days=7), hours=3), volunteer)


def test_what_is_farther_than_ones_limit_is_refused() -> None:
    volunteer = make_volunteer(longitude=120.0, latitude=30.0, reach_km=5)

    refused(refusals.TooFar, make_shift(longitude=120.2, latitude=30.0), volunteer)
    assert take(make_shift(longitude=120.01, latitude=30.0), volunteer)


def test_work_from_home_is_never_too_far() -> None:
    volunteer = make_volunteer(longitude=120.0, latitude=30.0)
    shift = make_shift(longitude=121.0, latitude=30.0)
    shift.task.is_remote = True
    shift.task.save()

    assert take(shift, volunteer)


def test_an_organizer_sets_a_limit_aside_with_a_reason() -> None:
    volunteer = make_volunteer(longitude=120.0, latitude=30.0)
    shift = make_shift(longitude=120.2, latitude=30.0)
    organizer = make_member(shift.organization)

    assignment = take(shift, volunteer, by=organizer, override_reason="A car brings her.")

    assert (assignment.overridden_by, assignment.override_reason) == (organizer, "A car brings her.")
    assert AuditRecord.objects.get(verb="seat.taken").reason == "A car brings her."


def test_an_override_that_was_not_needed_is_not_noted() -> None:
    shift = make_shift()
    organizer = make_member(shift.organization)

    assignment = take(shift, by=organizer, override_reason="Just in case.")

    assert (assignment.overridden_by, assignment.override_reason) == (None, "")


@pytest.mark.parametrize("role", ["desk", None])
def test_only_an_organizer_of_the_shift_sets_limits_aside(role: str | None) -> None:
    shift = make_shift()
    by = make_member(shift.organization, role) if role else make_member(make_shift().organization)

    refused(refusals.OverrideNotAllowed, shift, by=by, override_reason="Because.")


def test_a_child_needs_a_guardian() -> None:
    today = clock.today()
    child = date(today.year - 13, 1, 1)

    refused(refusals.GuardianNeeded, make_shift(), make_volunteer(birth_on=child))
    guarded = make_volunteer(
        birth_on=child, guardian_name="Wei", guardian_phone="1", guardian_consent_at=clock.now()
    )
    assert take(make_shift(), guarded)


def test_a_least_age_is_that_of_the_shifts_day() -> None:
    day = tomorrow_at(9).date()
    # Twenty years before a 29 February there is another one.
    born = day.replace(year=day.year - 20)
    shift = make_shift(min_age=20)

    refused(refusals.BirthdayNeeded, shift)
    refused(refusals.TooYoung, shift, make_volunteer(birth_on=born + timedelta(days=1)))
    assert take(shift, make_volunteer(birth_on=born))


def test_what_the_role_requires_must_be_there() -> None:
    skill = make_capability(kind="skill")
    licence = make_capability(kind="qualification")
    shift = make_shift(requirements=[skill, licence])
    claimed = make_volunteer(capabilities=[skill])
    give_capability(claimed, licence, confirmed=False)

    error = refused(refusals.NotEligible, shift, claimed)

    assert error.params["names"] == licence.name
    assert take(shift, make_volunteer(capabilities=[skill, licence]))


def test_a_skill_counts_as_said_and_a_qualification_until_it_expires() -> None:
    skill = make_capability(kind="skill")
    licence = make_capability(kind="qualification")
    volunteer = make_volunteer()
    give_capability(volunteer, skill, confirmed=False)
    day = tomorrow_at(9).date()
    held = give_capability(volunteer, licence, expires_on=day - timedelta(days=1))
    shift = make_shift(requirements=[skill, licence])

    refused(refusals.NotEligible, shift, volunteer)
    held.expires_on = day
    held.save()
    assert take(shift, volunteer)


@pytest.mark.parametrize("consents", [(), ("messages",)])
def test_without_consent_nobody_takes_part(consents: tuple[str, ...]) -> None:
    refused(refusals.ConsentWithdrawn, make_shift(), make_volunteer(user=make_user(consents=consents)))


def test_a_stopped_area_takes_nobody() -> None:
    county = make_area()
    township = make_area(level=4, parent=county)
    shift = make_shift(area=township)
    make_stop(county)

    refused(AreaStopped, shift)


def test_a_lifted_stop_and_one_elsewhere_stop_nobody() -> None:
    county = make_area()
    by = make_user()
    make_stop(county, lifted_at=clock.now(), lifted_by=by)
    make_stop(make_area(level=4, parent=county))

    assert take(make_shift(area=county))


def test_a_shift_that_has_begun_takes_nobody_from_afar() -> None:
    refused(refusals.TooLate, make_shift(starts_at=clock.now() - timedelta(minutes=1)))


def test_a_cancelled_shift_takes_nobody() -> None:
    shift = make_shift(status="cancelled", cancelled_at=clock.now(), cancel_reason="Rain.")
    refused(refusals.NotOpen, shift)


@pytest.mark.parametrize("status", ["closed", "cancelled", "draft"])
def test_a_task_that_does_not_run_takes_nobody(status: str) -> None:
    refused(refusals.NotOpen, make_shift(task=make_task(status=status)))


def test_a_suspended_organization_gets_nobody() -> None:
    shift = make_shift()
    Organization.objects.filter(pk=shift.organization_id).update(status="suspended")

    refused(refusals.NotOpen, shift)


def test_work_without_a_fixed_time_overlaps_with_nothing() -> None:
    volunteer = make_volunteer()
    make_assignment(make_shift(), volunteer)
    shift = make_shift()
    Shift.objects.filter(pk=shift.pk).update(starts_at=None, ends_at=None)

    assert take(shift, volunteer).period is None


def test_a_shift_that_changed_meanwhile_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shift = make_shift()
    volunteer = make_volunteer()

    def moved(messages: Any) -> None:
        shift.roles.update(version=2)

    monkeypatch.setattr("tasks.actions.seats.ring_for", moved)

    with pytest.raises(refusals.Stale):
        take(shift, volunteer)


def test_whoever_is_signed_up_by_another_reads_who_did_it() -> None:
    shift = make_shift()
    organizer = make_member(shift.organization)

    assignment = take(shift, by=organizer)

    message = Message.objects.filter(event=f"seat:{assignment.code}:taken").first()
    assert message is not None
    assert message.context["placed_by"] == organizer.name
