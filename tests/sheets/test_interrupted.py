"""A worker may be killed anywhere: the next one goes on, and nothing is made twice."""

from datetime import timedelta

import pytest

from core import clock, faults
from core.doorbell import Job
from notifications.models import Message
from sheets.actions import sweeping, working
from sheets.actions.importing import take_over
from sheets.actions.people import People
from sheets.actions.sweeping import sweep
from sheets.actions.working import work
from sheets.models import Sheet
from tests.factories.organizations import make_organization
from tests.sheets.making import brought, checked, csv_of, fresh, problems, taken
from volunteers.models import VolunteerInvitation

pytestmark = pytest.mark.django_db

LINES = 25


class Killed(BaseException):
    """What a test raises in the place of a kill: no handler of ours takes it."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(People, "BATCH", 4)


@pytest.fixture
def rung(monkeypatch):
    """What was rung, by name, in the place of the broker."""
    calls = []
    monkeypatch.setattr(sweeping.doorbell, "ring", lambda job, **kwargs: calls.append((job, kwargs)))
    return calls


def people(*, twice: bool = False) -> bytes:
    rows = [(f"人{number}", f"138{number:08d}", "", "", "", "", "") for number in range(LINES - twice)]
    return csv_of(*rows, *(rows[:1] if twice else []))


def kill_at(monkeypatch, point: str, *, times: int) -> None:
    left = [times]

    def passing(name: str) -> None:
        if name == point:
            left[0] -= 1
            if not left[0]:
                raise Killed

    monkeypatch.setattr(faults, "point", passing)


def lapse(sheet: Sheet) -> None:
    Sheet.objects.filter(pk=sheet.pk).update(leased_until=clock.now() - timedelta(seconds=1))


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("point", ["after-claim", "before-mark", "after-batch"])
def test_a_killed_worker_is_followed_by_another_and_nobody_is_invited_twice(monkeypatch, point, times):
    sheet = checked(people(twice=True))
    take_over(sheet=sheet, whole_only=False, by=sheet.by, at=clock.now())
    kill_at(monkeypatch, point, times=times if point != "after-claim" else 1)

    with pytest.raises(Killed):
        work(sheet_id=sheet.pk, at=clock.now())
    monkeypatch.setattr(faults, "point", lambda name: None)
    lapse(sheet)
    while not work(sheet_id=sheet.pk, at=clock.now()):
        pass

    sheet = fresh(sheet)
    assert (sheet.status, sheet.good_count, sheet.bad_count, sheet.row_count) == ("done", LINES - 1, 1, LINES)
    assert problems(sheet) == [(LINES + 1, "phone", "same-as-line")]
    assert VolunteerInvitation.objects.count() == LINES - 1
    assert Message.objects.count() == LINES - 1


def test_a_kill_within_all_or_nothing_leaves_nothing(monkeypatch):
    sheet = checked(people())
    take_over(sheet=sheet, whole_only=True, by=sheet.by, at=clock.now())
    kill_at(monkeypatch, "before-mark", times=4)

    with pytest.raises(Killed):
        work(sheet_id=sheet.pk, at=clock.now())

    assert not VolunteerInvitation.objects.exists()
    monkeypatch.setattr(faults, "point", lambda name: None)
    lapse(sheet)
    assert work(sheet_id=sheet.pk, at=clock.now())
    assert VolunteerInvitation.objects.count() == LINES


def test_a_table_that_somebody_holds_is_left_alone():
    sheet = checked(people())
    take_over(sheet=sheet, whole_only=False, by=sheet.by, at=clock.now())
    Sheet.objects.filter(pk=sheet.pk).update(leased_until=clock.now() + timedelta(seconds=30))

    assert not work(sheet_id=sheet.pk, at=clock.now())
    assert not VolunteerInvitation.objects.exists()


def test_whoever_lost_the_lease_takes_nothing_over(monkeypatch):
    sheet = checked(people())
    take_over(sheet=sheet, whole_only=False, by=sheet.by, at=clock.now())

    def overtaken(name: str) -> None:
        if name == "after-claim":
            Sheet.objects.filter(pk=sheet.pk).update(leased_until=clock.now() + timedelta(seconds=60))

    monkeypatch.setattr(faults, "point", overtaken)

    assert not work(sheet_id=sheet.pk, at=clock.now())
    assert not VolunteerInvitation.objects.exists()


def test_a_long_table_is_done_in_turns():
    sheet = brought(people())
    Sheet.objects.filter(pk=sheet.pk).update(status="checking")

    turns = 0
    while not work(sheet_id=sheet.pk, at=clock.now(), turn=8):
        turns += 1

    assert turns == 3
    assert fresh(sheet).good_count == LINES


def test_a_table_that_fails_again_and_again_is_given_up(monkeypatch):
    sheet = checked(people())
    take_over(sheet=sheet, whole_only=False, by=sheet.by, at=clock.now())
    kill_at(monkeypatch, "after-claim", times=1)
    for _ in range(working.MOST_ATTEMPTS):
        kill_at(monkeypatch, "after-claim", times=1)
        with pytest.raises(Killed):
            work(sheet_id=sheet.pk, at=clock.now())
        lapse(sheet)

    assert not work(sheet_id=sheet.pk, at=clock.now())
    assert fresh(sheet).failure["code"] == "gave-up"


def test_the_sweep_rings_for_what_nobody_holds(rung):
    organization = make_organization()
    sheet = brought(people(), organization=organization)
    Sheet.objects.filter(pk=sheet.pk).update(status="checking")
    held = brought(people(), organization=organization, by=sheet.by)
    Sheet.objects.filter(pk=held.pk).update(
        status="checking", leased_until=clock.now() + timedelta(seconds=30)
    )

    swept = sweep(at=clock.now())

    assert swept.rung == 1
    assert (Job.IMPORT_SHEET, {"sheet_id": sheet.pk}) in rung


def test_files_go_after_a_week_and_tables_after_ninety_days():
    waiting = checked(people())
    done = taken(checked(people()))
    assert done.content is None

    swept = sweep(at=clock.now() + timedelta(days=8))
    assert swept.given_up == 1
    waiting.refresh_from_db()
    assert (waiting.status, waiting.content) == ("dropped", None)

    assert sweep(at=clock.now() + timedelta(days=91)).deleted == 2
    assert not Sheet.objects.exists()
