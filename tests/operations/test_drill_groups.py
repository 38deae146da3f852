"""Officials, groups and residents of a drill, who act through the product: days jump by, and its jobs run every two hours."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from areas.models import Area
from core import clock, deployment
from operations.drill import words
from operations.drill.drama import Drama
from operations.drill.groups import silence as groups_silence
from operations.drill.groups.actor import Groups
from operations.drill.groups.silence import Silences
from operations.drill.officials import actor as officials
from operations.drill.officials import calls as officials_calls
from operations.drill.officials.actor import Officials
from operations.drill.officials.desk import Desk
from operations.drill.playing import SCENARIOS, compose
from operations.drill.residents import actor as residents
from operations.drill.residents.actor import Residents
from organizations.queries import leaders_of
from residents.actions.following import follow
from residents.actions.points import open_desk
from residents.models import HelpRequest, Promise, RequestEvent
from tasks.actions.adoptions import lapse_adoptions
from tasks.actions.escalations import escalate_calls
from tasks.actions.playbooks import load_shipped
from tasks.actions.reference import load_reference
from tasks.models import (
    Adoption,
    AreaStop,
    Assignment,
    Crisis,
    Escalation,
    Mark,
    ModeChange,
    ServiceRecord,
    ShiftRole,
    StageChange,
    Task,
)
from tests.factories.areas import make_area
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.tasks import make_assignment, make_check
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db

# Midnight of the place.
BEGINS_AT = datetime(2026, 3, 1, 16, tzinfo=UTC)
PEOPLE = 24
# Between two runs of the jobs.
STEP = timedelta(hours=2)
# So few people would ask for hardly anything: attendances of the crisis, and requests, for each of them.
ATTENDANCES, REQUESTS = 20.0, 16.0


class Jumping:
    """A stage: the clock jumps to whatever happens next, and `jobs` are carried out every two hours on the way."""

    def __init__(self, *jobs: Callable[[datetime], object]) -> None:
        self.now = self.ran_at = BEGINS_AT
        self.jobs = jobs

    def reach(self, moment: datetime) -> datetime:
        while self.ran_at + STEP <= moment:
            self.ran_at = self.now = self.ran_at + STEP
            for job in self.jobs:
                job(self.now)
        self.now = max(self.now, moment)
        return self.now


@pytest.fixture
def stage() -> Iterator[Jumping]:
    stage = Jumping(
        lambda at: escalate_calls(at=at), lambda at: lapse_adoptions(at=at), lambda at: follow(at=at)
    )
    clock.read_from(lambda: stage.now)
    deployment.mark_synthetic(at=BEGINS_AT)
    yield stage
    clock.read_from(None)
    deployment.remember(False)


@pytest.fixture
def county(stage: Jumping) -> Area:
    """A county of a province, each with its authority; three groups, one of which looks at requests."""
    load_reference(at=BEGINS_AT)
    load_shipped(at=BEGINS_AT)
    province = make_area(level=1)
    county = make_area(parent=make_area(level=2, parent=province), longitude=120.1, latitude=30.2)
    township = make_area(level=4, parent=county, longitude=120.1, latitude=30.2)
    for area in (province, county):
        make_member(make_authority(area), "owner")
    for kind, cbo_type in (("community", ""), ("cbo", "emergency"), ("cbo", "charity")):
        group = make_organization(home_area=county, kind=kind, cbo_type=cbo_type, serves=(county,))
        owner = make_member(group, "owner")
        if kind == "community":
            open_desk(organization=group, by=owner, at=BEGINS_AT)
    for _ in range(PEOPLE):
        make_volunteer(area=township, longitude=120.1, latitude=30.2)
    return county


def drill(days: int, seed: int = 4) -> Drama:
    return compose(
        scenario=SCENARIOS["outbreak"], policy="certified", seed=seed, begins_at=BEGINS_AT, days=days
    )


def come_and_go(at: datetime) -> None:
    """The part of people: two take seats in whatever is ahead, one of them comes, and leaves without a word."""
    for role in ShiftRole.objects.filter(shift__status="open", shift__starts_at__gt=at, seats_taken=0):
        if role == role.shift.roles.order_by("pk").last():
            for _ in range(min(2, role.seats)):
                make_assignment(role=role, volunteer=make_volunteer(area=role.shift.area))
    for seat in Assignment.objects.filter(shift__starts_at__range=(at - STEP, at), status="active"):
        first = Assignment.objects.filter(shift=seat.shift_id).order_by("pk").first()
        if seat == first and not seat.check_ins.exists():
            make_check(seat)


def fall_silent(self: Silences) -> None:
    for group in self.drama.cast.groups:
        self.be_silent(group, BEGINS_AT, BEGINS_AT + timedelta(days=2))


def test_stages_modes_and_promises_are_decided_on_the_days_of_the_studies_and_a_county_is_stopped_once(
    county: Area, stage: Jumping, monkeypatch: pytest.MonkeyPatch
):
    stage.jobs = ()
    monkeypatch.setattr(officials_calls, "ATTENDANCES_A_VOLUNTEER", 0.0)
    monkeypatch.setattr(officials, "STOPPED_COUNTY", 0)
    # Nothing comes to the offices' desks: two months of looks at them would take the time.
    monkeypatch.setattr(Desk, "begin", lambda self: None)
    drama = drill(days=61)
    Officials().begin(drama)

    assert drama.story.run(stage)

    crisis = Crisis.objects.get()
    assert (crisis.started_at, crisis.playbook.code, crisis.ended_at) == (BEGINS_AT, "zhejiang-2020", None)
    changes = list(StageChange.objects.order_by("stage"))
    assert [(row.stage, row.effective_at) for row in changes] == [
        (stage, BEGINS_AT + timedelta(days=day)) for stage, day in ((1, 0), (2, 18), (3, 60))
    ]
    assert all(row.decided_at < row.effective_at for row in changes[1:])
    assert list(ModeChange.objects.order_by("effective_at").values_list("mode", flat=True)) == [
        "host",
        "sponsor",
    ]
    stop = AreaStop.objects.get()
    assert stop.lifted_at - stop.stopped_at == timedelta(hours=5)
    assert Promise.objects.filter(area__level=1).count() == drama.hands.done["promise"] == 5
    assert not drama.hands.refused


def test_a_call_becomes_shifts_with_confirmed_hours_and_who_asks_twice_is_one_request_that_becomes_work(
    county: Area, stage: Jumping, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(officials_calls, "ATTENDANCES_A_VOLUNTEER", ATTENDANCES)
    monkeypatch.setattr(officials_calls, "FIRST_DAY_SHARE", 0.5)
    monkeypatch.setattr(residents, "A_VOLUNTEER", REQUESTS)
    monkeypatch.setattr(residents, "MERGED", 0.5)
    monkeypatch.setattr(groups_silence, "SILENT_EVERY_DAYS", 10_000.0)
    stage.jobs = (*stage.jobs, come_and_go)
    drama = drill(days=4)
    for actor in (Officials(), Groups(), Residents()):
        actor.begin(drama)

    assert drama.story.run(stage)

    done = drama.hands.done
    assert done["issue a call"] >= 3
    assert all(task.second_title for task in Task.objects.all())
    assert done["take a call on"] >= 2
    for adoption in Adoption.objects.live().filter(role="lead", adopted_at__lt=BEGINS_AT + timedelta(days=1)):
        assert adoption.task.filling == drama.policy.filling
    assert done["post a shift"] >= 4
    records = ServiceRecord.objects.select_related("assignment__shift")
    assert records.count() >= 2
    for record in records:
        shift = record.assignment.shift
        assert shift.ends_at < record.confirmed_at < shift.ends_at + timedelta(hours=40)
        assert leaders_of([shift.organization]).contains(record.confirmed_by)
    assert Mark.objects.filter(kind="no-show").count() == done["note an absence"] >= 1
    assert HelpRequest.objects.count() == done["ask for help"] >= 6
    merged = HelpRequest.objects.filter(status="merged")
    assert merged.count() == done["lay together"] >= 1
    for request in merged:
        assert (request.place, request.type) == (request.merged_into.place, request.merged_into.type)
    assert HelpRequest.objects.filter(placed_at__isnull=False).exists()
    assert RequestEvent.objects.filter(verb="passed-on").count() < HelpRequest.objects.count()
    assert HelpRequest.objects.filter(status__in=("served", "confirmed")).exists()
    assert not HelpRequest.objects.filter(channel="phone", entered_by=None).exists()
    assert sum(drama.hands.refused.values()) <= 0.1 * sum(done.values()), drama.hands.refused


def test_a_group_that_falls_silent_takes_nothing_on_and_its_calls_and_requests_go_up(
    county: Area, stage: Jumping, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(officials_calls, "ATTENDANCES_A_VOLUNTEER", ATTENDANCES)
    monkeypatch.setattr(officials_calls, "FIRST_DAY_SHARE", 0.5)
    monkeypatch.setattr(residents, "A_VOLUNTEER", REQUESTS)
    monkeypatch.setattr(Silences, "draw", fall_silent)
    drama = drill(days=3)
    for actor in (Officials(), Groups(), Residents()):
        actor.begin(drama)

    assert drama.story.run(stage)

    assert not Adoption.objects.filter(adopted_at__lt=BEGINS_AT + timedelta(days=2)).exists()
    seen = Escalation.objects.filter(seen_at__isnull=False)
    assert seen.exists() and seen.count() == drama.hands.done["look after a call"]
    late = HelpRequest.objects.filter(escalated_at__isnull=False)
    assert late.exists() and drama.hands.done["take a request over"] >= 1
    drama.write_down(stage.now)
    said = set(drama.drill.entries.values_list("kind", flat=True))
    assert {"crisis_begun", "stage_changed", "call_issued", "call_escalated", "group_silent"} <= said
    for entry in drama.drill.entries.all():
        assert words.sentence(entry.kind, entry.data)
