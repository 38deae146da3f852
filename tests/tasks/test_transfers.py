"""Help between areas: both sides' word, and what follows from it."""

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
from tasks.actions import calls, transfers
from tasks.actions.shifts import AreaNotServed, post_shift
from tasks.models import Task, Transfer
from tasks.queries.calls import calls_to_adopt, in_reach
from tasks.queries.candidates import seats_near
from tasks.queries.transfers import transfers_for, transfers_waiting, who_could_help
from tests.factories.areas import SmallTree, small_tree
from tests.factories.governing import make_delegation, make_transfer
from tests.factories.organizations import make_member, make_official, make_organization
from tests.factories.tasks import make_shift, make_task, tomorrow_at
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db
NOW = clock.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


@pytest.fixture
def need(tree: SmallTree) -> Task:
    """A call in the first county, which cannot manage alone; the third county, in another city, could help."""
    return make_task(area=tree.townships[0], people_needed=20)


@pytest.fixture
def giver(tree: SmallTree) -> Area:
    return tree.counties[2]


@pytest.fixture
def asking(tree: SmallTree) -> User:
    return make_official(tree.counties[0])


@pytest.fixture
def helping(giver: Area) -> User:
    return make_official(giver)


def propose(task: Task, giver: Area, by: User, **fields: Any) -> Transfer:
    return transfers.propose_transfer(
        **{"task": task, "giver": giver, "people": 5, "by": by, "at": NOW, **fields}
    )


def refused(act: Any) -> str:
    try:
        with transaction.atomic():
            act()
    except DomainError as error:
        return error.code
    return ""


def told(kind: str) -> set[int | None]:
    return set(Message.objects.filter(kind=kind, channel="inbox").values_list("recipient", flat=True))


@pytest.mark.parametrize("first", ["taker", "giver"])
def test_one_side_proposes_and_the_other_agrees(
    tree: SmallTree, need: Task, giver: Area, asking: User, helping: User, first: str
) -> None:
    by, other = (asking, helping) if first == "taker" else (helping, asking)
    leader = make_member(make_organization(home_area=giver), "owner")

    made = propose(need, giver, by)
    waiting = (made.status, told("transfer_proposed"), told("transfer_open"))
    transfers.agree_transfer(transfer=made, by=other, at=NOW)

    made.refresh_from_db()
    assert waiting == ("proposed", {other.pk}, set())
    assert (made.status, made.taker) == ("agreed", tree.counties[0])
    assert (made.taker_agreed_by, made.giver_agreed_by) == (asking, helping)
    assert made.taker_agreed_for != made.giver_agreed_for
    assert (told("transfer_agreed"), told("transfer_open")) == ({by.pk}, {leader.pk})
    assert AuditRecord.objects.filter(verb__startswith="transfer.").count() == 2


def test_help_opens_the_call_to_organizations_and_volunteers_of_the_giver(
    tree: SmallTree, need: Task, giver: Area, asking: User, helping: User
) -> None:
    group = make_organization(home_area=giver)
    leader = make_member(group, "owner")
    shift = make_shift(task=make_task(area=tree.townships[0], adopted_by=make_organization()))
    shift.task_id = need.pk
    shift.save()
    willing = make_volunteer(area=tree.townships[4])
    made = propose(need, giver, asking)

    def adopt() -> Any:
        return calls.adopt_task(task=need, organization=group, role="partner", by=leader, at=NOW)

    def near() -> bool:
        return seats_near(willing, NOW).filter(shift=shift).exists()

    before = (refused(adopt), need in calls_to_adopt(group), near())
    transfers.agree_transfer(transfer=made, by=helping, at=NOW)
    listed = need in calls_to_adopt(group)
    adopt()
    post_shift(
        task=Task.objects.get(pk=need.pk),
        organization=group,
        by=leader,
        at=NOW,
        starts_at=tomorrow_at(9),
        ends_at=tomorrow_at(12),
        seats=3,
    )

    assert before == ("area-not-served", False, False)
    assert (listed, near()) == (True, True)
    # Once it is over nobody new comes, and whoever took work on stays.
    transfers.end_transfer(transfer=made, by=asking, at=NOW, reason="Enough hands.")
    assert not near()
    assert not in_reach(need).filter(pk=group.pk).exists()
    assert need.adoptions.live().filter(organization=group).exists()
    with pytest.raises(AreaNotServed):
        post_shift(
            task=Task.objects.get(pk=need.pk),
            organization=group,
            by=leader,
            at=NOW,
            starts_at=tomorrow_at(14),
            ends_at=tomorrow_at(16),
            seats=3,
        )


