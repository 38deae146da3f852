"""Team, invitations, registration and taking on calls."""

import pytest
from django.urls import reverse

from organizations.models import Membership, Organization
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_shift, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(db):
    return small_tree()


@pytest.fixture
def organization(tree):
    return make_organization(home_area=tree.counties[0])


@pytest.fixture
def owner(client, organization):
    return sign_in(client, make_member(organization, "owner"))


def page(name, organization, *args):
    return reverse(f"organization:{name}", args=[organization.code, *args])


def registration(**changes):
    values = {
        "name": "Canalside",
        "kind": "community",
        "home_area": "桐庐县桐君街道",
        "service_areas": "安吉县\nMeixi Town, Anji County",
        "evidence": "Register number 5133.",
        "contact_phone": "0571 8888 0000",
    }
    return {**values, **changes}


def test_anybody_signed_in_registers_an_organization(client, tree):
    person = make_user()
    sign_in(client, person)

    response = client.post(reverse("organization:register"), registration())

    organization = Organization.objects.get()
    assert response.status_code == 303
    assert organization.home_area.code == "330122003"
    assert organization.service_areas.count() == 2
    assert Membership.objects.get().user == person


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Taken"}, "name"),
        ({"kind": "cbo"}, "cbo_type"),
        ({"kind": ""}, "kind"),
        ({"home_area": "Atlantis"}, "home_area"),
        ({"service_areas": "安吉县\nAtlantis"}, "service_areas"),
        ({"parent": "Nobody"}, "parent"),
        ({"evidence": " "}, "evidence"),
        ({"contact_phone": "138 0000 004"}, "contact_phone"),
        ({"contact_phone": "call me"}, "contact_phone"),
    ],
)
def test_a_wrong_registration_is_named_and_kept(client, tree, changes, field):
    make_organization(home_area=tree.townships[0], name="Taken")
    sign_in(client, make_user())

    response = client.post(reverse("organization:register"), registration(**changes))

    form = response.context["form"]
    assert list(form.errors) == [field]
    assert form["service_areas"].value() == registration(**changes)["service_areas"]
    assert Organization.objects.count() == 1


def test_registering_twice_makes_one(client, tree):
    sign_in(client, make_user())

    client.post(reverse("organization:register"), registration())
    client.post(reverse("organization:register"), registration())

    assert Organization.objects.count() == 1


def test_a_wrong_number_of_a_colleague_is_named_and_kept(owner, organization):
    response = owner.post(
        page("team", organization), {"contact": "138 0000 004", "role": "desk", "language": "en"}
    )

    assert list(response.context["form"].errors) == ["contact"]
    assert response.context["form"]["contact"].value() == "138 0000 004"


def test_a_colleague_is_invited_and_the_invitation_taken_back(owner, organization):
    owner.post(page("team", organization), {"contact": "13800000044", "role": "desk", "language": "en"})
    invitation = organization.invitations.get()

    assert "138 **** 0044" in owner.get(page("team", organization)).content.decode()
    owner.post(page("withdraw", organization), {"invitation": invitation.code})

    invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None


def test_an_organizer_offers_only_the_desk(client, organization):
    response = sign_in(client, make_member(organization, "organizer")).get(page("team", organization))

    assert [role for role, _ in response.context["form"].fields["role"].choices] == ["desk"]


def test_the_desk_cannot_invite(client, organization):
    sign_in(client, make_member(organization, "desk"))

    response = client.post(
        page("team", organization), {"contact": "13800000044", "role": "desk", "language": "en"}
    )

    assert response.status_code == 403
    assert not organization.invitations.exists()


def test_the_last_owner_reads_why_they_stay(client, organization):
    person = make_member(organization, "owner")
    sign_in(client, person)

    response = client.post(page("end", organization, person.code), {"reason": ""})

    assert response.status_code == 200
    assert response.context["form"].non_field_errors()


def test_a_role_is_changed(owner, organization):
    colleague = make_member(organization, "desk")

    owner.post(page("role", organization, colleague.code), {"role": "organizer"})

    assert Membership.objects.get(user=colleague).role == "organizer"


def test_somebody_who_leaves_goes_to_the_first_page(client, organization):
    make_member(organization, "owner")
    person = make_member(organization, "organizer")
    sign_in(client, person)

    response = client.post(page("end", organization, person.code), {"reason": ""})

    assert response.status_code == 303
    assert client.get(page("board", organization)).status_code == 404


def test_a_profile_is_saved_and_shows_what_it_serves(owner, organization):
    owner.post(page("profile", organization), {"summary": "Neighbours.", "service_areas": "安吉县"})

    organization.refresh_from_db()
    assert organization.summary == "Neighbours."
    assert organization.service_areas.count() == 1
    assert "Neighbours." in owner.get(page("profile", organization)).content.decode()


def test_a_call_is_taken_on_after_a_confirmation_and_twice_is_once(owner, organization, tree):
    call = make_task(area=tree.counties[0])
    address = page("call", organization, call.code)

    assert call.title in owner.get(page("calls", organization)).content.decode()
    assert owner.get(f"{address}?take=lead").context["confirm"] == "lead"
    first = owner.post(address, {"role": "lead"})
    second = owner.post(address, {"role": "lead"})

    assert first.url == second.url == page("post_shifts", organization, call.code)
    assert call.adoptions.get().role == "lead"
    assert page("leave", organization, call.code) in owner.get(first.url).content.decode()


def test_somebody_faster_is_named(owner, organization, tree):
    other = make_organization(home_area=tree.counties[0], name="Faster")
    call = make_task(area=tree.counties[0], adopted_by=other)

    response = owner.post(page("call", organization, call.code), {"role": "lead"})

    assert "Faster" in response.context["form"].non_field_errors()[0]


def test_a_call_elsewhere_is_not_here(owner, organization, tree):
    call = make_task(area=tree.counties[3])

    assert owner.get(page("call", organization, call.code)).status_code == 404


def test_a_call_is_given_back_unless_a_shift_lies_ahead(owner, organization, tree):
    call = make_task(area=tree.counties[0], adopted_by=organization)
    shift = make_shift(task=call, organization=organization)
    address = page("leave", organization, call.code)

    refused = owner.post(address, {"reason": "Too few hands."})
    shift.delete()
    done = owner.post(address, {"reason": "Too few hands."})

    call.refresh_from_db()
    assert refused.context["form"].non_field_errors()
    assert done.status_code == 303
    assert call.status == "called"
