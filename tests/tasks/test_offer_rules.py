"""How long an offer stands, how many go out, whom they may reach and when."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tasks import policies
from tasks.policies import AskFacts, Ground, PersonFacts, SeatFacts, Turndown, Window

ZONE = ZoneInfo("Asia/Shanghai")
# A Thursday.
NOON = datetime(2020, 2, 6, 12, tzinfo=ZONE)
HOUR = timedelta(hours=1)


def seat(**values: Any) -> SeatFacts:
    values = {
        "starts_at": NOON + 6 * HOUR,
        "ends_at": NOON + 10 * HOUR,
        "is_open": True,
        "is_stopped": False,
        "seats_free": 3,
        **values,
    }
    return SeatFacts(**values)


def asked(person: dict[str, Any] | None = None, **values: Any) -> AskFacts:
    limits = {"has_consent": True, "busy": [], "max_hours_week": 20, "reach_km": 5, **(person or {})}
    values = {
        "is_active": True,
        "agreed_to_messages": True,
        "on_duty": False,
        "offers_a_day": 2,
        **values,
    }
    return AskFacts(person=PersonFacts(**limits), **values)


@pytest.mark.parametrize(
    ("ahead", "stands"),
    [
        (timedelta(minutes=10), timedelta(minutes=10)),
        (6 * HOUR, timedelta(minutes=20)),
        (6 * HOUR + timedelta(minutes=1), 2 * HOUR),
        (48 * HOUR, 2 * HOUR),
        (49 * HOUR, 12 * HOUR),
        (timedelta(0), timedelta(0)),
    ],
)
def test_an_offer_stands_shorter_the_nearer_the_start_and_never_beyond_it(
    ahead: timedelta, stands: timedelta
) -> None:
    assert policies.offer_lasts(NOON + ahead, NOON) == stands


def test_an_offer_of_work_without_a_time_stands_half_a_day() -> None:
    assert policies.offer_lasts(None, NOON) == 12 * HOUR


def test_a_shift_within_a_day_is_urgent() -> None:
    assert policies.is_urgent(NOON + 23 * HOUR, NOON)
    assert not policies.is_urgent(NOON + 24 * HOUR, NOON)
    assert not policies.is_urgent(None, NOON)


@pytest.mark.parametrize(("chosen", "ration"), [(0, 0), (1, 1), (2, 2), (9, 2)])
def test_nobody_gets_more_than_two_alerts_a_day(chosen: int, ration: int) -> None:
    assert policies.ration_of(chosen) == ration


def test_a_newcomer_says_yes_three_times_of_five() -> None:
    assert policies.likelihood(asked=0, accepted=0) == 0.6


def test_every_answer_moves_the_chance_of_a_yes() -> None:
    assert policies.likelihood(asked=5, accepted=5) == 0.8
    assert policies.likelihood(asked=5, accepted=0) == 0.3
    assert policies.likelihood(asked=0, accepted=0, on_duty=True, did_before=True) == pytest.approx(5 / 7)


@pytest.mark.parametrize(
    ("missing", "free", "count"),
    [(0, 9, 0), (-1, 9, 0), (1, 9, 2), (2, 9, 4), (2, 3, 3), (9, 9, 5), (1, 0, 0)],
)
def test_a_wave_is_the_fewest_whose_expected_yes_reach_what_is_missing(
    missing: int, free: int, count: int
) -> None:
    assert policies.wave_size(missing=missing, chances=[0.6, 0.6, 0.5, 0.5, 0.4], free=free) == count


def test_the_cost_of_a_pair_is_way_cause_and_load() -> None:
    def cost(**values: Any) -> int:
        facts = {"metres": 1290.0, "reach_km": 5, "prefers_cause": True, "load": 0, "is_remote": False}
        return policies.pair_cost(**{**facts, **values})

    assert cost() == 12
    assert cost(prefers_cause=False) == 262
    assert cost(load=2) == 72
    assert cost(metres=None) == 50
    assert cost(metres=None, is_remote=True) == 0


def test_recent_load_counts_shifts_and_every_second_alert_up_to_five() -> None:
    assert policies.recent_load(shifts=0, alerts=0) == 0
    assert policies.recent_load(shifts=1, alerts=3) == 3
    assert policies.recent_load(shifts=9, alerts=9) == 5


@pytest.mark.parametrize(
    ("hour", "starts_in", "on_duty", "may"),
    [
        (21, 30, False, True),
        (22, 30, False, False),
        (22, 30, True, True),
        (22, 11, False, True),
        (3, 6, False, True),
        (3, 8, False, False),
        (6, 3, False, True),
        (7, 30, False, True),
    ],
)
def test_nobody_is_asked_at_night_for_what_can_wait(
    hour: int, starts_in: int, on_duty: bool, may: bool
) -> None:
    at = NOON.replace(hour=hour)

    assert policies.may_be_asked_at(at, at + starts_in * HOUR, on_duty=on_duty) is may


def test_work_without_a_time_can_wait_until_the_morning() -> None:
    assert not policies.may_be_asked_at(NOON.replace(hour=23), None, on_duty=False)


@pytest.mark.parametrize(
    ("week", "free"),
    [
        ([], True),
        ([(3, 18, 22)], True),
        ([(3, 18, 21)], False),
        ([(3, 8, 20), (3, 20, 24)], True),
        ([(4, 18, 22)], False),
    ],
)
def test_somebody_is_free_where_every_hour_lies_in_their_week(week: list[Window], free: bool) -> None:
    assert policies.is_free((NOON + 6 * HOUR, NOON + 10 * HOUR), week) is free


def test_days_that_differ_come_before_the_week() -> None:
    period = (NOON + 6 * HOUR, NOON + 10 * HOUR)
    day = date(2020, 2, 6)

    assert not policies.is_free(period, [], [(day, day, False)])
    assert policies.is_free(period, [(0, 8, 9)], [(day, day, True)])


def test_a_night_shift_needs_both_days() -> None:
    night = (NOON + 10 * HOUR, NOON + 14 * HOUR)

    assert policies.is_free(night, [(3, 22, 24), (4, 0, 2)])
    assert not policies.is_free(night, [(3, 22, 24)])


def test_hours_that_are_begun_count_whole() -> None:
    late = (NOON + 6 * HOUR + timedelta(minutes=30), NOON + 7 * HOUR + timedelta(minutes=30))

    assert not policies.is_free(late, [(3, 18, 19)])
    assert policies.is_free(late, [(3, 18, 20)])


def test_whoever_nothing_keeps_may_be_asked() -> None:
    assert policies.why_not_ask(seat(), asked(), at=NOON, by_hand=False) is None


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"is_active": False}, Turndown.CLOSED),
        ({"agreed_to_messages": False}, Turndown.NO_MESSAGES),
        ({"asked_for_this": True}, Turndown.ASKED),
        ({"gave_back": True}, Turndown.GAVE_BACK),
        ({"asked_at_that_time": True}, Turndown.ASKED_ELSEWHERE),
        ({"said_not_this_work": True}, Turndown.NOT_THIS_WORK),
        ({"wants_rest": True}, Turndown.TIRED),
        ({"too_far_m": 900}, Turndown.DISTANCE),
        ({"week": [(0, 8, 9)]}, Turndown.NOT_FREE),
        ({"slots_used": [1, 2]}, Turndown.RATION),
        ({"offers_a_day": 0}, Turndown.RATION),
        ({"offers_a_day": 1, "slots_used": [1]}, Turndown.RATION),
        ({"person": {"max_hours_week": 3}}, Turndown.HOURS),
        ({"person": {"busy": [(NOON, NOON + 7 * HOUR)]}}, Turndown.OVERLAP),
        ({"person": {"busy": [(NOON, NOON + HOUR)]}}, Turndown.REST),
        ({"person": {"has_consent": False}}, Turndown.CONSENT),
    ],
)
def test_whatever_keeps_somebody_from_being_asked_is_named(facts: dict[str, Any], why: Turndown) -> None:
    assert policies.why_not_ask(seat(), asked(**facts), at=NOON, by_hand=True, metres=1000) == why


def test_only_whoever_sends_by_hand_chooses_the_hour() -> None:
    night = NOON.replace(hour=23)
    later = seat(starts_at=night + 30 * HOUR, ends_at=night + 33 * HOUR)

    assert policies.why_not_ask(later, asked(), at=night, by_hand=False) == Turndown.QUIET
    assert policies.why_not_ask(later, asked(), at=night, by_hand=True) is None


def test_the_first_alert_that_is_left_is_taken() -> None:
    assert asked().free_slot == 1
    assert asked(slots_used=[1]).free_slot == 2
    assert asked(slots_used=[2]).free_slot == 1


def test_a_ground_of_a_sign_up_has_the_same_name_here() -> None:
    # The rest holds for whoever comes alone, or for more than one.
    never = {Ground.SIGN_UP_CLOSED, Ground.NEEDS_APPROVAL, Ground.PARTY}

    assert {ground.value for ground in set(Ground) - never} <= {turndown.value for turndown in Turndown}
