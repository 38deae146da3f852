"""Calls: written, taken on, changed, ended."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation
from django.utils.timezone import localdate

from areas.models import Area
from core import clock
from core.models import AuditRecord
from notifications.models import Message
from tasks.actions import calls
from tasks.actions.reasons import ReasonMissing
from tasks.actions.standstill import AreaStopped
from tasks.models import Adoption, Shift, Task
from tasks.queries import calls as calls_read
from tasks.queries.calls import calls_to_adopt, calls_within, counts_within, with_seats
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.tasks import (
    make_adoption,
    make_assignment,
    make_check,
    make_crisis,
    make_shift,
    make_stop,
    make_task,
    make_task_type,
)
from tests.factories.volunteers import make_capability

pytestmark = pytest.mark.django_db
NOW = clock.now()
TODAY = localdate(NOW)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


def values(area: Area, **changes: Any) -> dict[str, Any]:
    return {
        "type": make_task_type(),
        "area": area,
        "title": "夜间卡口测温登记",
        "content": "测温，登记。",
        "people_needed": 12,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=7),
        "place": "五马街道",
        **changes,
    }


def issue(issuer, area: Area, **changes: Any) -> Task:
    return calls.issue_call(issuer=issuer, by=make_user(), at=NOW, values=values(area, **changes))


def test_a_call_becomes_public_and_reaches_the_groups_of_its_area(tree: SmallTree) -> None:
    authority = make_authority(tree.cities[0])
    near = make_member(make_organization(home_area=tree.townships[0]))
    make_member(make_organization(home_area=tree.townships[0], status="pending"))
    make_member(make_organization(home_area=tree.cities[1]))
    desk = make_member(make_organization(home_area=tree.counties[0]), role="desk")

    task = issue(authority, tree.counties[0], requirements=[make_capability()])

    assert (task.status, task.called_at, task.county) == ("called", NOW, tree.counties[0])
    assert task.requirements.count() == 1
    told = Message.objects.filter(kind="call_issued", channel="inbox").values_list("recipient", flat=True)
    assert list(told) == [near.pk]
    assert desk.pk not in told
    assert list(AuditRecord.objects.order_by("id").values_list("verb", flat=True)) == [
        "task.written",
        "task.called",
    ]


def test_at_most_two_hundred_organizations_hear_of_a_call(tree: SmallTree, monkeypatch) -> None:
    monkeypatch.setattr("tasks.notices.calls.ORGANIZATIONS_TOLD", 2)
    city, *rest = (
        make_member(make_organization(home_area=area))
        for area in (tree.cities[0], tree.townships[0], tree.townships[1])
    )

    issue(make_authority(tree.province), tree.cities[0])

    told = Message.objects.filter(kind="call_issued", channel="inbox").values_list("recipient", flat=True)
    assert set(told) == {person.pk for person in rest}
    assert city.pk not in told


def test_a_draft_is_told_to_nobody_until_it_is_published(tree: SmallTree) -> None:
    make_member(make_organization(home_area=tree.counties[0]))
    task = issue(make_authority(tree.counties[0]), tree.counties[0], status="draft")

    assert (task.status, task.called_at, Message.objects.count()) == ("draft", None, 0)
    calls.publish_call(task=task, by=make_user(), at=NOW)

    assert Message.objects.filter(kind="call_issued", channel="inbox").count() == 1
    with pytest.raises(calls.NotADraft):
        calls.publish_call(task=task, by=make_user(), at=NOW)


def test_a_call_belongs_to_the_crisis_that_is_on(tree: SmallTree) -> None:
    crisis = make_crisis(tree.province)

    assert issue(make_authority(tree.cities[0]), tree.counties[0]).crisis == crisis


def test_a_group_leads_its_own_call_at_once(tree: SmallTree) -> None:
    group = make_organization(home_area=tree.counties[0])

    task = issue(group, tree.townships[0])

    assert task.status == "adopted"
    assert Adoption.objects.get(task=task).organization == group


@pytest.mark.parametrize(
    ("changes", "error", "field", "english"),
    [
        (
            {"starts_on": TODAY - timedelta(days=1)},
            calls.PastDate,
            "starts_on",
            "This day is over",
        ),
        (
            {"ends_on": TODAY - timedelta(days=1)},
            calls.EndBeforeStart,
            "ends_on",
            "The last day lies before the first",
        ),
        ({"people_needed": 0}, calls.NobodyNeeded, "people_needed", "At least 1 person"),
        (
            {"second_content": "Text"},
            calls.SecondTitleMissing,
            "second_title",
            "The text in the second language",
        ),
    ],
)
def test_what_a_call_must_not_say_is_refused_at_its_field(
    tree: SmallTree, changes, error, field: str, english: str
) -> None:
    authority = make_authority(tree.counties[0])

    with pytest.raises(error) as caught:
        issue(authority, tree.counties[0], **changes)

    assert caught.value.field == field
    with translation.override("en"):
        assert caught.value.message.startswith(english)
    assert Task.objects.count() == 0


def test_nobody_calls_for_an_area_that_they_do_not_serve(tree: SmallTree) -> None:
    cases = (
        (make_authority(tree.cities[0]), tree.counties[2]),
        (make_authority(tree.counties[0]), tree.province),
        (make_organization(home_area=tree.townships[0], serves=(tree.townships[1],)), tree.counties[0]),
    )

    for issuer, area in cases:
        with pytest.raises(calls.AreaNotServed) as caught:
            issue(issuer, area)
        assert caught.value.field == "area"
    assert issue(make_organization(serves=(tree.counties[1],)), tree.townships[2])


def test_nothing_is_published_in_a_stopped_area(tree: SmallTree) -> None:
    authority = make_authority(tree.counties[0])
    draft = issue(authority, tree.counties[0], status="draft")
    make_stop(tree.cities[0])

    with pytest.raises(AreaStopped):
        issue(authority, tree.townships[0])
    with pytest.raises(AreaStopped):
        calls.publish_call(task=draft, by=make_user(), at=NOW)


def test_an_organization_that_is_not_approved_calls_nobody(tree: SmallTree) -> None:
    with pytest.raises(calls.NotApproved):
        issue(make_organization(home_area=tree.counties[0], status="suspended"), tree.counties[0])


def test_an_edit_tells_who_took_it_on_and_notes_what_changed(tree: SmallTree) -> None:
    group = make_organization(home_area=tree.counties[0])
    organizer = make_member(group)
    task = make_task(area=tree.counties[0], adopted_by=group, starts_on=TODAY - timedelta(days=3))

    calls.edit_call(task=task, changes={"title": "New", "place": task.place}, by=make_user(), at=NOW)

    assert AuditRecord.objects.get(verb="task.edited").data == {"changed": ["title"]}
    assert Message.objects.filter(kind="call_changed", recipient=organizer, channel="inbox").count() == 1


def test_an_edit_without_a_change_leaves_no_trace(tree: SmallTree) -> None:
    task = make_task(area=tree.counties[0])

    calls.edit_call(task=task, changes={"title": task.title}, by=make_user(), at=NOW)

    assert AuditRecord.objects.count() == 0


def test_a_first_day_may_not_be_moved_into_the_past(tree: SmallTree) -> None:
    with pytest.raises(calls.PastDate):
        calls.edit_call(
            task=make_task(area=tree.counties[0]),
            changes={"starts_on": TODAY - timedelta(days=1)},
            by=make_user(),
            at=NOW,
        )


def test_cancelling_a_call_cancels_its_shifts_and_tells_everybody(tree: SmallTree) -> None:
    group = make_organization(home_area=tree.counties[0])
    organizer = make_member(group)
    task = make_task(area=tree.counties[0], adopted_by=group)
    assignment = make_assignment(make_shift(task=task))
    past = make_shift(task=task, starts_at=NOW - timedelta(hours=30), ends_at=NOW - timedelta(hours=26))

    calls.cancel_task(task=task, by=make_user(), at=NOW, reason="Enough supplies.")

    task.refresh_from_db()
    assert (task.status, task.end_reason) == ("cancelled", "Enough supplies.")
    assert Shift.objects.get(pk=assignment.shift_id).status == "cancelled"
    assert Shift.objects.get(pk=past.pk).status == "open"
    assert Message.objects.filter(recipient=organizer, kind="call_cancelled").exists()
    assert Message.objects.filter(recipient=assignment.volunteer.user).exists()
    with pytest.raises(calls.TaskNotOpen):
        calls.cancel_task(task=task, by=make_user(), at=NOW, reason="Again.")


def test_cancelling_a_call_leaves_a_shift_to_which_people_have_come(tree: SmallTree) -> None:
    task = make_task(area=tree.counties[0], adopted_by=make_organization(home_area=tree.counties[0]))
    running = make_shift(task=task, starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=2))
    make_check(make_assignment(running))
    ahead = make_shift(task=task)

    calls.cancel_task(task=task, by=make_user(), at=NOW, reason="Enough supplies.")

    assert Shift.objects.get(pk=running.pk).status == "open"
    assert Shift.objects.get(pk=ahead.pk).status == "cancelled"


def test_a_cancellation_needs_a_reason(tree: SmallTree) -> None:
    with pytest.raises(ReasonMissing):
        calls.cancel_task(task=make_task(), by=make_user(), at=NOW, reason=" ")


def test_a_call_closes_once_no_shift_is_ahead() -> None:
    task = make_task(adopted_by=make_organization())
    shift = make_shift(task=task)

    with pytest.raises(calls.ShiftsAhead):
        calls.close_task(task=task, by=make_user(), at=NOW)
    calls.close_task(task=task, by=make_user(), at=shift.ends_at)

    task.refresh_from_db()
    assert task.status == "closed"


def adopt(task: Task, organization, role: str = "lead") -> Adoption:
    return calls.adopt_task(task=task, organization=organization, role=role, by=make_user(), at=NOW)


def test_a_lead_takes_a_call_on_and_the_issuer_hears_of_it(tree: SmallTree) -> None:
    task = make_task(area=tree.counties[0])
    official = make_member(task.issuer)

    adopt(task, make_organization(home_area=tree.townships[0]))

    task.refresh_from_db()
    assert (task.status, task.adopted_at) == ("adopted", NOW)
    assert Message.objects.filter(recipient=official, kind="call_adopted", channel="inbox").count() == 1


def test_a_call_has_one_lead_and_many_partners(tree: SmallTree) -> None:
    task = make_task(area=tree.counties[0])
    first, second, third = (make_organization(home_area=tree.counties[0]) for _ in range(3))
    adopt(task, first)

    with pytest.raises(calls.LeadTaken):
        adopt(task, second)
    adopt(task, second, "partner")
    adopt(task, third, "partner")
    with pytest.raises(calls.AlreadyAdopted):
        adopt(task, first, "partner")

    assert Adoption.objects.count() == 3


def test_only_open_calls_of_served_areas_are_taken_on_by_approved_groups(tree: SmallTree) -> None:
    task = make_task(area=tree.counties[0])

    with pytest.raises(calls.AreaNotServed):
        adopt(task, make_organization(home_area=tree.counties[1]))
    with pytest.raises(calls.NotApproved):
        adopt(task, make_organization(home_area=tree.counties[0], status="pending"))
    with pytest.raises(calls.TaskNotOpen):
        adopt(
            make_task(area=tree.counties[1], status="closed"), make_organization(home_area=tree.counties[1])
        )
    make_stop(tree.counties[0])
    with pytest.raises(AreaStopped):
        adopt(task, make_organization(home_area=tree.counties[0]))


def test_a_call_whose_lead_leaves_waits_again(tree: SmallTree) -> None:
    group = make_organization(home_area=tree.counties[0])
    task = make_task(area=tree.counties[0], adopted_by=group)
    official = make_member(task.issuer)
    share = Adoption.objects.get(task=task)

    calls.leave_task(adoption=share, by=make_user(), at=NOW, reason="Too few of us.")

    task.refresh_from_db()
    assert (task.status, task.adopted_at) == ("called", None)
    assert Message.objects.filter(recipient=official, kind="call_left", channel="inbox").count() == 1
    adopt(task, group)
    with pytest.raises(calls.NotAdopted):
        calls.leave_task(adoption=share, by=make_user(), at=NOW, reason="Again.")


def test_nobody_leaves_with_shifts_ahead() -> None:
    shift = make_shift()
    share = Adoption.objects.get(task=shift.task)

    with pytest.raises(calls.ShiftsAhead):
        calls.leave_task(adoption=share, by=make_user(), at=NOW, reason="Too few of us.")


def test_a_group_sees_the_open_calls_in_its_reach_without_its_own(tree: SmallTree) -> None:
    group = make_organization(home_area=tree.townships[0])
    above, beside = make_task(area=tree.cities[0]), make_task(area=tree.townships[1])
    mine = make_task(area=tree.townships[0], adopted_by=group)
    led = make_task(area=tree.townships[0], adopted_by=make_organization(home_area=tree.counties[0]))

    found = list(calls_to_adopt(group))

    # What waits for an organization comes before what has one.
    assert found == [above, led]
    assert beside not in found and mine not in found


def test_the_list_of_calls_counts_seats_of_shifts_that_are_on(tree: SmallTree) -> None:
    task = make_task(area=tree.counties[0], adopted_by=make_organization(home_area=tree.counties[0]))
    make_assignment(make_shift(task=task, seats=6))
    make_shift(task=task, seats=4, status="cancelled", cancelled_at=NOW, cancel_reason="Rain.")
    make_adoption(task, make_organization(home_area=tree.counties[0]), role="partner")

    found = with_seats(calls_within(tree.cities[0])).get()

    assert (found.seats_taken, found.seats_asked) == (1, 6)
    assert counts_within(tree.province)["taken"] == 1


def test_calls_that_ended_are_counted_so_far_and_no_further(tree: SmallTree, monkeypatch) -> None:
    for _ in range(3):
        make_task(area=tree.counties[0], status="closed", ended_at=NOW)
    make_task(area=tree.counties[0])
    monkeypatch.setattr(calls_read, "ENDED_MOST", 2)

    counts = counts_within(tree.province)

    assert (counts["waiting"], counts["ended"]) == (1, 2)
