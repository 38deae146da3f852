"""What pictures are drawn from: gaps and ties counted by hand, protected, and the same whenever they are made."""

import random
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils.timezone import localtime

from areas.models import Area
from core import clock, faults
from insights.actions import rebuild_pictures, redraw, redraw_due
from insights.models import AreaPicture
from insights.policies import Gap, Tie, Together, centralization, density, strongest, together_of
from organizations.models import Organization
from residents.models import RequestEvent
from tasks.models import Adoption, ShiftRole, StageChange, Task, TaskType
from tasks.policies.suggestions import kinds_for
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.calls import make_step
from tests.factories.governing import make_transfer
from tests.factories.organizations import make_authority, make_organization
from tests.factories.playbooks import make_playbook
from tests.factories.tasks import (
    make_adoption,
    make_assignment,
    make_crisis,
    make_record,
    make_shift,
    make_task,
    make_task_type,
    tomorrow_at,
)
from tests.insights.serving import make_request

pytestmark = pytest.mark.django_db
NOW = clock.now()
DAY = timedelta(days=1)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


def in_stage(area: Area, stage: int, lead_kinds: list[str], since: datetime) -> None:
    crisis = make_crisis(
        area, started_at=since, playbook=make_playbook(stages={stage: {"lead_kinds": lead_kinds}})
    )
    StageChange.objects.create(
        crisis=crisis,
        area=area,
        stage=stage,
        effective_at=since,
        decided_at=since,
        decided_by=make_user(),
        reason="It begins.",
    )


def kind_of_work(code: str) -> TaskType:
    """One of those that every deployment has, or a new one."""
    return TaskType.objects.filter(code=code).first() or make_task_type(code)


def gap(area: Area, kind: str, stage: int | None = None) -> Gap:
    return Gap(**AreaPicture.objects.get(area=area, stage=stage).gaps.get(kind, {}))


def together(area: Area, stage: int | None = None) -> Together:
    return together_of(AreaPicture.objects.get(area=area, stage=stage).together)


def snapshot() -> list[tuple[object, ...]]:
    return [
        tuple(row)
        for row in AreaPicture.objects.order_by("area", "stage").values_list(
            "area", "stage", "gaps", "together"
        )
    ]


@pytest.mark.parametrize(
    ("members", "pairs", "dense", "central"),
    [
        # One with three others; all in a ring; a line of three beside one alone: degrees 1, 2, 1, 0.
        (4, [(1, 2), (1, 3), (1, 4)], 0.5, 1.0),
        (4, [(1, 2), (2, 3), (3, 4), (1, 4)], 0.667, 0.0),
        (4, [(1, 2), (2, 3)], 0.333, 0.667),
        (2, [(1, 2)], 1.0, None),
        (1, [], None, None),
    ],
)
def test_measures_of_ties_are_those_of_a_count_by_hand(
    members: int, pairs: list[tuple[int, int]], dense: float | None, central: float | None
) -> None:
    assert (density(members, len(pairs)), centralization(members, pairs)) == (dense, central)


def test_authorities_leave_room_for_ties_between_groups() -> None:
    with_authority = [Tie(1, other, calls=50 - other) for other in range(10, 40)]
    between = [Tie(100, 100 + number, calls=1) for number in range(1, 21)]

    found = strongest([*between, *with_authority], {1})

    assert found == (*with_authority[:18], *between[:12])


def test_a_call_is_for_the_kinds_that_lead_in_the_stage_and_else_for_all_that_know_the_work() -> None:
    assert kinds_for("counselling", ["mental_health"]) == ("mental_health",)
    assert kinds_for("delivery", ["charity", "economic"]) == ("charity",)
    assert kinds_for("delivery", ["school"]) == ("emergency", "charity", "community")
    assert kinds_for("nature", ["charity"]) == ()


