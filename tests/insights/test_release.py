"""Figures become public once a day; a correction is seen as one."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils.timezone import localdate

from core import clock
from core.models import AuditRecord
from insights.actions import correct_release, refresh, release_due
from insights.actions.index import WeightsChanged, parts_of
from insights.actions.release import ReasonMissing
from insights.disclosure import Cell
from insights.models import AreaIndex, Release
from insights.queries import (
    DEFINITIONS,
    Key,
    NotReleasedYet,
    corrections_of,
    days_released,
    index_of,
    lately,
    public_figures,
    public_series,
    released_cells,
)
from insights.queries.public import NothingReleasedYet
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.tasks import make_assignment, make_crisis, make_shift, make_task_type, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.insights.serving import make_request, serve

pytestmark = pytest.mark.django_db
NOON = tomorrow_at(12, days=0)
YESTERDAY = localdate(NOON) - timedelta(days=1)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


def test_the_periods_of_the_calendar_are_released_once(tree: SmallTree) -> None:
    make_crisis(tree.province, started_at=NOON - timedelta(days=15))

    first, again = release_due(at=NOON), release_due(at=NOON + timedelta(hours=1))

    assert {release.period: (release.ends_on - release.starts_on).days for release in first} == {
        "day": 0,
        "week": 6,
        "month": 29,
        "crisis": 14,
    }
    assert again == []
    assert days_released() == [YESTERDAY]


def test_nothing_is_released_before_six_in_the_morning(tree: SmallTree) -> None:
    assert release_due(at=tomorrow_at(5, days=0)) == []


def test_seats_are_exact_and_persons_protected(tree: SmallTree) -> None:
    make_shift(area=tree.counties[0], starts_at=tomorrow_at(9, days=-1), seats=7, seats_min=3)
    for _ in range(2):
        serve(tree.counties[0])
    for _ in range(9):
        serve(tree.counties[1])
    refresh(at=clock.now())
    release_due(at=NOON)

    province, city = public_figures("33"), public_figures("3301")

    assert province is not None and city is not None
    day = city.periods[0]
    assert day.own.cells[Key.VOLUNTEERS].value == 10
    below = {row.area.code: row.cells for row in day.below}
    assert below["330122"][Key.SEATS_ASKED].value == 2 * 60 + 7
    assert below["330122"][Key.VOLUNTEERS].why == "small"
    assert below["330127"][Key.VOLUNTEERS].why == "complement"
    assert set(day.own.cells) < set(DEFINITIONS)
    assert Key.REQUESTS not in day.own.cells and Key.REQUESTS in city.periods[1].own.cells
    assert [row.area.code for row in province.periods[0].below] == ["3301", "3305"]


def test_released_figures_stay_as_they_were(tree: SmallTree) -> None:
    release_due(at=NOON)
    release = Release.objects.get(period="day")

    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(figures={})
    with pytest.raises(DatabaseError), transaction.atomic():
        release.delete()


def test_a_correction_is_the_next_version_and_says_what_it_changed(tree: SmallTree) -> None:
    release_due(at=NOON)
    for _ in range(9):
        serve(tree.counties[0])
    refresh(at=NOON)
    old = Release.objects.get(period="day")

    correct_release(release=old, by=make_user(), at=NOON, reason="Paper lists came late.")

    found = public_figures("33")
    assert found is not None
    day = found.periods[0]
    assert (day.version, day.is_corrected, day.correction) == (2, True, "Paper lists came late.")
    assert day.own.cells[Key.VOLUNTEERS].value == 10
    assert Release.objects.filter(period="day").count() == 2
    assert AuditRecord.objects.get(verb="release.corrected").reason == "Paper lists came late."
    (seen,) = day.corrections
    changed = {
        change.key: (change.before.value, change.after.value)
        for change in seen.changes
        if change.code == "33"
    }
    assert (seen.version, seen.reason, changed["volunteers"]) == (2, "Paper lists came late.", (0, 10))
    (of_hours,) = corrections_of(Key.HOURS, tree.province)
    assert [(change.before.value, change.after.value) for change in of_hours.changes] == [(0, 25)]
    assert corrections_of(Key.CALLS, tree.province) == []


def test_a_week_is_corrected_with_its_requests_by_kind(tree: SmallTree) -> None:
    kind, asked = make_task_type("medicine"), tomorrow_at(9, days=-2)
    for _ in range(9):
        make_request(tree.townships[0], kind, asked_at=asked)
    make_shift(area=tree.counties[0], starts_at=asked)
    refresh(at=NOON)
    release_due(at=NOON)
    for _ in range(9):
        make_request(tree.townships[0], kind, asked_at=asked)

    correct_release(
        release=Release.objects.get(period="week"),
        by=make_user(),
        at=NOON,
        reason="The telephone list came late.",
    )

    found = public_figures("3301")
    assert found is not None
    week = next(period for period in found.periods if period.period == Release.Period.WEEK)
    county = next(row for row in week.below if row.area == tree.counties[0])
    assert week.own.kinds["medicine"]["requests"].value == 20
    # Kinds are shown of cities and what lies above: of a county too few would be of each.
    assert "requests" not in county.kinds.get("medicine", {})
    # Not counted, and so not hidden either.
    assert Key.REQUESTS_OPEN in week.own.cells and Key.REQUESTS_OPEN not in county.cells
    assert Key.REQUESTS not in lately(tree.townships)[tree.townships[0].pk].cells
    assert [row.cells[Key.REQUESTS].value for row in (week.own, county)] == [20, 20]
    assert week.own.cells[Key.REQUESTS].value == 20
    assert {change.key for change in week.corrections[0].changes} == {"requests", "requests_open"}


def test_officials_look_back_on_the_corrected_number(tree: SmallTree) -> None:
    kind, by, home = make_task_type("medicine"), make_user(email="lin@example.org"), tree.townships[0]
    release_due(at=NOON)
    for _ in range(9):
        serve(home)
        make_request(home, kind, asked_at=tomorrow_at(9, days=-2))

    for period in ("month", "week"):
        call_command(
            "correct_release",
            period=period,
            day=YESTERDAY,
            reason="Lists came late.",
            by=by.email,
            stdout=StringIO(),
        )

    city, township = (lately([area])[area.pk] for area in (tree.cities[0], home))
    assert [city[key].value for key in (Key.VOLUNTEERS, Key.REQUESTS, "waiting")] == [10, 10, 10]
    assert city.kinds["medicine"][Key.REQUESTS].value == township[Key.VOLUNTEERS].value == 10
    assert Release.objects.filter(version=2).count() == 2
    for wrong in ({"by": "nobody@example.org"}, {"day": NOON.date()}, {"reason": " "}):
        named = {"period": "week", "day": YESTERDAY, "reason": "Late.", "by": by.email} | wrong
        with pytest.raises(CommandError):
            call_command("correct_release", **named)


def test_days_on_which_the_job_did_not_run_are_made_up_for(tree: SmallTree) -> None:
    make_volunteer(area=tree.townships[0], on_duty_since=NOON - timedelta(days=30))
    release_due(at=NOON)
    release_due(at=NOON + timedelta(days=3))

    days = Release.objects.filter(period="day").order_by("pk")
    assert [release.ends_on for release in days] == [
        YESTERDAY + timedelta(days=number) for number in range(4)
    ]
    assert [Key.ON_DUTY in release.figures["33"] for release in days] == [True, False, False, True]
    assert lately([tree.province])[tree.province.pk].ends_on == YESTERDAY + timedelta(days=3)
    release_due(at=NOON + timedelta(days=30))
    assert len(days_released()) == 4 + 7


def test_what_a_version_hid_to_protect_others_stays_hidden_in_the_next(tree: SmallTree) -> None:
    for area, count in zip(tree.counties, (3, 9), strict=False):
        for _ in range(count):
            serve(area)
    release_due(at=NOON)
    for _ in range(30):
        serve(tree.counties[0])

    made = correct_release(
        release=Release.objects.get(period="day"), by=make_user(), at=NOON, reason="Lists came late."
    )

    first, second = (area.code for area in tree.counties[:2])
    assert made.figures[second]["volunteers"] == [None, "complement"]
    assert made.figures[first]["volunteers"][0] is None


def test_a_day_before_the_first_release_is_refused_in_a_sentence(tree: SmallTree) -> None:
    with pytest.raises(NothingReleasedYet):
        public_figures("33", on=YESTERDAY)
    release_due(at=NOON)

    with pytest.raises(NotReleasedYet) as early:
        public_figures("33", on=YESTERDAY - timedelta(days=1))
    with pytest.raises(NotReleasedYet):
        public_series("33", NOON.date(), NOON.date() + timedelta(days=9))
    found = public_series("33", YESTERDAY - timedelta(days=9), YESTERDAY)

    assert YESTERDAY.isoformat()[:4] in early.value.message
    assert found is not None and [period.ends_on for period in found.periods] == [YESTERDAY]


def test_officials_and_everybody_read_the_same_number(tree: SmallTree) -> None:
    for area, count in zip(tree.counties, (3, 9, 20), strict=False):
        for _ in range(count):
            serve(area)
    release_due(at=NOON)

    found = public_figures("3301")

    assert found is not None
    month = next(period for period in found.periods if period.period == Release.Period.MONTH)
    known = lately(tree.counties)
    for row in month.below:
        assert row.cells[Key.VOLUNTEERS] == known[row.area.pk][Key.VOLUNTEERS]
        assert row.cells[Key.HOURS] == known[row.area.pk][Key.HOURS]


def test_the_index_of_a_day_is_made_once_and_can_be_taken_apart(
    tree: SmallTree, tmp_path, monkeypatch
) -> None:
    full = make_shift(area=tree.counties[0], starts_at=tomorrow_at(9, days=-1), seats_min=2)
    for _ in range(2):
        make_assignment(full)
    make_shift(area=tree.counties[1], starts_at=tomorrow_at(9, days=-1), seats_min=2)
    refresh(at=NOON)
    release_due(at=NOON)

    found = index_of(tree.cities[0], YESTERDAY)

    assert found is not None
    parts = {part.name: part.value for part in found.parts}
    known = [(part.weight, part.value) for part in found.parts if part.value is not None]
    assert parts["filled"] == 50 and parts["kept"] is None
    assert found.value == round(sum(w * v for w, v in known) / sum(w for w, _ in known))
    other = tmp_path / "index.json"
    monkeypatch.setattr("insights.actions.index.FILE", other)
    other.write_text('{"version": 1, "weights": {"filled": 1}}')
    with pytest.raises(WeightsChanged), transaction.atomic():
        release_due(at=NOON + timedelta(days=1))
    other.write_text('{"version": 2, "weights": {"filled": 1}}')
    release_due(at=NOON + timedelta(days=1))
    assert index_of(tree.cities[0], YESTERDAY) == found
    with pytest.raises(DatabaseError), transaction.atomic():
        AreaIndex.objects.update(value=100)


def test_calls_that_nobody_takes_on_lower_the_index() -> None:
    without, silent, quick = (
        parts_of({Key.CALLS: Cell(calls), Key.RESPONSE_MINUTES: Cell(minutes)})["taken_on"]
        for calls, minutes in ((0, None), (3, None), (3, 72))
    )

    assert (without, silent, quick) == (None, 0, 95)


def test_on_its_first_day_a_crisis_does_not_stand_for_the_day(tree: SmallTree) -> None:
    make_crisis(tree.province, started_at=tomorrow_at(9, days=-1))
    make_volunteer(area=tree.townships[0], on_duty_since=NOON - timedelta(days=9))
    release_due(at=NOON)

    assert Key.ON_DUTY in released_cells(tree.province, YESTERDAY, YESTERDAY)


def test_a_correction_needs_a_reason(tree: SmallTree) -> None:
    release_due(at=NOON)

    with pytest.raises(ReasonMissing):
        correct_release(release=Release.objects.get(period="day"), by=make_user(), at=NOON, reason=" ")


def test_townships_and_unknown_areas_have_no_public_figures(tree: SmallTree) -> None:
    release_due(at=NOON)

    township = public_figures(tree.townships[0].code)

    assert township is not None and township.periods == ()
    assert public_figures("999") is None


def test_public_figures_take_few_queries(tree: SmallTree, django_assert_num_queries) -> None:
    release_due(at=NOON)

    with django_assert_num_queries(3):
        public_figures("33")
