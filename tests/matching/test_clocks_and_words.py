"""Clocks that are set, weeks that end in a shift, and roles that ask for more than a word holds: all exact."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import localdate

from core import clock
from matching.actions import plan, run_match
from matching.models import MatchRun, Proposal, Repair
from matching.policies.hours import Horizon
from matching.queries import mapping, snapshot
from matching.queries.checker import violations
from tasks.models import ShiftRole
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, role_of, tomorrow_at
from tests.factories.volunteers import give_capability, make_capability
from tests.matching.province import make_open_offer, make_open_shift, make_willing
from volunteers.actions.implications import set_implications
from volunteers.models import VolunteerCapability, WeeklyAvailability

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def carry_out() -> MatchRun:
    at = clock.now()
    (run,) = plan(at=at)
    done = run_match(run_id=run.pk, at=at)
    assert done is not None and done.status == "done", done and (done.status, done.failure_reason)
    return done


def pairs() -> set[tuple[int, int]]:
    return set(Proposal.objects.values_list("role_id", "volunteer_id"))


def rules() -> set[str]:
    return {found.rule for found in violations(clock.now())}


def free_on(volunteer, weekday: int, starts: int, ends: int) -> None:
    WeeklyAvailability.objects.create(
        volunteer=volunteer, weekday=weekday, starts_hour=starts, ends_hour=ends
    )


def alone(tree, **fields) -> ShiftRole:
    return role_of(make_open_shift(tree, seats=9, seats_min=1, **fields))


@pytest.mark.parametrize("number", [65, 140])
def test_a_role_that_asks_for_more_than_a_word_holds_gets_whoever_has_all_of_it(number: int) -> None:
    tree = small_tree()
    skills = [make_capability() for _ in range(number)]
    papers = [make_capability(kind="qualification") for _ in range(2)]
    set_implications(direct=[(papers[0], skills[0])], by=None, at=clock.now())
    long, other, simple = (alone(tree, starts_at=tomorrow_at(9, days=day)) for day in (1, 2, 3))
    long.requirements.set(skills)
    other.requirements.set([*skills[: number - 2], *papers])
    simple.requirements.set(skills[:1])
    day = tomorrow_at(9).date()
    every, nearly, implied, expired = (make_willing(tree, max_hours_week=40) for _ in range(4))
    for volunteer, own in (
        (every, skills),
        (nearly, skills[:-1]),
        (implied, skills[1:]),
        (expired, skills[1:]),
    ):
        VolunteerCapability.objects.bulk_create(
            VolunteerCapability(volunteer=volunteer, capability=skill) for skill in own
        )
    for paper in papers:
        give_capability(every, paper)
    give_capability(implied, papers[0], expires_on=day)
    give_capability(expired, papers[0], expires_on=day - timedelta(days=1))

    run = carry_out()

    found = pairs()
    assert {who for role, who in found if role == long.pk} == {every.pk, implied.pk}
    assert {who for role, who in found if role == other.pk} == {every.pk}
    assert {who for role, who in found if role == simple.pk} == {every.pk, nearly.pk}
    assert run.left_out_count == 0 and violations(clock.now()) == []


def test_people_put_where_they_lack_one_of_many_things_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = small_tree()
    skills = [make_capability() for _ in range(70)]
    alone(tree).requirements.set(skills)
    make_willing(tree, capabilities=skills[:-1])
    each_need = mapping._each_need
    monkeypatch.setattr(
        mapping,
        "_each_need",
        lambda *given: [
            frozenset(sorted(need)[:-1]) if len(given[1]) == 1 else need for need in each_need(*given)
        ],
    )

    carry_out()

    assert rules() == {"capability"}


def in_berlin(time_machine, settings, moment: str) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    time_machine.move_to(datetime.fromisoformat(moment).replace(tzinfo=BERLIN), tick=True)


def here(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "morning"),
    [("2026-03-27T10:05", "2026-03-29T09:00"), ("2026-10-23T10:05", "2026-10-25T09:00")],
    ids=["forward", "back"],
)
def test_a_window_means_the_hours_of_the_place_after_clocks_were_set(
    time_machine, settings, monkeypatch, now: str, morning: str
) -> None:
    in_berlin(time_machine, settings, now)
    tree = small_tree()
    role = alone(tree, starts_at=here(morning), hours=3)
    exact, later, earlier = (make_willing(tree) for _ in range(3))
    free_on(exact, 6, 9, 12)
    free_on(later, 6, 10, 13)
    free_on(earlier, 6, 8, 11)

    carry_out()
    assert pairs() == {(role.pk, exact.pk)} and violations(clock.now()) == []

    def by_the_first_hour(self: Horizon) -> list[tuple[datetime, datetime]]:
        hours = [self.start.replace(tzinfo=None) + timedelta(hours=hour) for hour in range(168)]
        return [(at, at + timedelta(minutes=59)) for at in hours]

    monkeypatch.setattr(Horizon, "local_hours", by_the_first_hour)
    run = MatchRun.objects.get()
    MatchRun.objects.update(demand_version=f"{run.pk}.changed.too")
    carry_out()
    assert rules() == {"availability"}


@pytest.mark.parametrize(
    ("starts", "passing"),
    [("2026-03-28T22:00", 7), ("2026-10-24T22:00", 9)],
    ids=["a short night", "a long night"],
)
def test_a_night_counts_the_hours_that_pass(time_machine, settings, starts: str, passing: int) -> None:
    in_berlin(time_machine, settings, starts.replace("28T22:00", "26T10:05").replace("24T22:00", "22T10:05"))
    tree = small_tree()
    role = alone(tree, starts_at=here(starts), hours=passing)
    enough, too_few = (
        make_willing(tree, max_hours_week=passing),
        make_willing(tree, max_hours_week=passing - 1),
    )

    carry_out()

    assert role.shift.ends_at.astimezone(BERLIN).hour == 6
    assert pairs() == {(role.pk, enough.pk)} != {(role.pk, too_few.pk)}
    assert violations(clock.now()) == []


@pytest.mark.parametrize("now", ["2026-03-27T10:05", "2026-10-23T10:05"], ids=["forward", "back"])
def test_a_run_finds_its_own_demand_in_a_week_of_another_length(time_machine, settings, now: str) -> None:
    in_berlin(time_machine, settings, now)
    tree = small_tree()
    at = clock.now()
    alone(tree)
    # In the hour in which a week by the clock and 168 hours do not agree.
    for minutes in (-45, -15, 15, 45):
        alone(
            tree, starts_at=at.replace(minute=0, second=0, microsecond=0) + timedelta(days=7, minutes=minutes)
        )
    make_willing(tree)

    carry_out()

    assert plan(at=clock.now()) == []


def test_a_shift_over_the_end_of_a_week_counts_in_both(time_machine) -> None:
    time_machine.move_to("2026-03-07T02:05:00Z", tick=True)
    tree = small_tree()
    night = make_open_shift(tree, seats=2, starts_at=tomorrow_at(20), hours=8)
    five, four = (alone(tree, starts_at=tomorrow_at(9, days=3), hours=hours) for hours in (5, 4))
    volunteer = make_willing(tree, max_hours_week=8)
    make_assignment(night, volunteer)

    carry_out()

    assert pairs() == {(four.pk, volunteer.pk)} and five.pk != four.pk
    assert violations(clock.now()) == []


def test_an_alert_too_many_or_after_a_word_of_rest_is_found() -> None:
    tree = small_tree()
    at = clock.now()
    roles = [alone(tree, starts_at=tomorrow_at(9, days=9 + day)) for day in range(3)]
    volunteer, tired = make_willing(tree), make_willing(tree)
    for number, role in enumerate(roles):
        ended = {"status": "expired", "ended_at": at, "made_at": at - timedelta(minutes=number)}
        make_open_offer(
            role, volunteer, source="matching", offered_on=localdate(at) - timedelta(days=number), **ended
        )
    assert rules() == {"ration"}

    make_open_offer(
        roles[0], tired, status="declined", answer="need-rest", ended_at=at - timedelta(seconds=2)
    )
    make_open_offer(roles[1], tired, source="matching", made_at=at - timedelta(seconds=1), ration_slot=2)
    assert rules() >= {"ration", "tired"}


def test_a_repair_that_keeps_who_left_or_mends_an_old_plan_is_found() -> None:
    tree = small_tree()
    role = alone(tree)
    volunteer = make_willing(tree)
    run = carry_out()
    at = clock.now()
    assert pairs() == {(role.pk, volunteer.pk)}
    make_open_offer(role, volunteer, status="declined", answer="other", ended_at=at)
    assert rules() == set()

    repair = Repair.objects.create(run=run, kind="declined", role=role, at=at + timedelta(seconds=1))
    assert rules() == {"asked-before"}

    Proposal.objects.all().delete()
    assert rules() == set()
    Repair.objects.filter(pk=repair.pk).update(at=run.finished_at - timedelta(seconds=1))
    assert rules() == {"repair"}


def test_what_is_implied_for_longer_than_its_paper_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = small_tree()
    nurse, aider = make_capability(kind="qualification"), make_capability(kind="qualification")
    set_implications(direct=[(nurse, aider)], by=None, at=clock.now())
    alone(tree, requirements=[aider], starts_at=tomorrow_at(9, days=2))
    give_capability(make_willing(tree), nurse, expires_on=tomorrow_at(9).date())
    give_capability(make_willing(tree), nurse, confirmed=False, claimed_at=clock.now())

    sql, columns = snapshot.ROWS["capabilities"]
    forever = sql.replace("has.expires_on - date '1970-01-01'", "NULL")
    monkeypatch.setitem(snapshot.ROWS, "capabilities", (forever, columns))
    carry_out()

    assert len(pairs()) == 1 and rules() == {"capability"}
