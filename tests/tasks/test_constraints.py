"""What the database refuses, whatever the programme does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from core import clock
from tasks.models import (
    Adoption,
    AreaStop,
    Assignment,
    CallRequest,
    CheckIn,
    Crisis,
    Escalation,
    Handover,
    Incident,
    Mark,
    Offer,
    Series,
    Shift,
    ShiftRole,
    StageChange,
    Step,
    Task,
    TaskTemplate,
    Waiting,
    Watch,
)
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.tasks import (
    make_adoption,
    make_assignment,
    make_check,
    make_crisis,
    make_offer,
    make_record,
    make_shift,
    make_stop,
    make_task,
    make_task_type,
    role_of,
    tomorrow_at,
)
from tests.factories.volunteers import make_volunteer
from tests.tasks.broken_rules import BROKEN_RULES

pytestmark = pytest.mark.django_db

NOW = clock.now()


def role(**fields: object) -> None:
    ShiftRole.objects.filter(shift=make_shift(seats=2, seats_min=1)).update(**fields)


def shift(**fields: object) -> None:
    Shift.objects.filter(pk=make_shift().pk).update(**fields)


def task(**fields: object) -> None:
    Task.objects.filter(pk=make_task().pk).update(**fields)


def seat(**fields: object) -> None:
    Assignment.objects.filter(pk=make_assignment().pk).update(**fields)


def overlap() -> None:
    volunteer = make_volunteer()
    make_assignment(make_shift(starts_at=tomorrow_at(9)), volunteer)
    make_assignment(make_shift(starts_at=tomorrow_at(10)), volunteer)


def second_seat() -> None:
    first = make_assignment()
    make_assignment(first.shift, first.volunteer, period=None)


def second_check() -> None:
    taken = make_assignment()
    make_check(taken)
    make_check(taken)


def same_nonce() -> None:
    nonce = uuid4()
    make_check(make_assignment(), nonce=nonce)
    make_check(make_assignment(), nonce=nonce)


def half_voided() -> None:
    CheckIn.objects.filter(pk=make_check(make_assignment()).pk).update(voided_at=NOW)


def second_record() -> None:
    record = make_record()
    make_record(record.assignment)


def second_lead() -> None:
    call = make_task()
    for _ in range(2):
        make_adoption(call, make_shift().organization)


def second_share() -> None:
    call, organization = make_task(), make_shift().organization
    make_adoption(call, organization)
    Adoption.objects.create(
        task=call, organization=organization, role="partner", adopted_at=NOW, adopted_by=make_user()
    )


def second_stop() -> None:
    area = make_area()
    make_stop(area)
    make_stop(area)


def half_lifted() -> None:
    AreaStop.objects.filter(pk=make_stop(make_area()).pk).update(lifted_at=NOW)


def ended_crisis() -> None:
    crisis = make_crisis()
    Crisis.objects.filter(pk=crisis.pk).update(ended_at=F("started_at"))


def stage(number: int = 1, *, times: int = 1) -> None:
    crisis, area, by = make_crisis(), make_area(), make_user()
    for _ in range(times):
        StageChange.objects.create(
            crisis=crisis,
            area=area,
            stage=number,
            effective_at=NOW,
            decided_at=NOW,
            decided_by=by,
            reason="Because.",
        )


def template(**fields: object) -> None:
    TaskTemplate.objects.create(code="x", type=make_task_type(), **fields)


def half_handled() -> None:
    Incident.objects.create(
        shift=make_shift(),
        kind="other",
        text="A fall.",
        reported_at=NOW,
        reported_by=make_user(),
        handled_at=NOW,
        handled_by=make_user(),
    )


def offer(**fields: object) -> None:
    Offer.objects.filter(pk=make_offer().pk).update(**fields)


def alert_twice() -> None:
    first = make_offer()
    make_offer(volunteer=first.volunteer, ration_slot=first.ration_slot)


def second_offer() -> None:
    first = make_offer()
    make_offer(first.role, first.volunteer)


def accepted_twice() -> None:
    first = make_offer(status="accepted")
    make_offer(first.role, first.volunteer, status="accepted", assignment=first.assignment)


BROKEN: list[tuple[str, Callable[[], object]]] = [
    ("seats_never_over", lambda: role(seats_taken=3)),
    ("seats_never_over", lambda: role(seats_taken=1, seats_held=2)),
    ("seats_never_over", lambda: role(seats_taken=F("seats_taken") - 1)),
    ("seats_in_order", lambda: role(seats=1, seats_min=2)),
    ("seats_in_order", lambda: role(seats=0, seats_min=0)),
    ("no_two_shifts_at_once", overlap),
    ("one_live_seat_a_role", second_seat),
    ("an_assignment_takes_seats", lambda: seat(seats=0)),
    ("an_ended_assignment_says_when", lambda: seat(status="released")),
    ("an_ended_assignment_says_when", lambda: seat(ended_at=NOW)),
    ("a_removal_has_a_reason", lambda: seat(status="removed", ended_at=NOW)),
    ("an_override_has_who_and_why", lambda: seat(override_reason="Because.")),
    ("a_shift_ends_after_it_starts", lambda: shift(ends_at=F("starts_at"))),
    (
        "a_shift_ends_after_it_starts",
        lambda: shift(starts_at=None, ends_at=NOW),
    ),
    ("a_shift_point_has_both_coordinates", lambda: shift(longitude=120.0)),
    ("a_shift_point_has_both_coordinates", lambda: shift(longitude=181.0, latitude=0.0)),
    ("a_cancelled_shift_says_when_and_why", lambda: shift(status="cancelled", cancelled_at=NOW)),
    ("a_cancelled_shift_says_when_and_why", lambda: shift(status="cancelled", cancel_reason="Rain.")),
    ("one_valid_check_in_a_kind", second_check),
    ("nonce", same_nonce),
    ("a_voided_check_in_has_who", half_voided),
    ("assignment_id", second_record),
    ("minutes_within_a_day", lambda: make_record(minutes=0)),
    ("minutes_within_a_day", lambda: make_record(minutes=1441)),
    ("a_record_ends_after_it_starts", lambda: make_record(ends_at=NOW - timedelta(days=9))),
    ("a_handled_incident_has_who", half_handled),
    ("no_more_alerts_than_the_ration", alert_twice),
    ("ration_of_alerts", lambda: offer(ration_slot=0)),
    ("ration_of_alerts", lambda: offer(ration_slot=3)),
    ("one_open_offer_a_seat", second_offer),
    ("assignment_id", accepted_twice),
    ("an_offer_expires_after_it_was_made", lambda: offer(expires_at=F("made_at"))),
    ("an_ended_offer_says_when", lambda: offer(status="expired")),
    ("an_ended_offer_says_when", lambda: offer(ended_at=NOW)),
    ("an_accepted_offer_has_its_seat", lambda: offer(status="accepted", ended_at=NOW)),
    ("an_accepted_offer_has_its_seat", lambda: offer(assignment=make_assignment())),
    ("only_a_declined_offer_has_an_answer", lambda: offer(status="declined", ended_at=NOW)),
    ("only_a_declined_offer_has_an_answer", lambda: offer(answer="no-time")),
    ("only_a_declined_offer_has_an_answer", lambda: offer(answer_words="No bus.")),
    ("a_task_ends_after_it_starts", lambda: task(ends_on=F("starts_on") - timedelta(days=1))),
    ("a_task_needs_people", lambda: task(people_needed=0)),
    ("priority_known", lambda: task(priority=4)),
    ("a_public_task_says_since_when", lambda: task(called_at=None)),
    ("an_ended_task_says_when", lambda: task(status="closed")),
    ("one_live_lead_a_task", second_lead),
    ("one_live_share_an_organization", second_share),
    ("one_live_stop_an_area", second_stop),
    ("a_lifted_stop_has_who", half_lifted),
    ("a_crisis_ends_after_it_starts", ended_crisis),
    ("stage_known", lambda: stage(4)),
    ("one_stage_a_moment", lambda: stage(times=2)),
    ("template_stage_known", lambda: template(stage=4)),
    ("template_seats_in_order", lambda: template(seats=2, seats_min=3)),
]


@pytest.mark.parametrize(
    ("name", "break_it"),
    BROKEN + BROKEN_RULES,
    ids=[f"{i}-{row[0]}" for i, row in enumerate(BROKEN + BROKEN_RULES)],
)
def test_the_database_refuses(name: str, break_it: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        break_it()
    broken: Any = raised.value.__cause__
    assert name in broken.diag.constraint_name


def test_every_constraint_of_seats_and_shifts_has_its_test() -> None:
    models = (
        Adoption,
        AreaStop,
        Assignment,
        CheckIn,
        Crisis,
        Incident,
        Offer,
        Shift,
        ShiftRole,
        StageChange,
        Task,
        Waiting,
        Handover,
        Mark,
        Series,
        Watch,
        CallRequest,
        Escalation,
        Step,
    )
    named = {constraint.name for model in models for constraint in model._meta.constraints}
    assert named <= {name for name, _ in BROKEN + BROKEN_RULES}


def test_an_ended_seat_frees_its_time_and_its_role() -> None:
    gone = make_assignment(status="released")

    assert make_assignment(gone.shift, gone.volunteer)
    assert role_of(gone.shift).seats_taken == 1
