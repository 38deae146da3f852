"""What becomes of requests by itself, and what is brought before the authority above."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from core import clock, faults
from notifications.models import Message
from organizations.models import Delegation
from residents.actions.asking import withdraw_request
from residents.actions.following import follow
from residents.actions.merging import WordsDeleted, merge, unmerge
from residents.actions.placing import place, take_out
from residents.actions.telling import note
from residents.models import HelpRequest
from residents.policies import Verb
from residents.queries.progress import of_served_shifts
from tasks.actions.calls import cancel_task, close_task
from tasks.actions.shifts import cancel_shift
from tasks.models import CheckIn, Shift
from tests.factories.organizations import make_authority, make_member
from tests.factories.tasks import make_assignment, make_shift, make_task
from tests.residents.triage_rules import Town, make_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make_town()


def placed(town: Town, shift: Shift | None = None, **fields: object) -> HelpRequest:
    asked = town.ask(**fields)
    place(requests=[asked], organization=town.group, shift=shift or town.shift, by=town.by, at=clock.now())
    asked.refresh_from_db()
    return asked


def another_shift(town: Town) -> Shift:
    """One of a piece of work of its own."""
    task = make_task(area=town.area, issuer=town.authority, adopted_by=town.group)
    return make_shift(task=task, organization=town.group)


def end_of(shift: Shift, *, came: bool) -> None:
    """The shift is over, with or without somebody who was there."""
    at = clock.now()
    if came:
        CheckIn.objects.create(
            assignment=make_assignment(shift),
            kind=CheckIn.Kind.IN,
            at=at - timedelta(hours=2),
            method=CheckIn.Method.DESK,
            nonce=uuid4(),
            recorded_at=at,
        )
    Shift.objects.filter(pk=shift.pk).update(
        starts_at=at - timedelta(hours=3), ends_at=at - timedelta(hours=1)
    )


def state(asked: HelpRequest) -> str:
    asked.refresh_from_db()
    return asked.status


def test_a_request_is_served_when_its_own_shift_was(town: Town) -> None:
    other = make_shift(task=town.shift.task, organization=town.group)
    served, waits = placed(town), placed(town, other)
    nobody_came = placed(town, make_shift(task=town.shift.task, organization=town.group))
    end_of(town.shift, came=True)
    end_of(nobody_came.shift, came=False)

    assert follow(at=clock.now()) == 1
    assert [state(each) for each in (served, waits, nobody_came)] == ["served", "placed", "placed"]
    assert served.events.filter(verb="served", by=None).count() == 1
    assert follow(at=clock.now()) == 0


def test_without_a_named_shift_any_later_one_on_the_day_or_after_counts(town: Town) -> None:
    at = clock.now()
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    early = at - timedelta(days=1)
    common = {"task": town.shift.task, "placed_at": early, "asked_at": early}
    counts, too_late = town.ask("placed", **common), town.ask("placed", **common | {"placed_at": at})
    not_yet = town.ask("placed", **common, wanted_on=tomorrow)
    end_of(town.shift, came=True)

    found = set(of_served_shifts(clock.now()))

    assert found == {counts} and too_late not in found and not_yet not in found


def test_closed_work_serves_and_cancelled_work_looks_again(town: Town) -> None:
    closing, ending = placed(town), placed(town, another_shift(town))
    moved = placed(town, another_shift(town))
    end_of(town.shift, came=False)
    close_task(task=closing.task, by=town.by, at=clock.now())
    cancel_task(task=ending.task, by=town.by, at=clock.now(), reason="A storm.")
    cancel_shift(shift=moved.shift, by=town.by, at=clock.now(), reason="A storm.")

    assert follow(at=clock.now()) == 3

    assert state(closing) == "served"
    for each in (ending, moved):
        assert (state(each), each.task, each.shift, each.placed_at) == ("verified", None, None, None)


def test_what_was_moved_to_other_work_meanwhile_is_left_where_it_is(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = placed(town), placed(town)
    end_of(town.shift, came=True)
    elsewhere = another_shift(town)

    def moves_the_second(name: str) -> None:
        take_out(request=second, by=town.by, at=clock.now(), words="Another car.")
        place(requests=[second], organization=town.group, shift=elsewhere, by=town.by, at=clock.now())

    monkeypatch.setattr(faults, "point", moves_the_second)

    assert follow(at=clock.now()) == 1
    assert (state(first), state(second), second.shift) == ("served", "placed", elsewhere)


def test_late_ones_go_to_the_authority_above_once(town: Town) -> None:
    official = make_member(town.authority)
    early = clock.now() - timedelta(days=5)
    late = [
        town.ask(asked_at=early),
        town.ask("verified", asked_at=early),
        town.ask("placed", asked_at=early),
    ]
    in_time, ended = town.ask(), town.ask("declined", asked_at=early)

    assert follow(at=clock.now()) == 3

    for each in late:
        each.refresh_from_db()
        assert each.escalated_at is not None
        assert each.events.get(verb="late").organization == town.authority
    assert not any(each.events.filter(verb="late").exists() for each in (in_time, ended))
    # One message for all, and no request or person is named in it.
    told = Message.objects.filter(kind="help_late", recipient=official, channel="inbox").get()
    assert told.context["count"] == 3 and late[0].code not in str(told.context)
    assert follow(at=clock.now()) == 0


def test_what_the_authority_looks_at_itself_goes_one_up(town: Town) -> None:
    province = make_authority(town.authority.home_area.parent.parent)
    early = clock.now() - timedelta(days=5)
    asked = town.ask(asked_at=early)
    HelpRequest.objects.filter(pk=asked.pk).update(organization=town.authority)

    follow(at=clock.now())

    assert asked.events.get(verb="late").organization == province


def test_what_nobody_confirms_ends_by_itself(town: Town) -> None:
    at = clock.now()
    old = town.ask("served", asked_at=at - timedelta(days=15))
    fresh = town.ask("served", asked_at=at - timedelta(days=13))

    assert follow(at=at) == 1

    assert (state(old), old.ended_at, old.confirmed_at) == ("confirmed", at, None)
    assert state(fresh) == "served"


def test_a_duplicate_of_one_that_is_taken_back_stands_by_itself(town: Town) -> None:
    kept, same = town.ask(), town.ask()
    merge(requests=[same], into=kept, by=town.by, at=clock.now())
    kept.refresh_from_db()
    withdraw_request(request=kept, at=clock.now())

    assert follow(at=clock.now()) == 1

    assert (state(same), same.merged_into) == ("new", None)


def test_what_was_forgotten_never_comes_back_as_new(town: Town) -> None:
    main, words_gone, old = town.ask(), town.ask(), town.ask()
    merge(requests=[words_gone], into=main, by=town.by, at=clock.now())
    merge(requests=[old], into=town.ask(), by=town.by, at=clock.now())
    old.refresh_from_db()
    ended = clock.now() - timedelta(days=31)
    HelpRequest.objects.filter(pk=words_gone.pk).update(words="")
    HelpRequest.objects.filter(pk=main.pk).update(status="withdrawn", ended_at=clock.now())
    HelpRequest.objects.filter(pk=old.merged_into_id).update(status="withdrawn", ended_at=ended)

    assert follow(at=clock.now()) == 0

    for each in (words_gone, old):
        with pytest.raises(WordsDeleted):
            unmerge(request=each, by=town.by, at=clock.now())
        assert state(each) == "merged"


@pytest.mark.parametrize("how", ["revoked", "over", "live"])
def test_what_came_by_a_delegation_goes_home_when_that_is_over(town: Town, how: str) -> None:
    at = clock.now()
    ends = at + timedelta(days=9 if how != "over" else 1)
    word = Delegation.objects.create(
        authority=town.authority,
        delegate=town.group,
        kind="triage",
        area=town.authority.home_area,
        reason="They know the streets.",
        starts_at=at - timedelta(days=2),
        ends_at=ends,
        granted_at=at - timedelta(days=2),
        granted_by=town.by,
        **({"revoked_at": at, "revoked_by": town.by} if how == "revoked" else {}),
    )
    new, checked, before = town.ask(), town.ask("verified"), town.ask(asked_at=at - timedelta(days=3))
    passed_on = town.ask()
    note(request=passed_on, verb=Verb.PASSED_ON, at=at, organization=town.group)
    HelpRequest.objects.update(done_due_at=at + timedelta(days=5), answer_due_at=at + timedelta(days=5))

    moved = follow(at=word.ends_at + timedelta(hours=1) if how == "over" else at)

    assert moved == (0 if how == "live" else 1)
    new.refresh_from_db()
    assert new.organization == (town.group if how == "live" else town.authority)
    for each in (checked, before, passed_on):
        each.refresh_from_db()
        assert each.organization == town.group


def test_a_run_that_is_cut_off_is_taken_up_by_the_next(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [placed(town), placed(town)]
    end_of(town.shift, came=True)
    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr(faults, "point", _cut_off)
        follow(at=clock.now())
    assert sorted(state(each) for each in both) == ["placed", "served"]

    assert follow(at=clock.now()) == 1

    assert [state(each) for each in both] == ["served", "served"]
    assert all(each.events.filter(verb="served").count() == 1 for each in both)


def _cut_off(name: str) -> None:
    raise KeyboardInterrupt(name)
