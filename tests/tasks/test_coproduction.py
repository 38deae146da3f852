"""Calls that reach organizations: asked by name, shared, spoken about by both sides, and taken up where nobody leads."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from core import clock, faults
from core.errors import DomainError
from notifications.models import Message
from organizations.models import Organization
from tasks.actions import asking, calls, escalations, steps
from tasks.actions.adoptions import call_again
from tasks.models import Adoption, CallRequest, Escalation, Step, Task, Transfer
from tasks.queries.escalations import brought_before, unseen_before
from tasks.queries.records import records_of
from tasks.queries.stories import story_in, with_story
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.calls import make_call_request, make_escalation, make_step
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.tasks import make_adoption, make_shift, make_stop, make_task, role_of
from tests.tasks.conftest import Statements

pytestmark = pytest.mark.django_db

NOW = clock.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


@pytest.fixture
def call(tree: SmallTree) -> Task:
    """A county's call since three days ago, with officials in the county, its city and its province."""
    for area in (tree.counties[0], tree.cities[0], tree.province):
        make_member(make_authority(area))
    issuer = Organization.objects.get(home_area=tree.counties[0])
    return make_task(area=tree.counties[0], issuer=issuer, called_at=NOW - 72 * HOUR)


def group(call: Task, name: str = "") -> Organization:
    organization = make_organization(home_area=call.area, name=name)
    make_member(organization)
    return organization


def ask(call: Task, *organizations: Organization) -> list[CallRequest]:
    return calls.ask_organizations(task=call, organizations=organizations, by=make_user(), at=NOW)


def adopt(call: Task, organization: Organization, role: str = "lead", **fields: Any) -> Adoption:
    return calls.adopt_task(task=call, organization=organization, role=role, by=make_user(), at=NOW, **fields)


def kinds() -> list[str]:
    return list(Message.objects.filter(channel="inbox").order_by("pk").values_list("kind", flat=True))


def test_who_is_asked_is_told_and_taking_the_call_on_answers(call: Task) -> None:
    organization = group(call)
    request = ask(call, organization)[0]
    assert kinds() == ["call_asked"]

    adopt(call, organization, people=6)

    request.refresh_from_db()
    assert (request.answer, request.answered_at) == ("lead", NOW)
    story = story_in(with_story(Task.objects.filter(pk=call.pk)).get())
    assert (story.promised, story.lead.organization if story.lead else "") == (6, organization.name)
    assert [each.answer for each in story.asked] == ["lead"]


def test_whoever_cannot_says_why_and_is_not_asked_again(call: Task) -> None:
    organization = group(call)
    request = ask(call, organization)[0]

    asking.decline_request(request=request, by=make_user(), at=NOW, reason=" Nobody is free. ")

    assert CallRequest.objects.get().reason == "Nobody is free."
    assert kinds() == ["call_asked", "call_declined"]
    with pytest.raises(asking.SaidNo, match=organization.name):
        ask(call, organization)
    with pytest.raises(asking.RequestAnswered):
        asking.decline_request(request=request, by=make_user(), at=NOW, reason="Again.")
    assert adopt(call, organization).role == "lead"


def share_it(call: Task, organization: Organization) -> None:
    make_adoption(call, organization, "partner")


def suspend(call: Task, organization: Organization) -> None:
    Organization.objects.filter(pk=organization.pk).update(status="suspended")


def move_away(call: Task, organization: Organization) -> None:
    Organization.objects.filter(pk=organization.pk).update(home_area=small_elsewhere(call))


def small_elsewhere(call: Task) -> Any:
    return type(call.area).objects.get(code="330523")


def end_it(call: Task, organization: Organization) -> None:
    Task.objects.filter(pk=call.pk).update(status="closed", ended_at=NOW)


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        (share_it, calls.AlreadyAdopted),
        (suspend, calls.AreaNotServed),
        (move_away, calls.AreaNotServed),
        (end_it, calls.TaskNotOpen),
        (lambda call, organization: make_call_request(call, organization), asking.AskedAlready),
    ],
)
def test_whoever_cannot_be_asked_is_named_and_nobody_else_is_asked(
    call: Task, before: Callable[[Task, Organization], None], refusal: type[DomainError]
) -> None:
    other, organization = group(call), group(call, "Named")
    before(call, organization)
    asked = CallRequest.objects.count()

    with pytest.raises(refusal):
        ask(call, other, Organization.objects.get(pk=organization.pk))

    assert CallRequest.objects.count() == asked
    with pytest.raises((asking.NobodyChosen, calls.TaskNotOpen)):
        ask(call)


def test_a_call_can_be_made_public_with_some_asked_by_name(call: Task) -> None:
    asked, other = group(call), group(call)
    values = {
        name: getattr(call, name) for name in calls.FIELDS if name not in ("second_title", "second_content")
    }

    calls.issue_call(issuer=call.issuer, by=make_user(), at=NOW, values=values, ask_first=[asked])

    told = dict(Message.objects.filter(channel="inbox").values_list("recipient", "kind"))
    leaders = [each.memberships.get().user_id for each in (asked, other)]
    assert [told[leader] for leader in leaders] == ["call_asked", "call_issued"]


