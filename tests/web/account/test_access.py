"""Who may enter: strangers learn nothing, the wrong role is told."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority, make_member, make_official, make_organization
from tests.factories.volunteers import make_volunteer
from web import access

pytestmark = pytest.mark.django_db


def view(request, **kwargs):
    return HttpResponse("in")


def enter(guard, user, **kwargs):
    request = RequestFactory().get("/en/x/")
    request.user, request.session = user, {}
    return guard(view)(request, **kwargs), request


def test_each_says_who_may_enter():
    guards = {
        "public": access.public,
        "signed_in": access.signed_in,
        "volunteer": access.volunteer_only,
        "organizer:owner,organizer": access.organizer("owner", "organizer"),
        "official": access.official,
        "staff": access.staff_only,
    }
    for word, guard in guards.items():
        assert guard(view).access == word


def test_what_only_some_may_read_is_kept_by_nobody():
    response, _ = enter(access.signed_in, make_user())
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    response, _ = enter(access.public, make_user())
    assert "Cache-Control" not in response


@pytest.mark.parametrize("status", ["pending", "approved", "suspended"])
def test_an_organization_opens_to_its_members_alone(status: str):
    organization = make_organization(status=status)
    guard = access.organizer("owner", "organizer")
    for role in ("owner", "organizer"):
        response, request = enter(guard, make_member(organization, role), code=organization.code)
        assert response.content == b"in"
        assert (request.organization, request.membership.role) == (organization, role)
    with pytest.raises(PermissionDenied):
        enter(guard, make_member(organization, "desk"), code=organization.code)
    for stranger in (make_user(), make_member(make_organization()), make_user(is_staff=True)):
        with pytest.raises(Http404):
            enter(guard, stranger, code=organization.code)
        with pytest.raises(Http404):
            enter(guard, stranger, code="NOSUCH")


def test_an_area_opens_to_officials_of_it_or_of_what_holds_it():
    tree = small_tree()
    county = tree.counties[0]
    for area in (county, tree.cities[0], tree.province):
        response, request = enter(access.official, make_official(area), area_code=county.code)
        assert response.content == b"in"
        assert (request.area, request.authority.home_area) == (county, area)
    for other in (tree.counties[1], tree.townships[0]):
        with pytest.raises(PermissionDenied):
            enter(access.official, make_official(other), area_code=county.code)
    with pytest.raises(PermissionDenied):
        enter(access.official, make_member(make_authority(county), "desk"), area_code=county.code)
    with pytest.raises(PermissionDenied):
        enter(access.official, make_member(make_authority(county, status="pending")), area_code=county.code)
    for stranger in (make_user(), make_volunteer().user, make_member(make_organization(home_area=county))):
        with pytest.raises(Http404):
            enter(access.official, stranger, area_code=county.code)


def test_staff_pages_do_not_exist_for_others():
    assert enter(access.staff_only, make_user(is_staff=True))[0].content == b"in"
    with pytest.raises(Http404):
        enter(access.staff_only, make_user())


def test_a_volunteer_enters_with_their_profile():
    volunteer = make_volunteer()
    response, request = enter(access.volunteer_only, volunteer.user)
    assert (response.content, request.volunteer, request.acts_for_other) == (b"in", volunteer, False)
