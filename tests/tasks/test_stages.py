"""Stages, crises and stops."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from tasks.actions import stages
from tasks.actions.reasons import ReasonMissing
from tasks.actions.seats import sign_up
from tasks.actions.standstill import AreaStopped
from tasks.models import AreaStop, Crisis, Stage, StageChange
from tasks.queries.stages import last_word, latest_decision, live_stops_over, stage_of
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, make_area, small_tree
from tests.factories.organizations import make_member, make_official, make_organization
from tests.factories.tasks import make_crisis, make_shift, make_stop, role_of
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db
NOW = clock.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


@pytest.fixture
def crisis(tree: SmallTree) -> Crisis:
    return make_crisis(tree.province, started_at=NOW - timedelta(days=40))


def change(crisis: Crisis, area, stage: int, effective_at: datetime = NOW, **values) -> StageChange:
    values = {"at": NOW, "reason": "Numbers fall.", **values}
    return stages.change_stage(
        crisis=crisis,
        area=area,
        stage=stage,
        effective_at=effective_at,
        by=values.pop("by", None) or make_user(),
        **values,
    )


def earlier(crisis: Crisis, area, stage: int, days: int) -> StageChange:
    at = NOW - timedelta(days=days)
    return change(crisis, area, stage, effective_at=at, at=at)


def test_an_area_without_a_word_of_its_own_follows_the_one_above(tree: SmallTree, crisis: Crisis) -> None:
    earlier(crisis, tree.province, Stage.PREVENTION, days=14)

    view = stage_of(tree.townships[0], NOW)

    assert view is not None
    assert (view.stage, view.inherited, view.decided_for) == (Stage.PREVENTION, True, tree.province)
    assert view.day_number(NOW) == 15


def test_the_last_word_counts_wherever_in_the_tree_it_was_said(tree: SmallTree, crisis: Crisis) -> None:
    earlier(crisis, tree.province, Stage.PREVENTION, days=20)
    earlier(crisis, tree.cities[0], Stage.BOTH_HANDS, days=10)
    county, other = tree.counties[0], tree.counties[2]

    before = [stage_of(area, NOW).stage for area in (county, other)]
    change(crisis, tree.province, Stage.NORMALISED)
    after = [stage_of(area, NOW).stage for area in (county, other)]

    assert before == [Stage.BOTH_HANDS, Stage.PREVENTION]
    assert after == [Stage.NORMALISED, Stage.NORMALISED]


def test_on_a_tie_the_nearer_area_counts(tree: SmallTree, crisis: Crisis) -> None:
    change(crisis, tree.province, Stage.PREVENTION)
    change(crisis, tree.cities[0], Stage.BOTH_HANDS)

    assert stage_of(tree.counties[0], NOW).stage == Stage.BOTH_HANDS


def test_the_stage_of_an_area_is_one_query(tree: SmallTree, crisis, django_assert_num_queries) -> None:
    earlier(crisis, tree.province, Stage.PREVENTION, days=3)

    with django_assert_num_queries(1):
        stage_of(tree.townships[0], NOW)


def test_without_a_crisis_there_is_no_stage(tree: SmallTree) -> None:
    assert stage_of(tree.province, NOW) is None


def test_a_planned_change_takes_effect_at_its_time(tree: SmallTree, crisis: Crisis) -> None:
    earlier(crisis, tree.province, Stage.PREVENTION, days=3)
    change(crisis, tree.province, Stage.BOTH_HANDS, effective_at=NOW + HOUR)

    assert stage_of(tree.province, NOW + HOUR - timedelta(seconds=1)).stage == Stage.PREVENTION
    assert stage_of(tree.province, NOW + HOUR).stage == Stage.BOTH_HANDS


def test_going_back_is_a_new_change(tree: SmallTree, crisis: Crisis) -> None:
    earlier(crisis, tree.province, Stage.PREVENTION, days=3)
    earlier(crisis, tree.province, Stage.BOTH_HANDS, days=2)
    change(crisis, tree.province, Stage.PREVENTION)

    assert StageChange.objects.count() == 3
    assert stage_of(tree.province, NOW).stage == Stage.PREVENTION


def test_a_change_is_audited_with_its_reason_and_told(tree: SmallTree, crisis: Crisis) -> None:
    organizer = make_member(make_organization(home_area=tree.townships[0]))

    made = change(crisis, tree.province, Stage.PREVENTION)

    record = AuditRecord.objects.get(verb="stage.changed")
    assert (record.subject_id, record.area_code, record.reason) == (made.pk, "33", "Numbers fall.")
    assert Message.objects.filter(recipient=organizer, kind="stage_changed", channel="inbox").count() == 1


@pytest.mark.parametrize(
    ("values", "error", "field"),
    [
        ({"stage": 7}, stages.StageUnknown, "stage"),
        ({"reason": "  "}, ReasonMissing, "reason"),
        ({"effective_at": NOW - HOUR}, stages.EffectiveInPast, "effective_at"),
        ({"stage": Stage.PREVENTION}, stages.SameStage, "stage"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    tree: SmallTree, crisis: Crisis, values, error, field: str
) -> None:
    earlier(crisis, tree.province, Stage.PREVENTION, days=3)
    arguments = {"stage": Stage.BOTH_HANDS, **values}

    with pytest.raises(error) as caught:
        change(crisis, tree.province, arguments.pop("stage"), **arguments)

    assert caught.value.field == field
    assert StageChange.objects.count() == 1


def test_what_is_planned_does_not_hinder_a_change_now(tree: SmallTree, crisis: Crisis) -> None:
    change(crisis, tree.province, Stage.PREVENTION, effective_at=NOW + HOUR)

    change(crisis, tree.province, Stage.BOTH_HANDS)

    now, later = stage_of(tree.province, NOW), stage_of(tree.province, NOW + HOUR)
    assert now is not None and now.stage == Stage.BOTH_HANDS
    assert later is not None and later.stage == Stage.PREVENTION


def test_two_changes_for_one_moment_are_refused(tree: SmallTree, crisis: Crisis) -> None:
    change(crisis, tree.province, Stage.PREVENTION, effective_at=NOW + HOUR)

    with pytest.raises(stages.MomentTaken):
        change(crisis, tree.province, Stage.BOTH_HANDS, effective_at=NOW + HOUR)


def test_an_area_outside_the_crisis_is_refused(tree: SmallTree) -> None:
    crisis = make_crisis(tree.cities[0])

    with pytest.raises(stages.OutsideCrisis):
        change(crisis, tree.cities[1], Stage.PREVENTION)


def test_one_crisis_runs_at_a_time_anywhere(tree: SmallTree) -> None:
    def start(area) -> Crisis:
        return stages.start_crisis(
            name_zh="疫情", name_en="Outbreak", area=area, started_at=NOW, by=make_user(), at=NOW
        )

    start(tree.cities[0])

    for area in (tree.province, tree.cities[0], tree.counties[0]):
        with pytest.raises(stages.CrisisRunning):
            start(area)
    start(tree.cities[1])


def test_when_a_crisis_ends_its_stages_stop_to_count(tree: SmallTree, crisis: Crisis) -> None:
    earlier(crisis, tree.province, Stage.PREVENTION, days=3)

    stages.end_crisis(crisis=crisis, by=make_user(), at=NOW, reason="It is over.")

    assert stage_of(tree.province, NOW) is None
    with pytest.raises(stages.CrisisOver):
        change(crisis, tree.province, Stage.BOTH_HANDS)


def test_a_stop_reaches_everything_below_and_tells_who_has_shifts_there(tree: SmallTree) -> None:
    near, far = make_organization(home_area=tree.townships[0]), make_organization()
    soon = make_member(near)
    make_member(far)
    make_shift(organization=near, area=tree.townships[0], starts_at=NOW + 20 * HOUR)
    make_shift(organization=far, area=tree.townships[0], starts_at=NOW + 30 * HOUR)

    stop = stages.stop_area(area=tree.cities[0], reason="A leak of gas.", by=make_user(), at=NOW)

    assert list(live_stops_over(tree.townships[0])) == [stop]
    assert not live_stops_over(tree.cities[1]).exists()
    told = set(
        Message.objects.filter(kind="area_stopped", channel="inbox").values_list("recipient", flat=True)
    )
    assert told == {soon.pk}


def test_an_area_is_stopped_once(tree: SmallTree) -> None:
    make_stop(tree.province)

    with pytest.raises(stages.AlreadyStopped):
        stages.stop_area(area=tree.cities[0], reason="Again.", by=make_user(), at=NOW)
    assert AreaStop.objects.count() == 1


def test_a_stop_is_lifted_once_and_told(tree: SmallTree) -> None:
    shift = make_shift(area=tree.townships[0], starts_at=NOW + HOUR)
    organizer = make_member(shift.organization)
    official = make_official(tree.province)
    stop = make_stop(tree.province, stopped_at=NOW)

    stages.lift_stop(stop=stop, by=official, at=NOW + HOUR / 2)

    assert not live_stops_over(tree.townships[0]).exists()
    assert Message.objects.filter(kind="stop_lifted", recipient=organizer, channel="inbox").exists()
    with pytest.raises(stages.StopLifted):
        stages.lift_stop(stop=stop, by=official, at=NOW + HOUR)


def test_stages_are_said_in_both_languages() -> None:
    area = make_area(level=1)
    earlier(make_crisis(area), area, Stage.BOTH_HANDS, days=1)

    with translation.override("zh-hans"):
        assert stage_of(area, NOW).number_name == "第二阶段"
    with translation.override("en"):
        assert stage_of(area, NOW).number_name == "Stage 2"


def test_nobody_signs_up_in_a_stopped_area_until_it_is_lifted(tree: SmallTree) -> None:
    volunteer, role = make_volunteer(), role_of(make_shift(area=tree.townships[0]))
    stop = stages.stop_area(area=tree.cities[0], reason="A leak of gas.", by=make_user(), at=NOW)

    with pytest.raises(AreaStopped):
        sign_up(role=role, volunteer=volunteer, by=volunteer.user, at=NOW)
    stages.lift_stop(stop=stop, by=make_user(), at=NOW)

    assert sign_up(role=role, volunteer=volunteer, by=volunteer.user, at=NOW).status == "active"


def test_whoever_decides_over_a_word_that_they_have_not_read_is_told_so(
    tree: SmallTree, crisis: Crisis
) -> None:
    earlier(crisis, tree.province, Stage.PREVENTION, days=3)
    seen = last_word(latest_decision(tree.counties[0]))
    first = make_user(name="Lin Hong")
    change(crisis, tree.province, Stage.BOTH_HANDS, by=first, seen=seen)

    with pytest.raises(stages.DecidedMeanwhile, match="Lin Hong"):
        change(crisis, tree.counties[0], Stage.NORMALISED, seen=seen, at=NOW + HOUR, effective_at=NOW + HOUR)
    with pytest.raises(stages.DecidedMeanwhile):
        # Waited for the lock: the other's word is later than the moment at which this one was sent.
        before = NOW - timedelta(seconds=1)
        change(crisis, tree.province, Stage.NORMALISED, at=before, effective_at=before)

    assert StageChange.objects.count() == 2