def test_a_share_may_be_changed_until_the_end_and_its_sum_is_seen(call: Task) -> None:
    lead, partner = group(call), group(call)
    share = adopt(call, lead, people=6)
    adopt(call, partner, "partner")

    calls.change_share(adoption=share, people=4, by=make_user(), at=NOW)

    story = story_in(with_story(Task.objects.filter(pk=call.pk)).get())
    assert [each.people for each in story.shares] == [4, None]
    assert story.promised == 4
    for wrong in (0, -1, calls.PEOPLE_AT_MOST + 1):
        with pytest.raises(calls.PeopleOutOfRange):
            calls.change_share(adoption=share, people=wrong, by=make_user(), at=NOW)
        with pytest.raises(calls.PeopleOutOfRange):
            adopt(call, group(call), "partner", people=wrong)
    Adoption.objects.update(ended_at=NOW)
    with pytest.raises(calls.NotAdopted):
        calls.change_share(adoption=share, people=5, by=make_user(), at=NOW)
    end_it(call, lead)
    with pytest.raises(calls.TaskNotOpen):
        calls.change_share(adoption=share, people=5, by=make_user(), at=NOW)


def test_help_that_two_areas_agreed_on_opens_the_call_to_the_givers_groups(
    call: Task, tree: SmallTree
) -> None:
    away = make_organization(home_area=tree.counties[3])
    with pytest.raises(calls.AreaNotServed):
        adopt(call, away, "partner")
    official = make_user()
    authority = make_authority(tree.counties[3])
    Transfer.objects.create(
        task=call, giver=tree.counties[3], taker=call.area, people=5, status="agreed", due_at=NOW,
        asked_at=NOW, asked_by=official, giver_agreed_at=NOW, giver_agreed_by=official,
        giver_agreed_for=authority, taker_agreed_at=NOW, taker_agreed_by=make_user(),
        taker_agreed_for=call.issuer,
    )  # fmt: skip

    assert adopt(call, away, "partner").organization == away


def propose(call: Task, organization: Organization, kind: str = "design", **fields: Any) -> Step:
    values = {"words": "Two shifts a night.", "by": make_user(), "at": NOW, **fields}
    return steps.propose_step(task=call, kind=kind, organization=organization, **values)


def answer(step: Step, organization: Organization, agreed: bool = True, **fields: Any) -> Step:
    values = {"by": make_user(), "at": NOW, **fields}
    return steps.answer_step(step=step, organization=organization, agreed=agreed, **values)


def test_one_side_proposes_and_the_other_answers_once(call: Task) -> None:
    lead, partner = group(call), group(call)
    make_adoption(call, lead)
    make_adoption(call, partner, "partner")
    official = call.issuer.memberships.get().user

    step = propose(call, call.issuer, by=official)
    assert kinds() == ["step_proposed", "step_proposed"]
    answer(step, lead, by=lead.memberships.get().user)

    assert kinds()[2:] == ["step_answered"]
    with pytest.raises(steps.StepAnswered, match=lead.name):
        answer(step, partner, agreed=False, words="No.")
    with translation.override("zh-hans"), pytest.raises(steps.StepAnswered, match=lead.name):
        answer(step, partner)
    own = propose(call, lead, "commission")
    for not_the_other in (lead, partner):
        with pytest.raises(steps.OwnStep):
            answer(own, not_the_other)
    with pytest.raises(steps.WordsMissing):
        answer(own, call.issuer, agreed=False, words=" ")
    assert answer(own, call.issuer, agreed=False, words="Too late.").answer_words == "Too late."


def test_what_cannot_be_proposed_has_its_sentence(call: Task, tree: SmallTree) -> None:
    lead = group(call)
    make_adoption(call, lead)
    for stranger in (group(call), make_authority(tree.counties[3])):
        with pytest.raises(steps.NotASide, match=stranger.name):
            propose(call, stranger)
        with pytest.raises(steps.NotASide):
            answer(make_step(call, call.issuer, kind="deliver", words=stranger.name), stranger)
        Step.objects.all().delete()
    with pytest.raises(steps.WordsMissing):
        propose(call, lead, words="  ")
    with pytest.raises(steps.NotYet):
        propose(call, lead, "assess", score=4)
    propose(call, lead)
    with pytest.raises(steps.StepWaits):
        propose(call, lead)
    end_it(call, lead)
    with pytest.raises(steps.WorkIsOver):
        propose(call, lead, "deliver")
    for score in (None, 0, 6):
        with pytest.raises(steps.ScoreMissing):
            propose(call, lead, "assess", score=score)
    propose(call, lead, "assess", score=4)
    with pytest.raises(steps.AssessedAlready):
        propose(call, lead, "assess", score=5)
    # The authority above may look back, too; both sides have their say.
    assert propose(call, Organization.objects.get(home_area=tree.cities[0]), "assess", score=2).score == 2


