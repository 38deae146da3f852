"""Whoever acts for an organization has a second factor, and this session has passed it."""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from organizations.permissions import organizations_of

# What this session knows: that the second factor was passed, or that its person acts for nobody.
SESSION_KEY = "second_factor"
PASSED = "passed"
NOT_NEEDED = "not-needed"

# Pages that must work before the second factor does: signing in and out, and setting it up.
OPEN_PAGES = ("account_", "mfa_", "usersessions_")
OWN_PAGES = {"account:second_factor", "healthz", "readyz"}
GUARDED = ("organizer", "official", "staff", "signed_in:for_others")

View = Callable[..., HttpResponse]


def mark_passed(request: HttpRequest) -> None:
    """Take the second factor of this session as passed."""
    request.session[SESSION_KEY] = PASSED


def forget(request: HttpRequest) -> None:
    """Look again at the next page: what somebody may do, or their second factor, has changed."""
    request.session.pop(SESSION_KEY, None)


def needed_by(user: Any) -> bool:
    """Whether a person needs a second factor: one query, shared with what the page itself reads."""
    return bool(user.is_staff or organizations_of(user))


class SecondFactorMiddleware:
    """Send members of organizations without a second factor to the page that sets one up.

    A session remembers the outcome, so that volunteers cost no query. That nobody is acted for is not taken on
    trust where a page belongs to an organization or to officials: memberships are read there anyway.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OWN_PAGES or name.startswith(OPEN_PAGES):
            if request.method == "POST":
                forget(request)
            return None
        known = request.session.get(SESSION_KEY)
        # A program may ask for everything that its person may.
        is_program = getattr(view, "answers_problems", False)
        guarded = is_program or getattr(view, "access", "").startswith(GUARDED)
        if known == PASSED or (known == NOT_NEEDED and not guarded):
            return None
        if not needed_by(request.user):
            if known != NOT_NEEDED:
                request.session[SESSION_KEY] = NOT_NEEDED
            return None
        answer = self._ask(request)
        if answer is not None and is_program:
            # A page is no answer to a program: the view says so in its own way.
            request.second_factor_missing = True  # type: ignore[attr-defined]
            return None
        return answer

    def _ask(self, request: HttpRequest) -> HttpResponse | None:
        if not is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return HttpResponseRedirect(reverse("account:second_factor"), status=303)
        if not passed(request):
            # Set up elsewhere, after this session began.
            query = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{query}", status=303)
        mark_passed(request)
        return None


def passed(request: HttpRequest) -> bool:
    """Whether a code of the second factor was given in this session, at sign-in or since."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)
