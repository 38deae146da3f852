"""Joining and signing in by a code."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import confirm_code, confirmed_code, enter, people_behind
from accounts.models import LoginCode, User
from accounts.queries import mask
from core import clock
from core.errors import DomainError
from tasks.queries.recruiting import recruiting_everywhere
from volunteers.actions import join_as_guest, join_as_volunteer
from web.access import public
from web.account.forms import EnterCodeForm, EnterForm, JoinForm, WhoForm
from web.account.sending import language_of, send_code, sign_in
from web.account.wanted import birthday_of, seat_ahead, take_wanted, wanted_seat
from web.context import link
from web.forms import posted, refuse
from web.recruiting import recruiting_view

# What a visitor has said so far: token of the code, name, wish for messages, where to go afterwards.
SESSION_KEY = "entering"


def see_other(name: str) -> HttpResponse:
    return HttpResponseRedirect(reverse(name), status=303)


@never_cache
@require_http_methods(["GET", "POST"])
@public
def join(request: HttpRequest) -> HttpResponse:
    """Name and phone or e-mail; the code comes next."""
    return _ask(request, JoinForm, "account_pages/join.html")


@never_cache
@require_http_methods(["GET", "POST"])
@public
def sign_in_by_code(request: HttpRequest) -> HttpResponse:
    """Phone or e-mail of somebody who has been here before."""
    return _ask(request, EnterForm, "account_pages/enter.html")


def _ask(request: HttpRequest, form_class: type[JoinForm] | type[EnterForm], template: str) -> HttpResponse:
    to = request.POST.get("next") or request.GET.get("next", "")
    if not get_adapter(request).is_safe_url(to):
        to = ""
    if request.user.is_authenticated:
        return HttpResponseRedirect(to or reverse("home_of_role"))
    form = form_class(posted(request))
    joins = form_class is JoinForm
    ahead = seat_ahead(to, clock.now()) if to else None
    takes = ahead.part if ahead and joins else 0
    if request.method == "POST" and form.is_valid():
        try:
            code = send_code(request, form.cleaned_data["contact"], name=form.cleaned_data.get("name", ""))
        except DomainError as error:
            refuse(form, error)
        else:
            request.session[SESSION_KEY] = {
                "token": code.token,
                "joins": joins,
                "messages": form.cleaned_data.get("messages", False),
                "next": to,
                "title": ahead.need.row.title if ahead and takes else "",
                "seat": wanted_seat(ahead.need.code, takes) if ahead and takes else None,
            }
            return see_other("account:code")
    context: dict[str, Any] = {
        "form": form,
        "next": to,
        "privacy_url": link("public:privacy"),
        "ahead": ahead.need if ahead else None,
        "takes": bool(takes),
    }
    if joins and ahead is None:
        context["recruiting"] = recruiting_view(recruiting_everywhere(clock.now()))
    return render(request, template, context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@public
def code(request: HttpRequest) -> HttpResponse:
    """The six digits of the message."""
    said = request.session.get(SESSION_KEY)
    asked = LoginCode.objects.filter(token=said["token"]).first() if said else None
    if said is None or asked is None:
        return see_other("account:enter")
    form = EnterCodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            confirmed = confirm_code(token=said["token"], code=form.cleaned_data["code"], at=clock.now())
        except DomainError as error:
            refuse(form, error)
        else:
            said = request.session[SESSION_KEY] = {**said, "borrowed": form.cleaned_data["borrowed"]}
            return _after_code(request, confirmed, said)
    return _code_page(request, form, asked, said)


def _code_page(
    request: HttpRequest, form: EnterCodeForm, asked: LoginCode, said: dict[str, Any]
) -> HttpResponse:
    """Where the digits are typed; the way back keeps what it was all for."""
    back = reverse("account:join" if said["joins"] else "account:enter")
    context = {
        "form": form,
        "contact": mask(asked.contact),
        "by_email": "@" in asked.contact,
        "back": f"{back}?{urlencode({'next': said['next']})}" if said["next"] else back,
        "again_url": reverse("account:code_again"),
        "title": said.get("title", ""),
        # Only a demo shows where its messages lie.
        "messages_url": link("demo:messages"),
    }
    return render(request, "account_pages/code.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
@public
def code_again(request: HttpRequest) -> HttpResponse:
    """Another code to the same contact."""
    said = request.session.get(SESSION_KEY)
    asked = LoginCode.objects.filter(token=said["token"]).first() if said else None
    if said is None or asked is None:
        return see_other("account:enter")
    try:
        sent = send_code(request, asked.contact, name=asked.name)
    except DomainError as error:
        form = EnterCodeForm({})
        form.errors.clear()
        form.add_error(None, error.message)
        return _code_page(request, form, asked, said)
    request.session[SESSION_KEY] = {**said, "token": sent.token}
    return see_other("account:code")


def _after_code(request: HttpRequest, confirmed: LoginCode, said: dict[str, Any]) -> HttpResponse:
    """Straight on where there is no doubt who it is, else ask."""
    people = list(people_behind(confirmed.contact)[:2])
    if not people and confirmed.name:
        return _join(request, confirmed, confirmed.name, said)
    # An e-mail address belongs to one person; a phone may be shared, and whoever joins may be somebody new.
    if len(people) == 1 and ("@" in confirmed.contact or not said["joins"]):
        return _enter(request, confirmed, people[0].code, said)
    return see_other("account:who")


@never_cache
@require_http_methods(["GET", "POST"])
@public
def who(request: HttpRequest) -> HttpResponse:
    """Which of those behind the phone, or somebody new."""
    said = request.session.get(SESSION_KEY)
    confirmed = confirmed_code(token=said["token"], at=clock.now()) if said else None
    if said is None or confirmed is None:
        return see_other("account:enter")
    people = list(people_behind(confirmed.contact))
    form = WhoForm(posted(request), people=people, initial={"name": confirmed.name})
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data.get("person", WhoForm.NEW)
        try:
            if person != WhoForm.NEW:
                return _enter(request, confirmed, person, said)
            return _join(request, confirmed, form.cleaned_data["name"], said)
        except DomainError as error:
            refuse(form, error)
    context = {"form": form, "people": people, "contact": mask(confirmed.contact)}
    return render(request, "account_pages/who.html", context, status=422 if form.errors else 200)


def _join(request: HttpRequest, confirmed: LoginCode, name: str, said: dict[str, Any]) -> HttpResponse:
    if wanted := said.get("wanted"):
        guest = join_as_guest(
            login_code=confirmed,
            name=name,
            language=language_of(request),
            at=clock.now(),
            birth_on=birthday_of(wanted),
        )
        return _done(request, guest.user, said, wanted)
    volunteer = join_as_volunteer(
        login_code=confirmed,
        name=name,
        language=language_of(request),
        at=clock.now(),
        messages=said["messages"],
    )
    start = said["next"] or reverse("account:start")
    return _done(request, volunteer.user, {**said, "next": start}, said.get("seat"))


def _enter(request: HttpRequest, confirmed: LoginCode, person: str, said: dict[str, Any]) -> HttpResponse:
    user = enter(login_code=confirmed, person_code=person, at=clock.now())
    return _done(request, user, said, said.get("wanted") or said.get("seat"))


def _done(
    request: HttpRequest, user: User, said: dict[str, Any], wanted: dict[str, Any] | None
) -> HttpResponse:
    request.session.pop(SESSION_KEY, None)
    response = sign_in(request, user, to=said["next"], borrowed=said.get("borrowed", False))
    # Whoever has a second factor meets it first, and then signs up on the page of the shift.
    if wanted and request.user.is_authenticated:
        return take_wanted(request, wanted)
    return response