def test_gaps_are_those_of_a_count_by_hand(tree: SmallTree) -> None:
    here, beside = tree.counties[:2]
    in_stage(tree.province, 2, ["mental_health"], NOW - 20 * DAY)
    work = kind_of_work("counselling")
    group = make_organization(home_area=here, kind="cbo", cbo_type="mental_health")
    make_organization(home_area=here, kind="cbo", cbo_type="mental_health", status="pending")
    led = make_task(area=here, type=work, adopted_by=group)
    for taken in (4, 1):
        shift = make_shift(task=led, seats=6, seats_min=3)
        ShiftRole.objects.filter(shift=shift).update(seats_taken=taken)
    # Without a shift a call needs its people; before the stage it is in none; a cancelled one needs nobody.
    make_task(area=beside, type=work, people_needed=8)
    make_task(area=here, type=work, people_needed=5, called_at=NOW - 30 * DAY)
    make_task(area=here, type=work, status="cancelled")

    redraw(at=clock.now())

    assert gap(here, "mental_health", 2) == Gap(
        calls=1, taken=1, least=6, covered=4, groups=1, working=1, seats=5
    )
    assert gap(beside, "mental_health", 2) == Gap(calls=1, least=8)
    assert gap(beside, "mental_health", 2).is_without_group
    whole = gap(tree.province, "mental_health")
    assert whole == Gap(calls=3, taken=1, least=19, covered=4, groups=1, working=1, seats=5)
    assert (whole.unfilled, whole.unfilled_percent) == (15, 79)
    # Who serves a county serves what lies in it.
    assert gap(tree.townships[0], "mental_health").groups == 1
    # Outside of a stage the work is for every kind that knows it.
    assert gap(here, "mental_health", 0).calls == 1


def test_measures_of_an_area_are_those_of_a_count_by_hand(tree: SmallTree) -> None:
    county = tree.counties[0]
    authority, lead, partner, other = (
        make_authority(county),
        *(make_organization(home_area=county) for _ in range(3)),
    )
    shared = make_task(area=county, issuer=authority, adopted_by=lead)
    make_adoption(shared, partner, role="partner")
    make_task(area=county, issuer=authority, adopted_by=lead)
    own = make_task(area=county, issuer=other, adopted_by=other)
    open_one = make_task(area=county, issuer=authority)
    given_up = make_adoption(open_one, partner)
    Adoption.objects.filter(pk=given_up.pk).update(ended_at=NOW, lapsed=True)
    make_step(
        shared,
        lead,
        kind="design",
        answer="agreed",
        answered_at=NOW,
        answered_by=make_user(),
        answered_for=authority,
    )
    make_step(own, other, kind="design")

    redraw(at=clock.now())

    found = together(county)
    assert (found.organizations, found.ties) == (4, 2)
    # Degrees 1 (authority), 2 (lead), 1 (partner), 0: 2 × 2 ÷ 12, and (1 + 0 + 1 + 2) ÷ 6.
    assert (found.density, found.centralization) == (0.333, 0.667)
    assert (found.calls, found.taken, found.alone, found.shared) == (4, 3, 2, 1)
    assert (found.governed, found.stepped, found.steps) == (3, 1, {"design": 1})
    assert found.strongest == (Tie(authority.pk, lead.pk, calls=2), Tie(lead.pk, partner.pk, calls=1))
    assert together(tree.province) == found


def test_help_between_areas_ties_both_authorities_in_both_places(tree: SmallTree) -> None:
    giver, taker = tree.counties[0], tree.counties[2]
    task = make_task(area=taker, issuer=make_authority(taker))
    agreed = make_transfer(task, giver, status="agreed")

    redraw(at=clock.now())

    pair = sorted((agreed.giver_agreed_for_id or 0, agreed.taker_agreed_for_id or 0))
    for area in (giver, taker, tree.province):
        assert together(area).strongest == (Tie(pair[0], pair[1], transfers=1),)


@pytest.mark.parametrize(("passed", "shown"), [(7, None), (8, 10)])
def test_requests_passed_on_are_protected_as_persons(tree: SmallTree, passed: int, shown: int | None) -> None:
    town = tree.townships[0]
    giver, taker = (make_organization(home_area=town) for _ in range(2))
    kind = make_task_type()
    for _ in range(passed):
        asked = make_request(town, kind, asked_at=NOW - DAY, organization=taker)
        for verb, organization in (("asked", giver), ("passed-on", taker)):
            RequestEvent.objects.create(request=asked, at=NOW, verb=verb, organization=organization)

    redraw(at=clock.now())

    assert together(tree.counties[0]).strongest == (Tie(giver.pk, taker.pk, requests=shown),)
    # In a township they would tell of single households.
    assert AreaPicture.objects.get(area=town, stage=None).together == {}


