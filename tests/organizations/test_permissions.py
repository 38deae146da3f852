import pytest
from django.contrib.auth.models import AnonymousUser

from organizations import permissions
from tests.factories.accounts import make_user
from tests.factories.areas import make_area, small_tree
from tests.factories.organizations import make_authority, make_member, make_official, make_organization

pytestmark = pytest.mark.django_db


def test_an_official_of_a_city_is_one_of_its_counties_and_not_of_the_province():
    tree = small_tree()
    official = make_official(tree.cities[0])

    assert permissions.is_official_of(official, tree.townships[0])
    assert not permissions.is_official_of(official, tree.province)


def test_the_nearest_authority_counts():
    tree = small_tree()
    official = make_official(tree.province)
    make_official(tree.counties[0], user=official)

    assert permissions.authority_of(official, tree.townships[0]).home_area == tree.counties[0]


@pytest.mark.parametrize("status", ["pending", "declined", "suspended"])
def test_an_authority_that_is_not_approved_gives_no_power(status):
    area = make_area()
    person = make_member(make_authority(area, status=status), "owner")

    assert permissions.authority_of(person, area) is None


def test_a_group_that_is_no_government_body_makes_no_official():
    area = make_area()

    assert permissions.authority_of(make_member(make_organization(home_area=area), "owner"), area) is None


def test_a_suspended_organization_leads_nothing_and_its_desk_is_closed():
    organization = make_organization(status="suspended")
    person = make_member(organization, "owner")

    assert not permissions.can_lead(person, organization)
    assert not permissions.can_serve_desk(person, organization)
    assert permissions.is_member(person, organization)


def test_strangers_and_anonymous_people_have_no_role():
    organization = make_organization()

    assert permissions.role_in(make_user(), organization) is None
    assert permissions.organizations_of(AnonymousUser()) == []
