"""Calls of groups that wait for an official's word."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from accounts.models import User
from areas.models import Area
from core import clock
from core.models import AuditRecord
from notifications.models import Message
from organizations.models import Organization
from tasks.actions import calls, reviews
from tasks.actions.reasons import ReasonMissing
from tasks.actions.reviewing import GroupAsksItself, NobodyToReview, ReviewAsked
from tasks.models import Adoption, Review, Task
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.governing import make_delegation, make_draft, make_mode, make_review
from tests.factories.organizations import make_authority, make_member, make_official, make_organization

pytestmark = pytest.mark.django_db
NOW = clock.now()
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


@pytest.fixture
def county(tree: SmallTree) -> Area:
    make_mode(tree.province, "host")
    return tree.counties[0]


@pytest.fixture
def official(county: Area) -> User:
    return make_official(county)


@pytest.fixture
def group(county: Area) -> Organization:
    return make_organization(home_area=county)


@pytest.fixture
def leader(group: Organization) -> User:
    return make_member(group, "owner")


def ask(group: Organization, by: User, **fields: Any) -> Review:
    # From tomorrow on: an hour later it may be another day.
    draft = make_draft(group, **{"starts_on": localdate(NOW) + DAY, **fields})
    return reviews.ask_review(task=draft, by=by, at=NOW)


def status(review: Review) -> str:
    return Task.objects.get(pk=review.task_id).status


def told(kind: str) -> set[int | None]:
    return set(Message.objects.filter(kind=kind, channel="inbox").values_list("recipient", flat=True))


@pytest.mark.parametrize(("priority", "hours"), [(1, 24), (3, 2)])
def test_publishing_asks_the_nearest_authority_with_a_deadline(
    official: User, group: Organization, leader: User, priority: int, hours: int
) -> None:
    lent_to = make_organization()
    helper = make_member(lent_to, "owner")
    make_delegation(Organization.objects.authorities().get(), lent_to, "review")
    task = make_draft(group, priority=priority)

    calls.publish_call(task=task, by=leader, at=NOW)

    review = Review.objects.get()
    assert (status(review), review.authority.home_area) == ("draft", group.home_area)
    assert review.due_at - review.asked_at == timedelta(hours=hours)
    assert told("review_asked") == {official.pk, helper.pk}
    with pytest.raises(ReviewAsked):
        calls.publish_call(task=task, by=leader, at=NOW)


def test_an_official_says_yes_and_the_group_leads_its_call(
    official: User, group: Organization, leader: User
) -> None:
    review = ask(group, leader)

    reviews.approve_review(review=review, by=official, at=NOW + HOUR)

    review.refresh_from_db()
    authority = Organization.objects.authorities().get()
    assert (review.decision, review.decided_by, review.decided_for) == ("approved", official, authority)
    share = Adoption.objects.get(task=review.task)
    assert (status(review), share.organization, share.role) == ("adopted", group, "lead")
    assert told("review_approved") == {leader.pk}
    assert AuditRecord.objects.get(verb="review.approved").data["for"] == authority.code


def test_a_delegate_decides_in_the_authoritys_place(
    official: User, group: Organization, leader: User
) -> None:
    authority, cbo = Organization.objects.authorities().get(), make_organization()
    lent = make_delegation(authority, cbo, "review")
    review = ask(group, leader)

    reviews.approve_review(review=review, by=make_member(cbo), at=NOW)

    review.refresh_from_db()
    assert (review.decided_for, review.delegation) == (authority, lent)
    assert AuditRecord.objects.get(verb="review.approved").data["delegate"] == cbo.code


@pytest.mark.parametrize(
    "who", ["own", "asker", "elsewhere", "below", "over", "other kind", "desk", "stranger"]
)
def test_who_may_not_decide(
    tree: SmallTree, county: Area, official: User, group: Organization, leader: User, who: str
) -> None:
    review = ask(group, leader)
    authority = Organization.objects.authorities().get(home_area=county)

    def delegate(kind: str = "review", **fields: Any) -> User:
        cbo = make_organization()
        make_delegation(authority, cbo, kind, **fields)
        return make_member(cbo)

    def asker() -> User:
        Review.objects.update(asked_by=official)
        return official

    people = {
        # An official who belongs to the group, too.
        "own": lambda: make_member(group, "desk", make_official(county)),
        "asker": asker,
        "elsewhere": lambda: make_official(tree.counties[1]),
        "below": lambda: make_official(tree.townships[0]),
        "over": lambda: delegate(ends_at=NOW - HOUR),
        "other kind": lambda: delegate("verify"),
        "desk": lambda: make_official(county, role="desk"),
        "stranger": make_user,
    }

    with pytest.raises(reviews.NotReviewer):
        reviews.approve_review(review=review, by=people[who](), at=clock.now())

    assert status(review) == "draft"


def test_what_comes_back_can_be_changed_and_asked_for_again(
    official: User, group: Organization, leader: User
) -> None:
    review = ask(group, leader)
    with pytest.raises(ReasonMissing):
        reviews.return_review(review=review, by=official, at=NOW, reason=" ")

    reviews.return_review(review=review, by=official, at=NOW, reason="Who hands out masks?")
    calls.edit_call(task=review.task, changes={"guarantees": "Masks"}, by=leader, at=NOW)
    again = reviews.ask_review(task=review.task, by=leader, at=NOW + HOUR)

    assert (status(review), told("review_returned")) == ("draft", {leader.pk})
    assert (again.pk != review.pk, again.edited_at) == (True, None)


def test_nobody_approves_what_they_have_not_read(official: User, group: Organization, leader: User) -> None:
    review = ask(group, leader)
    calls.edit_call(task=review.task, changes={"place": "West gate"}, by=leader, at=NOW + HOUR)

    with pytest.raises(reviews.EditedMeanwhile):
        reviews.approve_review(review=review, by=official, at=NOW + HOUR)

    reviews.approve_review(review=review, by=official, at=NOW + HOUR, seen=NOW + HOUR)
    assert status(review) == "adopted"


def test_the_second_of_two_officials_reads_who_decided(
    county: Area, official: User, group: Organization, leader: User
) -> None:
    review = ask(group, leader)
    reviews.return_review(review=review, by=official, at=NOW, reason="Not yet.")

    with pytest.raises(reviews.ReviewDecided) as refusal:
        reviews.approve_review(review=review, by=make_official(county), at=NOW)

    assert official.name in refusal.value.message
    assert status(review) == "draft"


def test_only_the_group_takes_its_question_back(official: User, group: Organization, leader: User) -> None:
    review = ask(group, leader)
    with pytest.raises(GroupAsksItself):
        reviews.withdraw_review(review=review, by=official, at=NOW)

    reviews.withdraw_review(review=review, by=leader, at=NOW)

    assert (status(review), Review.objects.get().decision) == ("draft", "withdrawn")


@pytest.mark.parametrize(("by", "decision"), [("leader", "withdrawn"), ("official", "returned")])
def test_a_draft_that_is_called_off_waits_no_more(
    official: User, group: Organization, leader: User, by: str, decision: str
) -> None:
    review = ask(group, leader)
    who = leader if by == "leader" else official

    calls.cancel_task(task=review.task, by=who, at=NOW, reason="Not needed.")

    assert (status(review), Review.objects.get().decision) == ("cancelled", decision)


def test_what_is_late_goes_up_and_is_never_approved_by_silence(
    tree: SmallTree, official: User, group: Organization, leader: User
) -> None:
    above = make_official(tree.province)
    # The city has an authority, but nobody in it.
    make_authority(tree.cities[0])
    review = ask(group, leader)

    assert reviews.escalate_reviews(at=review.due_at - HOUR) == 0
    assert reviews.escalate_reviews(at=review.due_at) == 1
    assert reviews.escalate_reviews(at=review.due_at) == 0

    first_deadline = review.due_at
    review.refresh_from_db()
    assert (review.authority.home_area, review.escalations) == (tree.province, 1)
    assert review.due_at == first_deadline + timedelta(hours=24)
    assert (told("review_late"), told("review_moved")) == ({above.pk}, {leader.pk})
    # At the top it stays, and is late.
    assert reviews.escalate_reviews(at=review.due_at + HOUR) == 0
    assert review.is_late(review.due_at + HOUR)
    assert status(review) == "draft"
    # Those who let it wait can still decide.
    reviews.approve_review(review=review, by=official, at=NOW)
    assert status(review) == "adopted"


def test_a_mode_that_asks_for_no_word_lets_a_waiting_draft_go(
    county: Area, official: User, group: Organization, leader: User
) -> None:
    review = ask(group, leader)
    make_mode(county, "sponsor", effective_at=NOW - HOUR)

    calls.publish_call(task=review.task, by=leader, at=NOW)

    assert (status(review), Review.objects.get().decision) == ("adopted", "withdrawn")


def test_an_authority_publishes_and_nobody_above_means_a_sentence(county: Area, group: Organization) -> None:
    leader = make_member(group, "owner")
    with pytest.raises(NobodyToReview):
        ask(group, leader)
    authority = make_authority(county)

    task = make_draft(authority)
    calls.publish_call(task=task, by=make_member(authority), at=NOW)

    task.refresh_from_db()
    assert task.status == "called"


@pytest.mark.parametrize(
    "broken",
    [
        {"decision": "approved"},
        {"decision": "approved", "decided_at": NOW, "decided_by": "other"},
        {"decision": "approved", "decided_at": NOW, "decided_by": "asker", "decided_for": "authority"},
        {"decision": "returned", "decided_at": NOW, "decided_by": "other", "decided_for": "authority"},
        {"decision": "withdrawn", "decided_at": NOW, "decided_by": "asker", "decided_for": "authority"},
    ],
)
def test_the_database_refuses_a_decision_without_its_parts(broken: dict[str, Any]) -> None:
    review = make_review(make_authority())
    people = {"other": make_user(), "asker": review.asked_by, "authority": review.authority}

    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.update(**{k: people.get(v, v) if isinstance(v, str) else v for k, v in broken.items()})
    with pytest.raises(IntegrityError, match="one_open_review_a_task"), transaction.atomic():
        make_review(review.authority, review.task)