@pytest.mark.parametrize(("in_parties", "shown"), [(8, (35, "")), (7, (None, "small")), (0, (0, ""))])
def test_service_in_company_is_a_rate_over_enough_persons(
    tree: SmallTree, in_parties: int, shown: tuple[int | None, str]
) -> None:
    task = make_task(area=tree.townships[0], adopted_by=make_organization(home_area=tree.counties[0]))
    shift = make_shift(task=task, seats=60, starts_at=tomorrow_at(9, days=-2))
    for number in range(16 + in_parties):
        fields = {"join_code": f"CODE{number}", "seats": 2} if number < in_parties else {}
        make_record(make_assignment(shift, **fields))

    redraw(at=clock.now())

    found = together(tree.counties[0])
    assert (found.in_company, found.in_company_why) == shown
    assert together(tree.townships[0]).in_company is None


class Work:
    """Random work of authorities and groups."""

    def __init__(self, tree: SmallTree, seed: int) -> None:
        self.chance = random.Random(seed)
        self.areas = [*tree.townships[:2], *tree.counties[:2]]
        self.types = [make_task_type(code) for code in ("delivery", "counselling", "nature")]
        self.groups = [make_organization(home_area=area) for area in self.areas]
        self.authority = make_authority(tree.counties[0])

    def step(self) -> None:
        self.chance.choice(
            (self.call, self.call, self.share, self.seats, self.leave, self.cancel, self.suspend)
        )()

    def call(self) -> Task:
        moment = NOW - self.chance.randint(1, 60) * DAY
        area = self.chance.choice(self.areas)
        task = make_task(
            area=area, issuer=self.authority, type=self.chance.choice(self.types), called_at=moment,
            adopted_by=self.chance.choice(self.groups),
        )  # fmt: skip
        make_shift(task=task, seats_min=self.chance.randint(1, 5))
        return task

    def share(self) -> None:
        task, group = self.call(), self.chance.choice(self.groups)
        if not task.adoptions.filter(organization=group).exists():
            make_adoption(task, group, role="partner")

    def seats(self) -> None:
        ShiftRole.objects.filter(shift__task=self.call()).update(seats_taken=self.chance.randint(0, 6))

    def leave(self) -> None:
        one = Adoption.objects.live().order_by("?").first()
        if one is not None:
            Adoption.objects.filter(pk=one.pk).update(ended_at=NOW)

    def cancel(self) -> None:
        Task.objects.filter(pk=self.call().pk).update(status="cancelled", ended_at=NOW)

    def suspend(self) -> None:
        Organization.objects.filter(pk=self.chance.choice(self.groups).pk).update(status="suspended")


def killed(name: str) -> None:
    raise RuntimeError(name)


def worked(tree: SmallTree, seed: int, monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    """What was kept morning by morning, some of them killed, and what a full count from nothing makes."""
    work = Work(tree, seed)
    in_stage(tree.province, 1, ["charity"], NOW - 30 * DAY)
    for number in range(12):
        work.step()
        if number % 3 == 0:
            redraw(at=clock.now())
        if number % 5 == 0:
            with monkeypatch.context() as killing, pytest.raises(RuntimeError), transaction.atomic():
                killing.setattr(faults, "point", killed)
                redraw(at=clock.now())
    # An area that has nothing any more loses its row.
    Task.objects.filter(area=tree.counties[1]).update(status="cancelled", ended_at=NOW)
    redraw(at=clock.now())
    kept = snapshot()
    rebuild_pictures(at=clock.now())
    return kept, snapshot()


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_is_what_a_full_count_makes(
    tree: SmallTree, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, made = worked(tree, seed, monkeypatch)

    assert kept == made and kept
    assert redraw(at=clock.now()) == 0


def test_without_writing_what_changed_a_full_count_would_differ(
    tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(AreaPicture.objects), "bulk_update", lambda *args, **kwargs: 0)

    kept, made = worked(tree, 0, monkeypatch)

    assert kept != made


def test_pictures_are_made_once_a_day_after_six_and_at_once_where_there_are_none(tree: SmallTree) -> None:
    # The next one, whatever the hour is now: what was called is older than it.
    morning = localtime(NOW).replace(hour=7) + DAY
    make_task(area=tree.counties[0])

    assert redraw_due(at=morning) > 0
    make_task(area=tree.counties[1])
    assert redraw_due(at=morning + timedelta(hours=20)) == 0
    assert redraw_due(at=morning + DAY) > 0
