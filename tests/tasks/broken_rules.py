"""What the database refuses of series, rules of sign-up, waiting lists, handovers and notes, each as an attempt."""

from collections.abc import Callable
from datetime import date, time, timedelta

from core import clock
from tasks.models import (
    Adoption,
    CallRequest,
    Escalation,
    Handover,
    Mark,
    Series,
    Shift,
    ShiftRole,
    Step,
    Waiting,
    Watch,
)
from tests.factories.accounts import make_user
from tests.factories.calls import make_call_request, make_escalation, make_step
from tests.factories.handovers import make_handover
from tests.factories.marks import make_mark
from tests.factories.tasks import make_shift
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_waiting

NOW = clock.now()
HOUR = timedelta(hours=1)


def shift(**fields: object) -> None:
    Shift.objects.filter(pk=make_shift().pk).update(**fields)


def goal(number: int) -> None:
    ShiftRole.objects.filter(shift=make_shift(seats=2, seats_min=1)).update(seats_goal=number)


def series(**fields: object) -> Series:
    task = make_shift().task
    values = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 4, 1), "minutes": 60} | fields
    return Series.objects.create(
        task=task, organization=task.issuer, rule="FREQ=DAILY", zone="Asia/Shanghai", starts=time(9),
        made_at=NOW, made_by=make_user(), **values,
    )  # fmt: skip


def same_occurrence() -> None:
    found = series()
    for _ in range(2):
        shift(series=found, occurs_at=NOW)


def waiting(**fields: object) -> None:
    Waiting.objects.filter(pk=make_waiting().pk).update(**fields)


def waits_twice() -> None:
    first = make_waiting()
    make_waiting(first.role, first.volunteer)


def handover(**fields: object) -> None:
    Handover.objects.filter(pk=make_handover().pk).update(**fields)


def passed_on_twice() -> None:
    make_handover(make_handover().assignment)


def mark(made: str = "noted", **fields: object) -> None:
    Mark.objects.filter(pk=make_mark(status=made).pk).update(**fields)


def noted_twice() -> None:
    make_mark(make_mark().assignment)


def decides_on_own() -> None:
    found = make_mark(status="upheld")
    Mark.objects.filter(pk=found.pk).update(decided_by=found.marked_by)


def watches_twice() -> None:
    user, seen = make_user(), make_shift()
    for _ in range(2):
        Watch.objects.create(shift=seen, user=user, made_at=NOW)


def asked(**fields: object) -> None:
    CallRequest.objects.filter(pk=make_call_request().pk).update(**fields)


def asked_twice() -> None:
    first = make_call_request()
    make_call_request(first.task, first.organization)


def asks_itself() -> None:
    first = make_call_request()
    CallRequest.objects.filter(pk=first.pk).update(organization=first.asker)


def step(made: str = "design", **fields: object) -> None:
    score = 3 if made == "assess" else None
    Step.objects.filter(pk=make_step(kind=made, score=score).pk).update(**fields)


def step_twice(answer: str = "", kind: str = "design") -> None:
    by = make_user()
    first = make_step(kind=kind, score=3 if kind == "assess" else None)
    if answer:
        answered = {"answered_at": NOW, "answered_by": by, "answered_for": make_shift().organization}
        Step.objects.filter(pk=first.pk).update(answer=answer, **answered)
    make_step(first.task, first.organization, kind=kind, score=first.score)


def own_answer() -> None:
    first = make_step()
    answered = {"answer": "agreed", "answered_at": NOW, "answered_by": make_user()}
    Step.objects.filter(pk=first.pk).update(answered_for=first.organization, **answered)


def declined_without_words() -> None:
    first = make_step()
    answered = {"answer": "declined", "answered_at": NOW, "answered_by": make_user()}
    Step.objects.filter(pk=first.pk).update(answered_for=make_shift().organization, **answered)


def up_twice() -> None:
    first = make_escalation()
    make_escalation(first.task, first.authority)


def up(**fields: object) -> None:
    Escalation.objects.filter(pk=make_escalation().pk).update(**fields)


