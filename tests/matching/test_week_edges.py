"""Random provinces where everything lies around one midnight: that of a Sunday, also where clocks are set that night."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.db import transaction

from core import clock
from matching.actions import plan, run_match
from matching.models import MatchRun, Proposal
from matching.policies import hours
from matching.policies.hours import HOUR_S, Horizon
from matching.queries import mapping
from matching.queries.checker import violations
from tasks import policies
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_shift
from tests.matching.province import make_open_shift, make_willing
from volunteers.models import WeeklyAvailability

pytestmark = pytest.mark.django_db
# By day of the Friday before; in Berlin clocks are set on the Sunday.
PLACES = {
    "Shanghai": ("Asia/Shanghai", "2026-11-27T10:05"),
    "Berlin, forward": ("Europe/Berlin", "2026-03-27T10:05"),
    "Berlin, back": ("Europe/Berlin", "2026-10-23T10:05"),
}


@pytest.fixture(params=PLACES)
def zone(request, time_machine, settings) -> ZoneInfo:
    settings.TIME_ZONE, moment = PLACES[request.param]
    found = ZoneInfo(settings.TIME_ZONE)
    time_machine.move_to(datetime.fromisoformat(moment).replace(tzinfo=found), tick=True)
    return found


def make_edges(seed: int, zone: ZoneInfo, *, people: int = 24, shifts: int = 14) -> None:
    """Shifts from Saturday noon to Tuesday noon, most of them over a midnight; people with few hours and narrow windows,
    a third of them with a seat in the night to Monday."""
    dice = random.Random(seed)
    tree = small_tree()
    monday = (clock.now().astimezone(zone) + timedelta(days=3)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    assert monday.weekday() == 0
    for _ in range(shifts):
        around = monday + timedelta(days=dice.choice([-1, 0, 0, 0, 1]))
        ends = (around + timedelta(minutes=15 * dice.randint(-8, 28))).astimezone(UTC)
        make_open_shift(
            tree,
            starts_at=ends - timedelta(minutes=15 * dice.randint(6, 40)),
            ends_at=ends,
            seats=dice.randint(1, 4),
            seats_min=1,
        )
    night = make_shift(
        area=tree.counties[0],
        starts_at=(monday - timedelta(hours=2)).astimezone(UTC),
        hours=5,
        seats=people,
        seats_min=1,
        status="open",
    )
    for _ in range(people):
        volunteer = make_willing(tree, max_hours_week=dice.choice([3, 5, 8, 12]))
        if dice.random() < 0.5:
            for weekday in (5, 6, 0, 1):
                first = dice.choice([0, 0, 12, 18])
                last = dice.choice([24, 24, first + 6])
                WeeklyAvailability.objects.create(
                    volunteer=volunteer, weekday=weekday, starts_hour=first, ends_hour=last
                )
        if dice.random() < 0.33:
            make_assignment(night, volunteer)


def carry_out() -> MatchRun:
    at = clock.now()
    (run,) = plan(at=at)
    done = run_match(run_id=run.pk, at=at)
    assert done is not None and done.status == "done", done and done.failure_reason
    return done


@pytest.mark.parametrize("seed", range(2))
def test_nobody_is_put_wrongly_around_the_end_of_a_week(zone: ZoneInfo, seed: int) -> None:
    make_edges(seed, zone)

    run = carry_out()

    assert violations(clock.now()) == []
    assert run.proposal_count == Proposal.objects.count() > 5


def end_at_the_hour_before(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Horizon, "last_hour", lambda self, ends: np.floor_divide(ends - self.start_s, HOUR_S))


def begin_weeks_on_sunday(patch: pytest.MonkeyPatch) -> None:
    week_of = policies.week_of

    def early(moment: datetime) -> tuple[datetime, datetime]:
        first, last = week_of(moment + timedelta(days=1))
        return first - timedelta(days=1), last - timedelta(days=1)

    patch.setattr(policies, "week_of", early)


def count_a_night_where_it_begins(patch: pytest.MonkeyPatch) -> None:
    spent = hours.hours_spent

    def of_those_that_begin(number, horizon, who, starts, ends):
        begin = starts >= int(horizon.week_from.timestamp())
        return spent(number, horizon, who[begin], starts[begin], ends[begin])

    patch.setattr(hours, "hours_spent", of_those_that_begin)


def forget_the_week_before(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mapping.Planned, "add", lambda self, who, role: None)


FAULTS = {
    end_at_the_hour_before: {"availability", "rest"},
    begin_weeks_on_sunday: {"hours"},
    count_a_night_where_it_begins: {"hours"},
    forget_the_week_before: {"rest", "overlap"},
}


@pytest.mark.parametrize("zone", ["Shanghai"], indirect=True)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_at_the_end_of_a_week_is_found(
    zone: ZoneInfo, monkeypatch: pytest.MonkeyPatch, fault
) -> None:
    fault(monkeypatch)

    for seed in range(8):
        with transaction.atomic():
            make_edges(seed, zone)
            carry_out()
            found = {one.rule for one in violations(clock.now())}
            transaction.set_rollback(True)
        if FAULTS[fault] & found:
            return

    pytest.fail(f"the checker did not see that {FAULTS[fault]} were broken")
