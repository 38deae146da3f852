"""Decisions that authorities lend, and checks that nobody decided in time."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from areas.models import Area
from core import clock
from core.errors import DomainError
from core.models import AuditRecord
from notifications.models import Message
from organizations import actions
from organizations.models import Delegation, Organization, Verification
from organizations.permissions import acting_for, can_decide_on, can_verify, mandate_of
from organizations.queries import delegations_held, verifications_for
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.governing import make_delegation
from tests.factories.organizations import make_authority, make_member, make_official, make_organization

pytestmark = pytest.mark.django_db
NOW = clock.now()
DAY = timedelta(days=1)


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


@pytest.fixture
def authority(tree: SmallTree) -> Organization:
    return make_authority(tree.counties[0])


@pytest.fixture
def official(authority: Organization) -> User:
    return make_member(authority)


def grant(authority: Organization, delegate: Organization, by: User, **fields: Any) -> Delegation:
    values = {"kind": "verify", "area": authority.home_area, "ends_at": NOW + 30 * DAY, "reason": "Weekends."}
    return actions.grant_delegation(
        authority=authority, delegate=delegate, by=by, at=NOW, **{**values, **fields}
    )


def waiting(area: Area, **fields: Any) -> Verification:
    return actions.register_organization(
        name=f"Group {fields}", home_area=area, evidence="No. 7", by=make_user(), at=NOW,
        **{"kind": "community", **fields},
    ).verifications.get()  # fmt: skip


def refused(act: Any) -> str:
    try:
        with transaction.atomic():
            act()
    except DomainError as error:
        return error.code
    return ""


def told(kind: str) -> set[int | None]:
    return set(Message.objects.filter(kind=kind, channel="inbox").values_list("recipient", flat=True))


def test_a_delegate_acts_for_the_authority_until_it_ends(
    tree: SmallTree, authority: Organization, official: User, django_assert_num_queries: Any
) -> None:
    cbo = make_organization()
    leader, desk = make_member(cbo, "owner"), make_member(cbo, "desk")
    lent = grant(authority, cbo, official)
    here = tree.townships[0]

    with django_assert_num_queries(2):
        found = mandate_of(leader, here, "verify", NOW)
    assert found is not None
    assert (found.organization, found.authority, found.delegation) == (cbo, authority, lent)
    assert acting_for(official, here, "verify", NOW) == authority
    assert acting_for(leader, here, "verify", NOW + 30 * DAY) is None
    assert acting_for(leader, here, "review", NOW) is None
    assert acting_for(leader, tree.counties[1], "verify", NOW) is None
    assert acting_for(desk, here, "verify", NOW) is None
    assert told("delegated") == {leader.pk}
    Organization.objects.filter(pk=authority.pk).update(status="suspended")
    assert acting_for(leader, here, "verify", NOW) is None


def test_what_was_lent_is_taken_back_at_once(authority: Organization, official: User) -> None:
    cbo = make_organization()
    leader = make_member(cbo, "owner")
    lent = grant(authority, cbo, official)

    actions.revoke_delegation(delegation=lent, reason="Enough.", by=official, at=NOW + DAY)

    assert acting_for(leader, authority.home_area, "verify", NOW + DAY) is None
    assert not delegations_held(cbo, NOW + DAY).exists()
    assert told("delegation_revoked") == {leader.pk}
    with pytest.raises(actions.DelegationOver) as refusal:
        actions.revoke_delegation(delegation=lent, reason="Enough.", by=make_member(authority), at=NOW + DAY)
    assert official.name in refusal.value.message


def test_bad_delegations_say_why(tree: SmallTree, authority: Organization, official: User) -> None:
    cbo, above = make_organization(), make_authority(tree.province)
    leader = make_member(cbo, "owner")
    elsewhere = make_official(tree.counties[1])

    def act(delegate: Organization = cbo, by: User = official, **fields: Any) -> str:
        return refused(lambda: grant(authority, delegate, by, **fields))

    assert act(by=elsewhere) == act(by=leader) == "not-delegating"
    assert act(by=make_member(authority, "desk")) == "not-delegating"
    assert act(area=tree.counties[1]) == "outside-authority"
    assert act(authority) == act(above) == "delegate-not-fitting"
    assert act(make_organization(status="suspended")) == "delegate-not-fitting"
    assert act(ends_at=NOW) == act(ends_at=NOW + 400 * DAY) == "delegation-out-of-order"
    assert act(reason=" ") == "reason-needed"
    assert act() == ""
    assert act() == "delegated-already"
    # A delegate lends nothing on, and one that ran out hinders no other.
    assert refused(lambda: grant(cbo, make_organization(), leader, area=tree.counties[0])) == "not-delegating"
    Delegation.objects.update(starts_at=NOW - 9 * DAY, ends_at=NOW - DAY)
    assert act() == ""


@pytest.mark.parametrize(
    "broken",
    [{"delegate": "authority"}, {"ends_at": NOW - 9 * DAY}, {"revoked_at": NOW}],
)
def test_the_database_refuses_half_a_delegation(authority: Organization, broken: dict[str, Any]) -> None:
    cbo = make_organization()
    make_delegation(authority, cbo, "verify")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_delegation(authority, cbo, "verify")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.update(**{k: authority if v == "authority" else v for k, v in broken.items()})


def test_a_delegate_checks_organizations_but_never_its_own_nor_authorities(
    tree: SmallTree, authority: Organization, official: User
) -> None:
    cbo = make_organization(home_area=tree.counties[0])
    leader = make_member(cbo, "owner")
    lent = grant(authority, cbo, official)
    asked = waiting(tree.townships[0])
    office = waiting(tree.townships[0], kind="government")
    own = waiting(tree.townships[0], kind="school")
    make_member(own.organization, "desk", leader)

    assert told("org_waiting") == {official.pk, leader.pk}
    assert set(verifications_for(cbo, NOW)) == {asked, own}
    assert not can_verify(leader, office.organization, NOW)
    assert not can_verify(leader, own.organization, NOW)
    # Suspending is not lent.
    assert not can_decide_on(leader, asked.organization)
    actions.decide_verification(verification=asked, approve=True, by=leader, at=NOW)

    asked.refresh_from_db()
    assert (asked.decision, asked.decided_by, asked.delegation) == ("approved", leader, lent)
    record = AuditRecord.objects.get(verb="organization.approved")
    assert (record.data["for"], record.data["delegate"]) == (authority.code, cbo.code)
    with pytest.raises(actions.AlreadyDecided) as refusal:
        actions.decide_verification(verification=asked, approve=False, by=official, at=NOW, reason="No.")
    assert leader.name in refusal.value.message
    with pytest.raises(actions.NotDecider):
        actions.decide_verification(verification=office, approve=True, by=leader, at=NOW)


def test_what_nobody_decides_goes_to_the_authority_above_once(
    tree: SmallTree, authority: Organization, official: User
) -> None:
    above = make_official(tree.province)
    asked = waiting(tree.townships[0])
    assert asked.due_at == NOW + 3 * DAY

    assert actions.escalate_verifications(at=NOW + 3 * DAY - timedelta(seconds=1)) == 0
    assert actions.escalate_verifications(at=NOW + 3 * DAY) == 1
    assert actions.escalate_verifications(at=NOW + 9 * DAY) == 0

    asked.refresh_from_db()
    assert (asked.decision, asked.is_late(NOW + 3 * DAY)) == ("", True)
    assert told("org_late") == {above.pk}
    actions.decide_verification(verification=asked, approve=True, by=official, at=NOW + 4 * DAY)
    assert not Verification.objects.open().exists()
