import pytest

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from organizations import actions
from organizations.models import Membership, Organization
from organizations.permissions import role_in
from tests.factories.accounts import make_user
from tests.factories.areas import make_area, small_tree
from tests.factories.organizations import make_authority, make_member, make_official, make_organization

pytestmark = pytest.mark.django_db


def register(by=None, **fields):
    values = {"name": "Canalside", "kind": "community", "evidence": "Register number 5133.", **fields}
    values.setdefault("home_area", None)
    values["home_area"] = values["home_area"] or make_area()
    return actions.register_organization(by=by or make_user(), at=clock.now(), **values)


def test_whoever_registers_an_organization_owns_it_while_it_waits():
    person = make_user()

    organization = register(person)

    assert organization.status == "pending"
    assert role_in(person, organization) == "owner"
    assert organization.verifications.get().evidence == "Register number 5133."


def test_a_second_name_in_the_same_area_is_refused_and_nothing_is_written():
    area = make_area()
    register(home_area=area)

    with pytest.raises(actions.NameTaken) as refusal:
        register(home_area=area)

    assert refusal.value.field == "name"
    assert "Canalside" in refusal.value.message
    assert Membership.objects.count() == 1


def test_the_same_name_elsewhere_is_another_organization():
    register()
    register()

    assert Organization.objects.count() == 2


def test_a_community_based_organization_says_of_which_kind():
    with pytest.raises(actions.CboTypeNeeded) as refusal:
        register(kind="cbo")

    assert refusal.value.field == "cbo_type"


def test_evidence_is_needed():
    with pytest.raises(actions.EvidenceNeeded):
        register(evidence="  ")


def test_a_parent_must_be_approved():
    with pytest.raises(actions.ParentNotFitting):
        register(parent=make_organization(status="pending"))


def test_service_areas_are_kept_once_and_without_the_home_area():
    tree = small_tree()

    organization = register(
        home_area=tree.counties[0], service_areas=[tree.counties[0], tree.counties[1], tree.counties[1]]
    )

    assert [served.area for served in organization.service_areas.all()] == [tree.counties[1]]


def test_the_nearest_officials_hear_of_it_and_those_further_up_do_not():
    tree = small_tree()
    near = make_official(tree.counties[0])
    make_official(tree.province)

    register(home_area=tree.townships[0])

    assert [message.recipient for message in Message.objects.filter(kind="org_waiting")] == [near]


def test_an_official_of_the_home_area_approves_and_the_owner_is_told():
    tree = small_tree()
    owner, official = make_user(), make_official(tree.cities[0])
    organization = register(owner, home_area=tree.counties[0])

    actions.decide_verification(
        verification=organization.verifications.get(), approve=True, by=official, at=clock.now()
    )

    organization.refresh_from_db()
    assert organization.status == "approved"
    assert {m.channel for m in Message.objects.filter(kind="org_approved", recipient=owner)} == {
        "inbox",
        "sms",
    }
    assert AuditRecord.objects.filter(verb="organization.approved", actor_id=official.pk).exists()


def test_a_refusal_needs_a_reason_and_tells_it():
    area = make_area()
    official = make_official(area)
    verification = register(home_area=area).verifications.get()

    with pytest.raises(actions.ReasonNeeded) as refusal:
        actions.decide_verification(verification=verification, approve=False, by=official, at=clock.now())
    actions.decide_verification(
        verification=verification, approve=False, reason="No such number.", by=official, at=clock.now()
    )

    assert refusal.value.field == "reason"
    assert (
        Message.objects.filter(kind="org_declined", channel="inbox").get().context["reason"]
        == "No such number."
    )


@pytest.mark.parametrize("who", ["stranger", "elsewhere", "desk of the authority", "owner"])
def test_nobody_else_decides(who):
    area = make_area()
    owner = make_user()
    verification = register(owner, home_area=area).verifications.get()
    person = {
        "stranger": make_user,
        "elsewhere": lambda: make_official(make_area()),
        "desk of the authority": lambda: make_member(make_authority(area), "desk"),
        "owner": lambda: make_official(area, user=owner),
    }[who]()

    with pytest.raises(actions.NotDecider):
        actions.decide_verification(verification=verification, approve=True, by=person, at=clock.now())


def test_a_decision_is_made_once():
    area = make_area()
    official = make_official(area)
    verification = register(home_area=area).verifications.get()
    actions.decide_verification(verification=verification, approve=True, by=official, at=clock.now())

    with pytest.raises(actions.AlreadyDecided):
        actions.decide_verification(
            verification=verification, approve=False, reason="Late.", by=official, at=clock.now()
        )


def test_an_authority_does_not_approve_itself():
    area = make_area()
    authority = make_authority(area, status="pending")
    colleague = make_member(authority)
    verification = authority.verifications.create(requested_at=clock.now(), evidence="x")

    with pytest.raises(actions.NotDecider):
        actions.decide_verification(verification=verification, approve=True, by=colleague, at=clock.now())


def test_after_a_refusal_one_may_ask_again():
    area = make_area()
    owner, official = make_user(), make_official(area)
    organization = register(owner, home_area=area)
    actions.decide_verification(
        verification=organization.verifications.get(),
        approve=False,
        reason="Thin.",
        by=official,
        at=clock.now(),
    )

    actions.request_verification(
        organization=organization, evidence="A letter of the community.", by=owner, at=clock.now()
    )

    organization.refresh_from_db()
    assert organization.status == "pending"
    assert organization.verifications.filter(decision="").count() == 1


def test_suspending_takes_effect_at_once_tells_why_and_can_be_lifted():
    area = make_area()
    official, organization = make_official(area), make_organization(home_area=area)
    leader = make_member(organization)

    actions.suspend_organization(
        organization=organization, reason="Nobody led three shifts.", by=official, at=clock.now()
    )
    assert Organization.objects.approved().filter(pk=organization.pk).exists() is False
    assert Message.objects.filter(kind="org_suspended", recipient=leader, channel="inbox").exists()

    actions.reinstate_organization(organization=organization, by=official, at=clock.now())
    assert Organization.objects.approved().filter(pk=organization.pk).exists()


def test_an_approved_organization_keeps_its_checked_name():
    organization = make_organization()
    leader = make_member(organization)

    with pytest.raises(ValueError, match="name"):
        actions.edit_organization(
            organization=organization, values={"name": "City Hall"}, by=leader, at=clock.now()
        )


def test_leaders_edit_its_words_and_where_it_serves():
    tree = small_tree()
    organization = make_organization(home_area=tree.counties[0])
    leader = make_member(organization)

    actions.edit_organization(
        organization=organization,
        values={"summary": "Neighbours."},
        service_areas=[tree.counties[1]],
        by=leader,
        at=clock.now(),
    )

    organization.refresh_from_db()
    assert organization.summary == "Neighbours."
    assert [row.area for row in organization.service_areas.all()] == [tree.counties[1]]


def test_the_desk_does_not_edit():
    organization = make_organization()

    with pytest.raises(actions.NotAllowed):
        actions.edit_organization(
            organization=organization,
            values={"summary": "Mine."},
            by=make_member(organization, "desk"),
            at=clock.now(),
        )
