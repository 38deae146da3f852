"""From when, until when and for whom a seat can be taken: the rules as values."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks import policies
from tasks.policies import Admission, Ground, PersonFacts, SeatFacts, Stage

BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 27, 18, tzinfo=SHANGHAI)
MEMBERS, AREA, ALL = (START - timedelta(days=days) for days in (6, 4, 2))
STAGED = Admission(opens_to_members_at=MEMBERS, opens_to_area_at=AREA, opens_at=ALL)
SECOND = timedelta(microseconds=1)


def refusals(
    rules: Admission, at: datetime, *, starts_at: datetime | None = START, seats: int = 1, **person: bool
) -> dict[Ground, dict[str, object]]:
    """Grounds against a seat that nothing else stands against, with their values."""
    seat = SeatFacts(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2) if starts_at else None,
        is_open=True,
        is_stopped=False,
        seats_free=9,
        admission=rules,
    )
    who = PersonFacts(has_consent=True, busy=[], max_hours_week=40, reach_km=5, **person)  # type: ignore[arg-type]
    found = policies.weigh(seat, who, at=at, seats=seats)
    return {reason.ground: reason.params for reason in policies.against(found)}


@pytest.mark.parametrize(
    ("rules", "is_member", "is_local", "opens_at", "stage"),
    [
        (STAGED, True, False, MEMBERS, Stage.MEMBERS),
        (STAGED, True, True, MEMBERS, Stage.MEMBERS),
        (STAGED, False, True, AREA, Stage.AREA),
        (STAGED, False, False, ALL, Stage.EVERYBODY),
        # A stage without a time is passed over: its people wait for the next that has one.
        (Admission(opens_to_area_at=AREA, opens_at=ALL), True, False, AREA, Stage.AREA),
        (Admission(opens_to_members_at=MEMBERS, opens_at=ALL), False, True, ALL, Stage.EVERYBODY),
        (Admission(opens_at=ALL), True, True, ALL, Stage.EVERYBODY),
    ],
)
def test_each_waits_for_the_first_stage_that_names_them(
    rules: Admission, is_member: bool, is_local: bool, opens_at: datetime, stage: Stage
) -> None:
    opening = policies.opening_for(rules, is_member=is_member, is_local=is_local)

    assert opening == policies.Opening(opens_at, stage)


def test_a_shift_without_windows_was_always_open() -> None:
    assert policies.opening_for(Admission(), is_member=False, is_local=False) is None
    assert policies.stage_at(Admission(), START) == Stage.EVERYBODY


def test_a_window_opens_exactly_at_its_moment() -> None:
    assert Ground.NOT_YET_OPEN in refusals(STAGED, ALL - SECOND)
    assert refusals(STAGED, ALL) == {}


@pytest.mark.parametrize(
    ("at", "stage"),
    [
        (MEMBERS - SECOND, None),
        (MEMBERS, Stage.MEMBERS),
        (AREA - SECOND, Stage.MEMBERS),
        (AREA, Stage.AREA),
        (ALL, Stage.EVERYBODY),
    ],
)
def test_stages_only_widen(at: datetime, stage: Stage | None) -> None:
    assert policies.stage_at(STAGED, at) == stage


def test_whoever_comes_too_early_learns_when_they_may_and_who_may_now() -> None:
    assert refusals(STAGED, AREA - SECOND)[Ground.NOT_YET_OPEN] == {
        "opens_at": ALL,
        "whom": Stage.EVERYBODY,
        "already": Stage.MEMBERS,
    }
    assert refusals(STAGED, AREA - SECOND, is_local=True)[Ground.NOT_YET_OPEN] == {
        "opens_at": AREA,
        "whom": Stage.AREA,
        "already": Stage.MEMBERS,
        "opens_to_everybody_at": ALL,
    }


def test_the_last_moment_is_in_time() -> None:
    rules = Admission(closes_at=START - timedelta(days=1))

    assert refusals(rules, START - timedelta(days=1)) == {}
    assert Ground.SIGN_UP_CLOSED in refusals(rules, START - timedelta(days=1) + SECOND)


def test_the_earlier_of_the_two_ends_counts() -> None:
    closes_first = Admission(closes_at=START - timedelta(days=1), notice_minutes=60)
    notice_first = Admission(closes_at=START - timedelta(minutes=5), notice_minutes=60)

    assert policies.last_moment(closes_first, START) == START - timedelta(days=1)
    assert policies.last_moment(notice_first, START) == START - timedelta(minutes=60)
    assert policies.last_moment(Admission(notice_minutes=60), None) is None


def test_notice_is_time_that_passes_not_what_clocks_show() -> None:
    # On 25 October 2026 clocks in Berlin go back from three to two: 25 hours lie between two midnights.
    midnight = datetime(2026, 10, 26, 0, tzinfo=BERLIN)

    until = policies.last_moment(Admission(notice_minutes=25 * 60), midnight)

    assert until == datetime(2026, 10, 24, 22, tzinfo=UTC)


def test_an_hour_that_comes_twice_opens_once() -> None:
    second_half_past_two = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN)
    rules = Admission(opens_at=second_half_past_two)
    first = datetime(2026, 10, 25, 2, 45, fold=0, tzinfo=BERLIN)

    start = datetime(2026, 10, 27, 9, tzinfo=BERLIN)
    assert Ground.NOT_YET_OPEN in refusals(rules, first, starts_at=start)
    assert refusals(rules, datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN), starts_at=start) == {}


def test_a_party_is_as_large_as_the_shift_allows() -> None:
    rules = Admission(party_most=3)

    assert refusals(rules, MEMBERS, seats=3) == {}
    assert refusals(rules, MEMBERS, seats=4)[Ground.PARTY] == {"most": 3}


def test_approval_is_the_last_that_is_asked_for() -> None:
    found = policies.weigh(
        SeatFacts(
            START, START + timedelta(hours=2), True, False, 9, admission=Admission(needs_approval=True)
        ),
        PersonFacts(has_consent=False, busy=[], max_hours_week=40, reach_km=5),
        at=MEMBERS,
    )

    assert [reason.ground for reason in policies.against(found)] == [Ground.CONSENT, Ground.NEEDS_APPROVAL]


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda day: day.replace(tzinfo=UTC))
zones = st.sampled_from([UTC, BERLIN, SHANGHAI, ZoneInfo("America/New_York")])


@given(
    times=st.lists(moments, min_size=3, max_size=3).map(sorted),
    given_early=st.tuples(st.booleans(), st.booleans()),
    at=moments,
    zone=zones,
    other=zones,
    is_member=st.booleans(),
    is_local=st.booleans(),
)
def test_nobody_comes_before_their_turn_and_everybody_after_the_last(
    times: list[datetime],
    given_early: tuple[bool, bool],
    at: datetime,
    zone: ZoneInfo,
    other: ZoneInfo,
    is_member: bool,
    is_local: bool,
) -> None:
    members, area, everybody = (moment.astimezone(zone) for moment in times)
    rules = Admission(
        opens_to_members_at=members if given_early[0] else None,
        opens_to_area_at=area if given_early[1] else None,
        opens_at=everybody,
    )
    mine = [times[2]]
    if given_early[1] and (is_member or is_local):
        mine.append(times[1])
    if given_early[0] and is_member:
        mine.append(times[0])
    start = datetime(2027, 6, 1, 9, tzinfo=other)

    found = refusals(rules, at.astimezone(other), starts_at=start, is_member=is_member, is_local=is_local)

    assert (Ground.NOT_YET_OPEN in found) == (at < min(mine))
    # Whoever gets in does so within a stage that is open.
    assert Ground.NOT_YET_OPEN in found or policies.stage_at(rules, at) is not None