def test_nobody_gives_both_words(
    tree: SmallTree, need: Task, giver: Area, asking: User, helping: User
) -> None:
    """Neither the person who proposed, nor another of the same authority, even where it stands over both sides."""
    province = [make_official(tree.province) for _ in range(2)]
    made = propose(need, giver, province[0])

    for by in province:
        assert refused(lambda by=by: transfers.agree_transfer(transfer=made, by=by, at=NOW)) == (
            "other-side-answers"
        )
    assert made.taker_agreed_by == province[0]
    assert refused(lambda: transfers.agree_transfer(transfer=made, by=asking, at=NOW)) == "not-of-either-side"
    transfers.agree_transfer(transfer=made, by=helping, at=NOW)
    with pytest.raises(IntegrityError, match="each_side"), transaction.atomic():
        Transfer.objects.update(giver_agreed_by=province[0])


@pytest.mark.parametrize("who", ["elsewhere", "leader", "desk", "other kind"])
def test_others_have_no_word_in_it(tree: SmallTree, need: Task, giver: Area, asking: User, who: str) -> None:
    authority = Organization.objects.authorities().get(home_area=tree.counties[0])
    cbo = make_organization()
    make_delegation(authority, cbo, "review")
    by = {
        "elsewhere": lambda: make_official(tree.counties[1]),
        "leader": lambda: make_member(make_organization(home_area=giver), "owner"),
        "desk": lambda: make_official(giver, role="desk"),
        "other kind": lambda: make_member(cbo),
    }[who]()

    assert refused(lambda: propose(need, giver, by)) == "not-of-either-side"
    made = propose(need, giver, asking)
    for act in (
        lambda: transfers.agree_transfer(transfer=made, by=by, at=NOW),
        lambda: transfers.decline_transfer(transfer=made, by=by, at=NOW, reason="No."),
        lambda: transfers.withdraw_transfer(transfer=made, by=by, at=NOW),
    ):
        assert refused(act) == "not-of-either-side"


def test_a_delegate_answers_in_the_authoritys_place(
    need: Task, giver: Area, asking: User, helping: User
) -> None:
    authority, cbo = Organization.objects.authorities().get(home_area=giver), make_organization()
    make_delegation(authority, cbo, "transfer")
    made = propose(need, giver, asking)

    assert list(transfers_for(cbo, NOW)) == [made]
    transfers.agree_transfer(transfer=made, by=make_member(cbo), at=NOW)

    made.refresh_from_db()
    assert made.giver_agreed_for == authority
    assert AuditRecord.objects.get(verb="transfer.agreed").data["delegate"] == cbo.code
    assert not transfers_for(cbo, NOW).exists()


def test_what_cannot_be_proposed_says_why(tree: SmallTree, need: Task, giver: Area, asking: User) -> None:
    codes = [
        refused(lambda: propose(need, giver, asking, people=0)),
        refused(lambda: propose(need, giver, asking, people=21)),
        refused(lambda: propose(need, tree.counties[0], asking)),
        refused(lambda: propose(need, tree.townships[0], asking)),
        refused(lambda: propose(make_task(area=need.area, status="closed"), giver, asking)),
        refused(lambda: propose(need, giver, asking)),
        refused(lambda: propose(need, giver, asking)),
    ]

    assert codes == [
        "people-out-of-range",
        "people-out-of-range",
        "helps-itself",
        "helps-itself",
        "task-not-open",
        "",
        "transfer-there",
    ]


def test_the_second_of_two_answers_reads_who_was_first(
    giver: Area, need: Task, asking: User, helping: User
) -> None:
    made = propose(need, giver, asking)
    transfers.decline_transfer(transfer=made, by=helping, at=NOW, reason="We lack hands, too.")

    with pytest.raises(transfers.TransferDecided) as refusal:
        transfers.agree_transfer(transfer=made, by=make_official(giver), at=NOW)

    assert helping.name in refusal.value.message
    made.refresh_from_db()
    assert (made.status, made.reason, told("transfer_declined")) == (
        "declined",
        "We lack hands, too.",
        {asking.pk},
    )
    assert propose(need, giver, asking).status == "proposed"


