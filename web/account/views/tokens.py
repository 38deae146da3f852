"""Tokens for a person's own programs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions.tokens import make_token, revoke_token
from accounts.queries import tokens_of
from core import clock
from core.errors import DomainError
from web.access import SignedInRequest, signed_in_for_others
from web.account.forms import TokenForm
from web.account.page import show
from web.account.views.enter import see_other
from web.forms import posted, refuse

# Where a new token waits for the page that shows it, once.
SHOWN_KEY = "new_token"


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_for_others
def tokens(request: SignedInRequest) -> HttpResponse:
    """The person's tokens; a new one is shown once."""
    form = TokenForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            _, secret = make_token(
                user=request.user, name=form.cleaned_data["name"], by=request.user, at=clock.now()
            )
        except DomainError as error:
            refuse(form, error)
        else:
            request.session[SHOWN_KEY] = secret
            return see_other("account:tokens")
    context = {
        "form": form,
        "tokens": tokens_of(request.user),
        "secret": request.session.pop(SHOWN_KEY, "") if request.method == "GET" else "",
    }
    return show(request, "tokens", context)


@require_POST
@signed_in_for_others
def token_revoke(request: SignedInRequest, code: str) -> HttpResponse:
    """The program with this token is let in no more."""
    token = get_object_or_404(tokens_of(request.user), code=code)
    try:
        revoke_token(token=token, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, gettext("Revoked. Programs with “%(name)s” are let in no more") % {"name": token.name}
        )
    return see_other("account:tokens")