def test_a_record_counts_what_became_of_calls_and_rates_from_three_on(call: Task, tree: SmallTree) -> None:
    organization = group(call)
    for number, score in enumerate((5, 4, 3)):
        assert records_of([organization], NOW)[organization.pk].rating is None
        led = make_task(area=call.area, issuer=call.issuer, adopted_by=organization, type=call.type)
        make_step(led, call.issuer, kind="assess", score=score)
        # What the group says of itself, and what is said where it was a partner only, does not count.
        make_step(led, organization, kind="assess", score=1)
        partly = make_task(area=call.area, issuer=call.issuer)
        make_adoption(partly, organization, "partner")
        make_step(partly, call.issuer, kind="assess", score=1)
        start = NOW - timedelta(days=2 + number)
        role = role_of(make_shift(task=led, organization=organization, starts_at=start, seats=10))
        type(role).objects.filter(pk=role.pk).update(seats_taken=5)
    make_adoption(make_task(area=call.area, issuer=call.issuer), organization)
    Adoption.objects.filter(task__status="called", role="lead").update(lapsed=True, ended_at=NOW)

    record = records_of([organization], NOW)[organization.pk]

    assert (record.led, record.lapsed, record.percent, record.rating) == (3, 1, 50, 4.0)


def escalate(at: Any = NOW) -> int:
    return escalations.escalate_calls(at=at)


def test_a_call_without_a_lead_goes_up_authority_by_authority(call: Task, tree: SmallTree) -> None:
    assert escalate(call.called_at + 23 * HOUR) == 0
    assert escalate(call.called_at + 24 * HOUR) == 1
    assert escalate(call.called_at + 24 * HOUR) == escalate(call.called_at + 47 * HOUR) == 0
    assert escalate(call.called_at + 48 * HOUR) == 1
    assert escalate(call.called_at + 96 * HOUR) == 0

    assert [up.authority.home_area for up in Escalation.objects.order_by("pk")] == [
        tree.cities[0],
        tree.province,
    ]
    assert kinds() == ["call_escalated", "call_escalated"]
    assert unseen_before(tree.cities[0]).count() == brought_before(tree.cities[0]).count() == 1


def test_it_stops_once_somebody_leads_and_waits_anew_after_they_left(call: Task) -> None:
    share = adopt(call, group(call))
    assert escalate() == 0
    partner = adopt(call, group(call), "partner")
    Adoption.objects.filter(pk=share.pk).update(ended_at=NOW)
    call.refresh_from_db()
    call_again(call)

    assert escalate(NOW + 23 * HOUR) == 0
    assert escalate(NOW + 24 * HOUR) == 1
    assert Adoption.objects.live().get() == partner


@pytest.mark.parametrize("why", ["stopped", "over", "draft", "closed"])
def test_nothing_goes_up_where_nobody_could_take_it_on(call: Task, why: str) -> None:
    if why == "stopped":
        make_stop(call.area)
    elif why == "over":
        day = clock.today() - timedelta(days=1)
        Task.objects.update(starts_on=day, ends_on=day)
    elif why == "draft":
        Task.objects.update(status="draft", called_at=None)
    else:
        end_it(call, call.issuer)

    assert escalate() == 0


def test_an_authority_without_officials_is_passed_over(call: Task, tree: SmallTree) -> None:
    Organization.objects.get(home_area=tree.cities[0]).memberships.update(ended_at=NOW)

    assert escalate() == 1

    assert Escalation.objects.get().authority.home_area == tree.province


def test_a_kill_between_the_row_and_its_message_loses_neither(
    call: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_task(area=call.area, issuer=call.issuer, called_at=NOW - 50 * HOUR)

    def die(name: str) -> None:
        raise SystemExit(name)

    with monkeypatch.context() as killed:
        killed.setattr(faults, "point", die)
        with pytest.raises(SystemExit, match="after-escalation"):
            escalate()
    assert not Escalation.objects.exists()

    assert escalate() == 2
    assert kinds() == ["call_escalated", "call_escalated"]


def test_an_official_says_once_that_they_look_after_it(call: Task, tree: SmallTree) -> None:
    up = make_escalation(call, Organization.objects.get(home_area=tree.cities[0]))

    escalations.see_escalation(escalation=up, by=make_user(), at=NOW)

    assert kinds() == ["call_looked_after"]
    assert not unseen_before(tree.cities[0]).exists()
    with pytest.raises(escalations.LookedAfter):
        escalations.see_escalation(escalation=up, by=make_user(), at=NOW)
    adopt(call, group(call))
    with pytest.raises(escalations.NoLongerWaiting):
        escalations.see_escalation(escalation=up, by=make_user(), at=NOW)


def test_the_look_for_silence_costs_the_same_for_one_and_for_many(call: Task, statements: Statements) -> None:
    with statements() as for_one:
        escalate(call.called_at + 2 * HOUR)
    for _ in range(3):
        make_task(area=call.area, issuer=call.issuer, called_at=call.called_at)
    with statements() as for_more:
        escalate(call.called_at + 2 * HOUR)

    assert len(for_one) == len(for_more)