BROKEN_RULES: list[tuple[str, Callable[[], object]]] = [
    ("only_work_without_a_time_has_a_deadline", lambda: shift(due_at=NOW)),
    ("one_shift_an_occurrence", same_occurrence),
    ("an_occurrence_has_its_series_and_its_moment", lambda: shift(occurs_at=NOW)),
    ("windows_open_in_order", lambda: shift(opens_to_members_at=NOW + HOUR, opens_at=NOW)),
    ("windows_open_in_order", lambda: shift(opens_to_area_at=NOW + HOUR, opens_at=NOW)),
    (
        "windows_open_in_order",
        lambda: shift(opens_to_members_at=NOW + HOUR, opens_to_area_at=NOW, opens_at=NOW + 2 * HOUR),
    ),
    ("an_early_window_needs_a_public_one", lambda: shift(opens_to_members_at=NOW)),
    ("an_early_window_needs_a_public_one", lambda: shift(opens_to_area_at=NOW)),
    ("sign_up_rules_within_bounds", lambda: shift(party_most=11)),
    ("sign_up_rules_within_bounds", lambda: shift(notice_minutes=20161)),
    ("sign_up_rules_within_bounds", lambda: shift(claim_hours=0)),
    ("sign_up_rules_within_bounds", lambda: shift(warn_days=31)),
    ("sign_up_rules_within_bounds", lambda: shift(warn_hours=73)),
    ("a_goal_lies_below_the_seats", lambda: goal(2)),
    ("a_goal_lies_below_the_seats", lambda: goal(0)),
    ("a_series_ends_after_it_starts", lambda: series(ends_on=date(2026, 2, 1))),
    ("an_occurrence_lasts_a_day_at_most", lambda: series(minutes=0)),
    ("an_occurrence_lasts_a_day_at_most", lambda: series(minutes=1441)),
    ("one_live_place_in_line", waits_twice),
    ("waits_for_some_seats", lambda: waiting(seats=0)),
    ("waits_for_some_seats", lambda: waiting(rank=1)),
    ("a_held_seat_has_its_deadline", lambda: waiting(status="offered", offered_at=NOW)),
    ("a_held_seat_has_its_deadline", lambda: waiting(status="offered", offered_at=NOW, expires_at=NOW)),
    ("whoever_waits_no_more_has_when", lambda: waiting(status="left")),
    ("whoever_waits_no_more_has_when", lambda: waiting(ended_at=NOW)),
    ("whoever_got_the_seat_has_it", lambda: waiting(status="taken", ended_at=NOW)),
    ("a_refusal_on_the_list_has_a_reason", lambda: waiting(status="refused", ended_at=NOW)),
    ("one_live_handover_a_seat", passed_on_twice),
    ("whoever_agreed_is_known", lambda: handover(status="agreed", agreed_at=NOW)),
    (
        "a_swap_gives_a_seat_in_return",
        lambda: handover(kind="swap", status="agreed", agreed_at=NOW, taker=make_volunteer()),
    ),
    ("only_a_swap_wants_a_shift", lambda: handover(wanted_shift=make_shift())),
    ("an_ended_handover_says_when", lambda: handover(status="withdrawn")),
    ("an_ended_handover_says_when", lambda: handover(ended_at=NOW)),
    ("a_refused_handover_has_a_reason", lambda: handover(status="refused", ended_at=NOW)),
    ("one_mark_a_kind", noted_twice),
    ("only_who_came_late_has_minutes", lambda: mark(minutes_late=5)),
    ("only_who_came_late_has_minutes", lambda: mark(kind="late")),
    ("an_appeal_has_its_words", lambda: mark(appealed_at=NOW)),
    ("a_decided_mark_says_who_and_why", lambda: mark("appealed", status="lifted")),
    ("only_an_appeal_is_decided", lambda: mark("lifted", appealed_at=None, appeal="")),
    ("nobody_decides_on_their_own_mark", decides_on_own),
    ("one_watch_a_shift", watches_twice),
    (
        "a_share_brings_people",
        lambda: Adoption.objects.filter(pk=make_shift().task.adoptions.get().pk).update(people=0),
    ),
    ("one_open_request_a_call_and_organization", asked_twice),
    ("nobody_asks_themselves", asks_itself),
    ("an_answered_request_has_who_and_when", lambda: asked(answer="lead")),
    ("an_answered_request_has_who_and_when", lambda: asked(answered_at=NOW)),
    ("only_a_declined_request_has_a_reason", lambda: asked(reason="Because.")),
    ("only_an_assessment_has_a_score", lambda: step(score=3)),
    ("only_an_assessment_has_a_score", lambda: step("assess", score=6)),
    ("only_an_assessment_has_a_score", lambda: step("assess", score=None)),
    ("an_answered_step_has_who_and_when", lambda: step(answer="agreed")),
    ("nobody_answers_their_own_step", own_answer),
    ("a_declined_step_says_why", declined_without_words),
    ("one_open_step_a_kind_and_organization", step_twice),
    ("one_assessment_an_organization", lambda: step_twice("agreed", "assess")),
    ("one_escalation_a_task_and_authority", up_twice),
    ("a_seen_escalation_has_who", lambda: up(seen_at=NOW)),
]
