"""Who may enter a page. Every view carries one of these, and says so in `view.access`."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from accounts.models import User
from areas.models import Area
from organizations.models import Membership, Organization
from organizations.permissions import authorities_of, authority_of, organizations_of
from volunteers.models import Volunteer
from volunteers.queries import proxied_volunteer, volunteer_of

View = Callable[..., HttpResponseBase]

# Says of a page that members of organizations enter it only with their second factor.
FOR_OTHERS = "signed_in:for_others"
# The number of the volunteer for whom somebody acts, in the session.
ACTING_FOR = "acting_for"


class SignedInRequest(HttpRequest):
    """A request whose person is known."""

    user: User


class VolunteerRequest(SignedInRequest):
    """A request in a volunteer's name; `user` may be a proxy who acts for them."""

    volunteer: Volunteer
    acts_for_other: bool


class OrganizerRequest(SignedInRequest):
    """A request of somebody who acts for an organization."""

    organization: Organization
    membership: Membership


class OfficialRequest(SignedInRequest):
    """A request of an official of an area."""

    area: Area
    authority: Organization


def _guarded(view: View, access: str, enter: Callable[..., HttpResponse | None]) -> View:
    """The view behind a check that lets in by returning nothing.

    What only some may read is kept by nobody: on a shared computer the way back would show it after signing out.
    """

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refusal = enter(request, **kwargs)
        response = view(request, *args, **kwargs) if refusal is None else refusal
        if access != "public":
            add_never_cache_headers(response)
            response["X-Robots-Tag"] = "noindex"
        return response

    guarded.access = access  # type: ignore[attr-defined]
    return guarded


def to_login(request: HttpRequest) -> HttpResponseRedirect:
    """To the sign-in page, and back to this page afterwards."""
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("home_of_role")
    return HttpResponseRedirect(f"{reverse('account:enter')}?{urlencode({'next': back})}")


def _need_login(request: HttpRequest) -> HttpResponse | None:
    return None if request.user.is_authenticated else to_login(request)


def public(view: View) -> View:
    """Everybody may enter."""
    return _guarded(view, "public", lambda request, **kwargs: None)


def signed_in(view: View) -> View:
    """Whoever has signed in."""
    return _guarded(view, "signed_in", lambda request, **kwargs: _need_login(request))


def signed_in_for_others(view: View) -> View:
    """Whoever has signed in, where members decide about other persons: they have passed the second factor."""
    return _guarded(view, FOR_OTHERS, lambda request, **kwargs: _need_login(request))


def volunteer_only(view: View) -> View:
    """Volunteers, and those who act for one; puts `request.volunteer`."""

    def enter(request: Any, **kwargs: Any) -> HttpResponse | None:
        if refusal := _need_login(request):
            return refusal
        number = request.session.get(ACTING_FOR)
        proxied = proxied_volunteer(request.user, number) if number else None
        volunteer = proxied or volunteer_of(request.user)
        if volunteer is None:
            # Signed in but no volunteer yet: the first steps offer to become one.
            return HttpResponseRedirect(reverse("account:start"))
        request.volunteer = volunteer
        request.acts_for_other = proxied is not None
        return None

    return _guarded(view, "volunteer", enter)


def organizer(*roles: str) -> Callable[[View], View]:
    """Members in one of the roles (none named: every role) of the organization that `code` names.

    Strangers learn nothing, not even that there is such an organization.
    """

    def enter(request: Any, *, code: str, **kwargs: Any) -> HttpResponse | None:
        if refusal := _need_login(request):
            return refusal
        for membership in organizations_of(request.user):
            if membership.organization.code == code:
                if roles and membership.role not in roles:
                    raise PermissionDenied
                request.organization = membership.organization
                request.membership = membership
                return None
        raise Http404

    return lambda view: _guarded(view, "organizer:" + ",".join(roles), enter)


def official(view: View) -> View:
    """Officials of the area that `area_code` names; officials of elsewhere are told so, others see nothing."""

    def enter(request: Any, *, area_code: str, **kwargs: Any) -> HttpResponse | None:
        if refusal := _need_login(request):
            return refusal
        if not any(membership.organization.is_authority for membership in organizations_of(request.user)):
            raise Http404
        area = get_object_or_404(Area.objects.with_parents(), code=area_code)
        authority = authority_of(request.user, area)
        if authority is None:
            raise PermissionDenied
        request.area, request.authority = area, authority
        return None

    return _guarded(view, "official", enter)


def official_anywhere(view: View) -> View:
    """Officials of any area, for pages that name none."""

    def enter(request: Any, **kwargs: Any) -> HttpResponse | None:
        if refusal := _need_login(request):
            return refusal
        if not authorities_of(request.user):
            raise Http404
        return None

    return _guarded(view, "official", enter)


def staff_only(view: View) -> View:
    """Staff of the platform."""

    def enter(request: Any, **kwargs: Any) -> HttpResponse | None:
        if refusal := _need_login(request):
            return refusal
        if not request.user.is_staff:
            raise Http404
        return None

    return _guarded(view, "staff", enter)