def test_what_nobody_answers_and_what_is_over_ends_by_itself(
    tree: SmallTree, need: Task, giver: Area, asking: User
) -> None:
    made = propose(need, giver, asking)
    urgent = propose(make_task(area=need.area, priority=3), giver, asking, people=1)
    done = make_transfer(make_task(area=need.area, status="closed"), giver, status="agreed")
    past = make_task(area=need.area, starts_on=localdate(NOW), ends_on=localdate(NOW))
    late = make_transfer(past, giver, status="agreed")

    assert (urgent.due_at - NOW, made.due_at - NOW) == (6 * HOUR, 48 * HOUR)
    assert transfers.expire_transfers(at=NOW) == 1
    assert transfers.expire_transfers(at=made.due_at) == 3
    assert transfers.expire_transfers(at=made.due_at) == 0
    states = {Transfer.objects.get(pk=each.pk).status for each in (made, urgent, done, late)}
    assert states == {"ended"}


def test_a_proposal_that_was_agreed_to_in_the_last_moment_does_not_end(need: Task, giver: Area) -> None:
    agreed = make_transfer(need, giver, status="agreed", due_at=NOW)

    # The job listed it while nobody had answered, and comes to it now.
    assert transfers._expire(agreed.pk, NOW) is False
    agreed.refresh_from_db()
    assert agreed.status == "agreed"


def test_a_draft_that_became_public_is_not_edited_as_a_draft(need: Task, asking: User) -> None:
    with pytest.raises(calls.NotADraft):
        calls.edit_call(task=need, changes={"title": "Other"}, by=asking, at=NOW, only_draft=True)


def test_the_missing_word_waits_with_its_side_only(
    tree: SmallTree, need: Task, giver: Area, asking: User
) -> None:
    made = propose(need, giver, asking)

    assert list(transfers_waiting(giver)) == list(transfers_waiting(tree.cities[1])) == [made]
    assert not transfers_waiting(tree.counties[0]).exists()


def test_who_could_help_lacks_nobody_and_has_people_who_come_so_far(
    tree: SmallTree, django_assert_num_queries: Any
) -> None:
    for place, longitude in zip(tree.counties, (120.0, 120.1, 120.2, 125.0), strict=True):
        place.longitude, place.latitude = longitude, 30.0
        place.save()
    near, short, far = tree.counties[1], tree.counties[2], tree.counties[3]
    for county in (near, short, far):
        for _ in range(2):
            make_volunteer(area=county, on_duty_since=NOW, reach_km=50)
    make_volunteer(area=near, on_duty_since=NOW, reach_km=5)
    make_volunteer(area=near, reach_km=50)
    make_shift(task=make_task(area=short), starts_at=NOW + 2 * HOUR, seats=4, seats_min=4)

    with django_assert_num_queries(3):
        found = who_could_help(tree.counties[0], NOW)

    assert [(each.giver, each.taker, each.willing, round(each.km)) for each in found] == [
        (near, tree.counties[0], 2, 10)
    ]


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"people": 0}, "a_transfer_needs_people"),
        ({"status": "agreed"}, "an_agreed_transfer_has_both_words"),
        ({"taker_agreed_for": None}, "whoever_agreed_to_a_transfer_is_known"),
        ({"status": "declined", "ended_at": NOW}, "a_declined_transfer_has_a_reason"),
        ({"status": "ended"}, "an_ended_transfer_says_when"),
    ],
)
def test_the_database_refuses_half_a_transfer(broken: dict[str, Any], constraint: str) -> None:
    tree = small_tree()
    made = make_transfer(make_task(area=tree.counties[0]), tree.counties[2])

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Transfer.objects.update(**broken)
    with pytest.raises(IntegrityError, match="a_transfer_joins_two_areas"), transaction.atomic():
        Transfer.objects.update(giver=made.taker)
    with pytest.raises(IntegrityError, match="one_live_transfer"), transaction.atomic():
        make_transfer(made.task, made.giver)
