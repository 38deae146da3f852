"""Lost phones and lost second factors: asked for by one person, decided by another."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actions import (
    confirm_code,
    count_request,
    decide_recovery,
    people_behind,
    request_recovery,
)
from accounts.models import LoginCode, Recovery
from accounts.queries import mask
from core import access_log, clock
from core.errors import DomainError
from core.models import AccessRecord
from notifications.actions import queue_messages
from notifications.notices import Notice
from organizations.permissions import organizations_of
from volunteers.models import Volunteer
from volunteers.permissions import recoveries_to_decide
from web.access import SignedInRequest, public, signed_in_for_others
from web.account.forms import CodeForm, DecideForm, LostFactorForm, LostPhoneForm
from web.account.page import show, show_public
from web.account.sending import channel_of, send_code
from web.account.views.enter import see_other
from web.adapters import client_ip
from web.forms import posted, refuse

LOST_KEY = "lost_phone"


@require_GET
@public
def recover(request: HttpRequest) -> HttpResponse:
    """What was lost?"""
    return show_public(request, "recover", {})


@never_cache
@require_http_methods(["GET", "POST"])
@public
def lost_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a second factor to be taken off; the answer does not tell whether there is such a person."""
    form = LostFactorForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            count_request(key=form.cleaned_data["email"].lower(), ip=client_ip(request))
        except DomainError as error:
            refuse(form, error)
        else:
            user = people_behind(form.cleaned_data["email"]).first()
            if user and Authenticator.objects.filter(user=user).exists():
                request_recovery(
                    user=user,
                    kind=Recovery.Kind.SECOND_FACTOR,
                    reason=form.cleaned_data["reason"],
                    at=clock.now(),
                )
            return see_other("account:recover_sent")
    return show_public(request, "lost_factor", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
@public
def lost_phone(request: HttpRequest) -> HttpResponse:
    """A volunteer's number and a new contact; the code comes first, then somebody decides."""
    form = LostPhoneForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            count_request(key=form.cleaned_data["number"], ip=client_ip(request))
            code = send_code(request, form.cleaned_data["contact"], purpose=LoginCode.Purpose.CHANGE)
        except DomainError as error:
            refuse(form, error)
        else:
            request.session[LOST_KEY] = {
                "token": code.token,
                "number": form.cleaned_data["number"],
                "reason": form.cleaned_data["reason"],
            }
            return see_other("account:lost_phone_code")
    return show_public(request, "lost_phone", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
@public
def lost_phone_code(request: HttpRequest) -> HttpResponse:
    """The code that went to the new contact; only then is there anything to decide."""
    said = request.session.get(LOST_KEY)
    asked = LoginCode.objects.filter(token=said["token"]).first() if said else None
    if said is None or asked is None:
        return see_other("account:lost_phone")
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            confirmed = confirm_code(token=said["token"], code=form.cleaned_data["code"], at=clock.now())
        except DomainError as error:
            refuse(form, error)
        else:
            whose = Volunteer.objects.filter(number=said["number"], user__is_active=True)
            if volunteer := whose.select_related("user").first():
                request_recovery(
                    user=volunteer.user,
                    kind=Recovery.Kind.PHONE,
                    reason=said["reason"],
                    new_contact=confirmed.contact,
                    at=clock.now(),
                )
            request.session.pop(LOST_KEY)
            return see_other("account:recover_sent")
    context = {
        "form": form,
        "contact": mask(asked.contact),
        "by_email": "@" in asked.contact,
        "back": reverse("account:lost_phone"),
    }
    return show_public(request, "code", context)


@require_GET
@public
def recover_sent(request: HttpRequest) -> HttpResponse:
    """The same words for everybody."""
    return show_public(request, "recover_sent", {})


@require_GET
@signed_in_for_others
def recoveries(request: SignedInRequest) -> HttpResponse:
    """The requests that wait for one's decision."""
    if not (organizations_of(request.user) or request.user.is_staff):
        raise PermissionDenied
    waiting = list(recoveries_to_decide(request.user)[:100])
    return show(request, "recoveries", {"recoveries": waiting})


@require_http_methods(["GET", "POST"])
@signed_in_for_others
def decide(request: SignedInRequest, code: str) -> HttpResponse:
    """One request: who it is about, what they say, yes or no with a reason."""
    recovery = get_object_or_404(recoveries_to_decide(request.user), code=code)
    form = DecideForm(posted(request))
    at = clock.now()
    if request.method == "POST" and form.is_valid():
        old = recovery.user.address_of_messages
        try:
            decided = decide_recovery(
                recovery=recovery,
                approve=form.cleaned_data["decision"] == "approve",
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=at,
            )
        except DomainError as error:
            refuse(form, error)
        else:
            _tell(decided, old)
            messages.success(request, gettext("Decided. The person gets a message"))
            return see_other("account:recoveries")
    access_log.record(
        person_ids=[recovery.user_id],
        by=request.user,
        label=_label(request),
        at=at,
        purpose=AccessRecord.Purpose.RECOVERY,
        what=AccessRecord.What.NAME,
    )
    context = {
        "recovery": recovery,
        "form": form,
        "new_contact": mask(recovery.new_contact),
        "volunteer": Volunteer.objects.filter(user=recovery.user).first(),
    }
    return show(request, "decide", context)


def _label(request: SignedInRequest) -> str:
    """Who looked, as the person reads it: an organization, never a colleague's name."""
    memberships = organizations_of(request.user)
    return memberships[0].organization.name if memberships else gettext("Platform staff")


def _tell(recovery: Recovery, old: tuple[str, str]) -> None:
    """Tell the person, at the old contact and at the one that they proved to hold."""
    approved = recovery.decision == Recovery.Decision.APPROVED
    addresses = {old} if old[0] else set()
    if recovery.new_contact:
        addresses.add((channel_of(recovery.new_contact), recovery.new_contact))
    queue_messages(
        notices=[
            Notice(
                kind="recovery_decided",
                event=f"recovery:{recovery.code}",
                recipient=recovery.user,
                context={
                    "approved": approved,
                    "kind": recovery.kind,
                    "reason": recovery.decision_reason,
                },
                address=address,
                inbox=index == 0,
            )
            for index, address in enumerate(sorted(addresses))
        ],
        at=clock.now(),
    )
