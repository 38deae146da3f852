"""The mode of an authority: who decides it, how it is inherited, and what it changes for whom."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from accounts.models import User
from areas.models import Area
from core import clock
from core.errors import DomainError
from core.models import AuditRecord
from notifications.models import Message
from organizations.models import Organization
from tasks.actions import calls, modes
from tasks.actions.reasons import ReasonMissing
from tasks.actions.reviews import approve_review
from tasks.actions.stages import EffectiveInPast, MomentTaken
from tasks.models import Adoption, Mode, ModeChange, Review, Task
from tasks.permissions.calls import can_manage_call
from tasks.permissions.modes import can_call_partners
from tasks.policies import modes as policies
from tasks.queries.modes import mode_of, modes_below
from tasks.rendering.modes import MODE_NAMES, RIGHTS_IN_WORDS
from tests.factories.areas import SmallTree, small_tree
from tests.factories.governing import make_mode
from tests.factories.organizations import make_authority, make_member, make_official, make_organization
from tests.factories.tasks import make_task, make_task_type

pytestmark = pytest.mark.django_db
NOW = clock.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


def change(area: Area, mode: str, *, by: User | None = None, **fields: Any) -> ModeChange:
    given = {"effective_at": NOW, "at": NOW, "reason": "Hands must go where they are needed.", **fields}
    return modes.change_mode(area=area, mode=mode, by=by or make_official(area), **given)


def issue(issuer: Organization, by: User, area: Area) -> Task:
    today = localdate(NOW)
    values = {
        "type": make_task_type(),
        "area": area,
        "title": "Gate",
        "content": "Look after the gate.",
        "people_needed": 4,
        "starts_on": today,
        "ends_on": today + timedelta(days=7),
        "place": "East gate",
    }
    return calls.issue_call(issuer=issuer, by=by, at=NOW, values=values)


def refused(act: Any) -> str:
    """The code of what an act was refused with, in a transaction of its own; "" where it was not."""
    try:
        with transaction.atomic():
            act()
    except DomainError as error:
        return error.code
    return ""


def test_every_mode_and_every_right_has_its_words() -> None:
    assert set(policies.RIGHTS) == set(Mode.values) == set(MODE_NAMES)
    assert tuple(RIGHTS_IN_WORDS) == policies.NAMES


@pytest.mark.parametrize("mode", Mode.values)
def test_a_mode_changes_who_may_do_what(tree: SmallTree, mode: str) -> None:
    """Every right of every mode, by what really happens to a group, its leader, and an official."""
    county = tree.counties[0]
    rights = policies.rights(mode)
    authority, group = make_authority(county), make_organization(home_area=county)
    official, leader = make_member(authority), make_member(group, "owner")
    make_mode(tree.province, mode)

    own = issue(group, leader, county)
    waits = Review.objects.open().filter(task=own).exists()
    called = issue(authority, official, county)
    group_leads = refused(
        lambda: calls.adopt_task(task=called, organization=group, role="lead", by=leader, at=NOW)
    )
    joins = make_organization(home_area=county)
    partner = refused(
        lambda: calls.adopt_task(task=called, organization=joins, role="partner", by=leader, at=NOW)
    )
    free = make_task(area=county, issuer=authority)
    authority_leads = refused(
        lambda: calls.adopt_task(task=free, organization=authority, role="lead", by=official, at=NOW)
    )
    theirs = make_task(area=county, issuer=group, adopted_by=group)
    edits = refused(lambda: calls.edit_call(task=theirs, changes={"title": "Other"}, by=official, at=NOW))
    ends = refused(lambda: calls.cancel_task(task=theirs, by=official, at=NOW, reason="No."))
    partners = refused(
        lambda: calls.ask_organizations(
            task=make_task(area=county, issuer=group, adopted_by=group),
            organizations=[joins],
            by=leader,
            at=NOW,
        )
    )

    assert waits == rights.groups_need_review == (own.status == Task.Status.DRAFT)
    assert (group_leads == "") == rights.groups_lead
    assert partner == ""
    assert (authority_leads == "") == rights.authority_leads
    assert (edits == "") == (ends == "") == rights.authority_edits_groups_calls
    assert can_manage_call(official, make_task(area=county, issuer=group)) == (
        rights.authority_edits_groups_calls
    )
    assert can_manage_call(official, make_task(area=county, issuer=authority))
    assert can_manage_call(leader, make_task(area=county, issuer=group))
    assert (partners == "") == rights.groups_call_partners == can_call_partners(leader, theirs, NOW)
    assert not can_call_partners(official, theirs, NOW)


def test_an_operator_leads_its_own_calls_and_those_that_it_allows(tree: SmallTree) -> None:
    county = tree.counties[0]
    authority, group = make_authority(county), make_organization(home_area=county)
    official, leader = make_member(authority), make_member(group, "owner")
    make_mode(county, "operator")

    called = issue(authority, official, county)
    asked = issue(group, leader, county)
    approve_review(review=Review.objects.get(task=asked), by=official, at=NOW)

    def roles(task: Task) -> dict[int, str]:
        return dict(Adoption.objects.live().filter(task=task).values_list("organization", "role"))

    assert roles(called) == {authority.pk: "lead"}
    assert roles(asked) == {authority.pk: "lead", group.pk: "partner"}


def test_without_a_word_the_mode_is_that_of_today(tree: SmallTree, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = mode_of(tree.townships[0], NOW)

    assert (found.mode, found.since, found.decided_for, found.inherited) == ("sponsor", None, None, False)


def test_an_area_follows_the_one_above_until_it_has_a_word_of_its_own(tree: SmallTree) -> None:
    make_mode(tree.province, "host", effective_at=NOW - 4 * HOUR)
    make_mode(tree.counties[0], "facilitator", effective_at=NOW - 2 * HOUR)
    make_mode(tree.counties[1], "operator", effective_at=NOW + HOUR)

    here, beside = mode_of(tree.townships[0], NOW), mode_of(tree.counties[1], NOW)

    assert (here.mode, here.inherited, here.decided_for) == ("facilitator", True, tree.counties[0])
    assert (beside.mode, mode_of(tree.counties[1], NOW + HOUR).mode) == ("host", "operator")
    assert [each.area for each in modes_below(tree.province, NOW)] == [tree.counties[0]]
    make_mode(tree.province, "sponsor", effective_at=NOW - HOUR)
    assert mode_of(tree.townships[0], NOW).mode == "sponsor"


def test_a_change_is_kept_with_who_and_why_and_told(tree: SmallTree) -> None:
    county = tree.counties[0]
    leader = make_member(make_organization(home_area=tree.townships[0]), "owner")
    below = make_official(tree.townships[0])
    official = make_official(county)

    made = change(county, "host", by=official)

    record = AuditRecord.objects.get(verb="mode.changed")
    assert (record.actor_id, record.area_code, record.data["mode"]) == (official.pk, county.code, "host")
    told = Message.objects.filter(kind="mode_changed", channel="inbox").values_list("recipient", flat=True)
    assert set(told) == {leader.pk, below.pk}
    with pytest.raises(IntegrityError), transaction.atomic():
        ModeChange.objects.create(
            area=county, mode="sponsor", effective_at=NOW, decided_at=NOW, decided_by=official, reason="x"
        )
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        ModeChange.objects.filter(pk=made.pk).update(mode="operator")


def test_bad_changes_are_refused_in_sentences(tree: SmallTree) -> None:
    county = tree.counties[0]
    official = make_official(county)
    make_mode(county, "host", effective_at=NOW - HOUR)

    def act(**fields: Any) -> Any:
        return lambda: change(county, fields.pop("mode", "sponsor"), by=official, **fields)

    assert refused(act(mode="king")) == "mode-unknown"
    assert refused(act(mode="host")) == modes.SameMode.code
    assert refused(act(effective_at=NOW - HOUR)) == EffectiveInPast.code
    assert refused(act(reason=" ")) == ReasonMissing.code
    assert refused(act()) == ""
    assert refused(act(mode="operator")) == MomentTaken.code
    assert ModeChange.objects.filter(area=county).count() == 2


@pytest.mark.parametrize("who", ["elsewhere", "below", "desk", "leader"])
def test_only_officials_of_the_area_or_above_decide(tree: SmallTree, who: str) -> None:
    county = tree.counties[0]
    people = {
        "elsewhere": lambda: make_official(tree.counties[1]),
        "below": lambda: make_official(tree.townships[0]),
        "desk": lambda: make_official(county, role="desk"),
        "leader": lambda: make_member(make_organization(home_area=county), "owner"),
    }

    assert refused(lambda: change(county, "host", by=people[who]())) == "mode-not-yours"
    assert refused(lambda: change(county, "host", by=make_official(tree.cities[0]))) == ""


def test_the_second_of_two_who_decide_reads_who_was_first(tree: SmallTree) -> None:
    county, opened = tree.counties[0], NOW - HOUR
    first, second = make_official(county), make_official(county)
    change(county, "host", by=first, seen=opened)

    with pytest.raises(modes.ModeDecidedMeanwhile) as refusal:
        change(county, "operator", by=second, seen=opened, at=NOW + HOUR, effective_at=NOW + HOUR)

    assert first.name in refusal.value.message
    assert ModeChange.objects.get().mode == "host"
    change(county, "operator", by=second, seen=NOW + HOUR, at=NOW + HOUR, effective_at=NOW + HOUR)
    assert mode_of(county, NOW + HOUR).mode == "operator"
