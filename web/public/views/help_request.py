"""One request by its code: what happens now, and what whoever asked says of it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import confirm_code, request_code
from accounts.models import LoginCode, User
from core import clock
from core.errors import DomainError
from residents.actions.asking import (
    add_words,
    confirm_done,
    confirm_phone,
    count_words,
    say_not_done,
    tell_whoever_asked,
    withdraw_request,
)
from residents.models import HelpRequest
from residents.queries.own import events_of, looks_at, parts_of, request_by_code
from web.access import public
from web.account.sending import language_of
from web.adapters import client_ip
from web.calendars.limits import is_used_up, within_limit
from web.forms import refuse
from web.public.help_form import DigitsForm, NotDoneForm, WordsForm
from web.public.help_steps import Answers, said_before
from web.public.help_view import event_views, page_tabs, request_view
from web.public.strangers import new_key, once

# Which digits are on their way to the telephone of which request, in the session.
SESSION_KEY = "help_code"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def help_request(request: HttpRequest, code: str) -> HttpResponse:
    """Whoever has the code; everybody else finds nothing, whether or not there ever was something."""
    guesser = f"help {client_ip(request)}"
    if is_used_up(guesser):
        raise Http404
    found = request_by_code(code)
    if found is None:
        within_limit(guesser)
        raise Http404
    page = _Page(request, found)
    if request.method == "POST":
        response = page.answer(request.POST.get("do", ""))
        if response is not None:
            return response
    return page.show()


class _Page:
    """The page of a request with its forms, and what each of them does."""

    def __init__(self, request: HttpRequest, found: HelpRequest) -> None:
        self.request, self.found = request, found
        self.user = request.user if isinstance(request.user, User) else None
        self.words, self.missing, self.digits = WordsForm(), NotDoneForm(), DigitsForm()
        self.refusal: DomainError | None = None

    def answer(self, do: str) -> HttpResponse | None:
        """What was sent; None where the page is shown again with what was wrong."""
        acts: dict[str, Callable[[], HttpResponse | None]] = {
            "confirm": lambda: self._do(None, self._confirm, gettext("Thank you. It is good to know.")),
            "not-done": self._not_done,
            "withdraw": lambda: self._do(None, self._withdraw, gettext("You took it back. Nobody comes.")),
            "words": self._add_words,
            "send-code": lambda: self._do(
                None, self._send_code, gettext("Six digits are on their way to your telephone.")
            ),
            "digits": self._confirm_digits,
            "again": self._ask_again,
        }
        return acts[do]() if do in acts else None

    def show(self) -> HttpResponse:
        at = clock.now()
        found = self.found
        wrong = [form for form in (self.words, self.missing, self.digits) if form.errors]
        context: dict[str, Any] = {
            "tabs": page_tabs(self.request),
            "view": request_view(found, at),
            "events": event_views(found, events_of(found)),
            "looks": looks_at(found),
            "parts": [request_view(part, at) for part in parts_of(found)],
            "words_form": self.words,
            "missing_form": self.missing,
            "digits_form": self.digits,
            "wrong": wrong[0] if wrong else None,
            "refusal": self.refusal,
            "asks_digits": self._token() != "",
            "once": new_key(),
            "address": self.request.build_absolute_uri(),
        }
        status = HTTPStatus.CONFLICT if self.refusal else HTTPStatus.OK
        if wrong:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        response = render(self.request, "public/help_request.html", context, status=status)
        response["X-Robots-Tag"] = "noindex"
        return response

    def _do(self, form: forms.Form | None, act: Callable[[], None], words: str) -> HttpResponse | None:
        """Do it once, and lead back to the page with these words."""

        def act_and_return() -> str:
            act()
            return reverse("public:help_request", args=[self.found.code])

        try:
            return once(self.request, act_and_return, words=words)
        except DomainError as error:
            if form is not None:
                refuse(form, error, {"words": "missing"} if form is self.missing else None)
            else:
                self.refusal = error
            return None

    def _confirm(self) -> None:
        confirm_done(request=self.found, at=clock.now(), by=self.user)

    def _withdraw(self) -> None:
        withdraw_request(request=self.found, at=clock.now(), by=self.user)

    def _ask_again(self) -> HttpResponse | None:
        """To the questions, with what was said in this one; the words first, since it was for them that it was declined."""
        if not request_view(self.found, clock.now()).can_ask_again:
            return None
        answers = Answers(self.request, clock.now())
        point = self.found.point
        answers.begin_as(said_before(self.found), point.code if point and point.ended_at is None else "")
        messages.info(
            self.request, gettext("What you said before is filled in. Change what is different now.")
        )
        return HttpResponseRedirect(reverse("public:help_step", args=["words"]), status=HTTPStatus.SEE_OTHER)

    def _not_done(self) -> HttpResponse | None:
        self.missing = NotDoneForm(self.request.POST)
        if not self.missing.is_valid():
            return None
        said = self.missing.cleaned_data["missing"]
        return self._do(
            self.missing,
            lambda: say_not_done(request=self.found, words=said, at=clock.now(), by=self.user),
            gettext("We begin again. You need not explain everything anew."),
        )

    def _add_words(self) -> HttpResponse | None:
        self.words = WordsForm(self.request.POST)
        if not self.words.is_valid():
            return None
        said = self.words.cleaned_data["words"]
        try:
            count_words(self.found)
        except DomainError as error:
            refuse(self.words, error)
            return None
        return self._do(
            self.words,
            lambda: add_words(request=self.found, words=said, at=clock.now(), by=self.user),
            gettext("Your words are with whoever looks at it."),
        )

    def _send_code(self) -> None:
        """Six digits to the telephone that was left; the limits are those of every code."""
        found, at = self.found, clock.now()
        if not found.phone or found.phone_confirmed_at:
            return
        code = request_code(
            contact=found.phone,
            name="",
            language=language_of(self.request),
            at=at,
            ip=client_ip(self.request),
            purpose=LoginCode.Purpose.HELP,
        )
        self.request.session[SESSION_KEY] = {"request": found.ref, "token": code.token}
        tell_whoever_asked(request=found, at=at, digits=code.secret)

    def _token(self) -> str:
        waiting = self.request.session.get(SESSION_KEY) or {}
        return str(waiting.get("token", "")) if waiting.get("request") == self.found.ref else ""

    def _confirm_digits(self) -> HttpResponse | None:
        self.digits = DigitsForm(self.request.POST)
        if not self.digits.is_valid():
            return None
        typed = self.digits.cleaned_data["digits"]
        try:
            confirm_code(token=self._token(), code=typed, at=clock.now())
        except DomainError as error:
            refuse(self.digits, error, {"code": "digits"})
            return None
        del self.request.session[SESSION_KEY]
        return self._do(
            self.digits,
            lambda: confirm_phone(request=self.found, at=clock.now()),
            gettext("The number is confirmed."),
        )
