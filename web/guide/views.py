"""Guides to read or to hang up, the words of the product, and first steps put away."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from web.access import SignedInRequest, public, signed_in
from web.guide.first_steps import COOKIE, KEYS, YEAR, put_away
from web.guide.glossary import TERMS
from web.guide.roles import ROLES, Role
from web.public.frame import briefly_kept, tabs
from web.wording import in_chinese

STYLES = "web/guide.css"


@require_safe
@public
@briefly_kept
def guides(request: HttpRequest) -> HttpResponse:
    """Which guide is whose."""
    context = {
        "tabs": tabs(request, ""),
        "roles": [(role, reverse(f"guide:{role.key}")) for role in ROLES],
        "hidden_steps": bool(put_away(request)),
    }
    return render(request, "guide/index.html", context)


@require_safe
@public
@briefly_kept
def guide(request: HttpRequest, role: Role) -> HttpResponse:
    """The guide of a role, made to be one page on paper; written in each language by itself."""
    begin = reverse(role.begins_at)
    # Whoever scans it is led on to their own language.
    address = request.build_absolute_uri(begin.removeprefix(f"/{get_language()}"))
    context: dict[str, Any] = {
        "tabs": tabs(request, ""),
        "room_styles": STYLES,
        "heading": role.heading,
        "large": role.key in ("volunteer", "resident"),
        "begin_url": begin,
        "address": address,
        "shown_address": address.partition("://")[2],
        "you": "您" if request.elder else "你",  # type: ignore[attr-defined]
    }
    return render(request, role.chinese if in_chinese() else role.english, context)


@require_safe
@public
@briefly_kept
def words(request: HttpRequest) -> HttpResponse:
    """What the words mean that the pages use."""
    context = {"tabs": tabs(request, ""), "terms": TERMS}
    return render(request, "guide/words.html", context)


@require_POST
@signed_in
def first_steps(request: SignedInRequest) -> HttpResponse:
    """Put the steps of a role away on this device, or bring all of them back."""
    role = request.POST.get("role", "")
    back = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if ours else reverse("home_of_role"), status=HTTPStatus.SEE_OTHER)
    if role not in KEYS:
        response.delete_cookie(COOKIE)
        messages.success(request, gettext("Your first steps show again."))
        return response
    response.set_signed_cookie(
        COOKIE,
        " ".join(sorted(put_away(request) | {role})),
        salt=request.user.code,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    undo = format_html('<a href="{}">{}</a>', reverse("guide:index"), gettext("Undo under Guides"))
    messages.success(request, format_html("{} {}", gettext("Your first steps are put away."), undo))
    return response
