"""How a person is called and reached, and how they sign in."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actions import change_contact, confirm_code, update_person
from accounts.models import LoginCode
from accounts.queries import mask
from core import clock
from core.errors import DomainError
from notifications.queries import unread_count
from organizations.permissions import organizations_of
from volunteers.permissions import recoveries_to_decide
from volunteers.queries import volunteer_of
from web import second_factor
from web.access import SignedInRequest, signed_in
from web.account.forms import CodeForm, NewContactForm, PersonForm
from web.account.page import show
from web.account.sending import send_code, tell_old_contact
from web.account.views.enter import see_other
from web.forms import posted, refuse

CHANGE_KEY = "changing_contact"


@require_GET
@signed_in
def me(request: SignedInRequest) -> HttpResponse:
    """Everything of one's own, by name."""
    memberships = organizations_of(request.user)
    decides = bool(memberships) or request.user.is_staff
    context = {
        "volunteer": volunteer_of(request.user),
        "unread": unread_count(request.user),
        "memberships": memberships,
        "recoveries": recoveries_to_decide(request.user).count() if decides else 0,
    }
    return show(request, "me", context)


@require_http_methods(["GET", "POST"])
@signed_in
def contact(request: SignedInRequest) -> HttpResponse:
    """Name, language, way of being reached."""
    user = request.user
    form = PersonForm(
        posted(request),
        initial={"name": user.name, "contact_by": user.contact_by, "language": user.language},
    )
    if request.method == "POST" and form.is_valid():
        try:
            update_person(user=user, by=user, at=clock.now(), **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Saved"))
            return see_other("account:contact")
    return show(request, "contact", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def contact_change(request: SignedInRequest) -> HttpResponse:
    """A new phone or address; a code goes there first."""
    form = NewContactForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            code = send_code(
                request, form.cleaned_data["contact"], purpose=LoginCode.Purpose.CHANGE, user=request.user
            )
        except DomainError as error:
            refuse(form, error)
        else:
            request.session[CHANGE_KEY] = code.token
            return see_other("account:contact_code")
    return show(request, "contact_change", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def contact_code(request: SignedInRequest) -> HttpResponse:
    """The code that went to the new contact."""
    token = request.session.get(CHANGE_KEY, "")
    asked = LoginCode.objects.filter(token=token, user=request.user).first()
    if asked is None:
        return see_other("account:contact_change")
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            confirmed = confirm_code(token=token, code=form.cleaned_data["code"], at=clock.now())
            user, old = change_contact(login_code=confirmed, by=request.user, at=clock.now())
        except DomainError as error:
            refuse(form, error)
        else:
            tell_old_contact(user, old, confirmed.contact)
            request.session.pop(CHANGE_KEY)
            messages.success(request, gettext("Changed. From now on we reach you there"))
            return see_other("account:contact")
    context = {
        "form": form,
        "contact": mask(asked.contact),
        "by_email": "@" in asked.contact,
        "back": reverse("account:contact_change"),
    }
    return show(request, "code", context)


@require_GET
@signed_in
def security(request: SignedInRequest) -> HttpResponse:
    """Password, second factor, sessions."""
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    context = {"kinds": kinds, "needed": second_factor.needed_by(request.user)}
    return show(request, "security", context)


@require_GET
@signed_in
def second_factor_page(request: SignedInRequest) -> HttpResponse:
    """Why whoever acts for others needs a second factor, and the way to it."""
    return show(request, "second_factor", {"memberships": organizations_of(request.user)})
