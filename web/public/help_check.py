"""All answers of somebody who asks for help, on one page before they are sent, and the sending."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from accounts.models import User
from areas.models import Area
from core import clock
from core.errors import DomainError
from residents.actions.asking import ask_help, count_request, tell_whoever_asked
from residents.models import Channel, RequestPoint
from residents.queries.own import asked_by, kinds_of_help
from residents.queries.points import point_by_code
from volunteers.queries import volunteer_of
from web import wording
from web.account.sending import language_of
from web.adapters import client_ip
from web.forms import refuse
from web.public.help_steps import (
    CHECK,
    FIRST,
    STEPS,
    Answers,
    StepForm,
    shown_again,
    steps_of,
    townships_of,
)
from web.public.help_view import page_tabs
from web.public.places import places
from web.public.strangers import new_key, once

# The page of each field.
PAGE_OF = {field: step.key for step in STEPS for field in step.fields}
# What a request consists of; the day is among them as a date.
ALL = [field for step in STEPS for field in step.fields if field != "day"]


class AnswersChanged(Exception):
    """Sent again after the answers went out, or with others than were shown."""


def user_of(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def address_of(key: str) -> str:
    """The address of a page of these."""
    return reverse("public:help") if key == FIRST else reverse("public:help_step", args=[key])


def form_of(
    names: Iterable[str],
    answers: Answers,
    point: RequestPoint | None,
    data: QueryDict | dict[str, str] | None,
    user: User | None,
) -> StepForm:
    """The fields of a page with what was answered, or is known of the person; it reads only what these fields need."""
    names = [name for name in names if not (point and name in {"county", "township"})]
    county = answers.values.get("county", "")
    return StepForm(
        data,
        names=names,
        kinds=list(kinds_of_help()) if "type" in names else [],
        areas=[("", gettext("Choose")), *places().counties_grouped()] if "county" in names else [],
        townships=townships_of(county) if "township" in names else [],
        point=point,
        initial={**_known_of(user, names), **shown_again(answers.values)},
    )


def _known_of(user: User | None, names: Iterable[str]) -> dict[str, Any]:
    """What somebody with an account need not give again: from their last request, else from the account."""
    if user is None:
        return {}
    known: dict[str, Any] = {"name": user.name, "phone": user.phone}
    if not {"county", "township", "place"} & set(names):
        return known
    last = asked_by(user).exclude(channel=Channel.PROXY).select_related("area__county").first()
    if last is not None:
        at_town = last.area.level == Area.Level.TOWNSHIP
        known |= {
            "place": last.place,
            "address": last.address,
            "township": last.area.code if at_town else "-",
        }
        known["county"] = last.area.county.code if last.area.county else ""
    elif (volunteer := volunteer_of(user)) and volunteer.county:
        known["county"] = volunteer.county.code
    return known


def check(request: HttpRequest, answers: Answers) -> HttpResponse:
    """What was answered, each with a way to change it; a POST sends it."""
    point = point_by_code(answers.point) if answers.point else None
    user = user_of(request)
    form = form_of(ALL, answers, point, {"people": "1", **answers.values}, user)
    if request.method == "POST":
        response = _send(request, answers, form, point, user)
        if response is not None:
            return response
    elif answers.next_step() != CHECK:
        return HttpResponseRedirect(address_of(answers.next_step()))
    context: dict[str, Any] = {
        "tabs": page_tabs(request),
        "rows": _rows(form, point),
        "errors": [
            (address_of(PAGE_OF.get(name, FIRST)) if name != "__all__" else "", error)
            for name, errors in form.errors.items()
            for error in errors
        ],
        "once": new_key(),
        "digest": answers.digest,
        "back_url": address_of(answers.before(CHECK)),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "public/help_check.html", context, status=status)


def _send(
    request: HttpRequest, answers: Answers, form: StepForm, point: RequestPoint | None, user: User | None
) -> HttpResponse | None:
    """Write the request down, once; None where something is in its way."""

    as_shown = request.POST.get("answers") == answers.digest and form.is_valid()

    def ask() -> str:
        if not as_shown:
            raise AnswersChanged
        return _ask(request, form, user, point)

    try:
        if as_shown:
            # Counted whatever comes of it, and outside of what may be taken back.
            count_request(phone=form.cleaned_data["phone"], ip=client_ip(request))
        response = once(request, ask, words=gettext("Your request is written down."))
    except AnswersChanged:
        if answers.next_step() != CHECK:
            return HttpResponseRedirect(address_of(answers.next_step()), status=HTTPStatus.SEE_OTHER)
        return None
    except DomainError as error:
        refuse(form, error)
        return None
    answers.forget()
    return response


def _ask(request: HttpRequest, form: StepForm, user: User | None, point: RequestPoint | None) -> str:
    """Write it down; the address that it has from now on."""
    at = clock.now()
    channel = Channel.QR if point else Channel.WEB
    made = ask_help(
        **form.values(),
        channel=Channel.PROXY if form.cleaned_data["for_other"] else channel,
        at=at,
        by=user,
        language=language_of(request),
    )
    tell_whoever_asked(request=made, at=at)
    return reverse("public:help_request", args=[made.code])


def _rows(form: StepForm, point: RequestPoint | None) -> list[dict[str, Any]]:
    """The answers in the order of their pages."""
    form.is_valid()
    said = form.cleaned_data
    nothing = gettext("Not given")

    def chosen(name: str) -> str:
        for value, label in _flat(form.fields[name].choices) if name in form.fields else ():  # type: ignore[attr-defined]
            if value == said.get(name):
                return str(label)
        return ""

    comma = gettext(", ")
    county, town = chosen("county"), _town(said, chosen)
    near = gettext("%(first)s, %(second)s") % {"first": county, "second": town} if town else county
    where = point.area.full_name if point else near
    day = said.get("wanted_on")
    shown = {
        "what": (gettext("What is needed"), chosen("type")),
        "words": (gettext("Your words"), said.get("words", "")),
        "county": (gettext("Area"), where),
        "place": (
            gettext("Where"),
            comma.join(filter(None, (said.get("place", ""), said.get("address", "")))) or nothing,
        ),
        "when": (gettext("When"), wording.full_date(day) if day else gettext("Any day will do")),
        "people": (gettext("For how many"), said.get("people", "")),
        "contact": (
            gettext("How we reach you"),
            comma.join(filter(None, (form["phone"].value(), said.get("name", "")))) or nothing,
        ),
    }
    asked = {step.key for step in steps_of(point is not None)} | {"people"}
    rows = [
        {
            "label": label,
            "value": value,
            "url": address_of(key) if key in asked else "",
            "action": pgettext("an answer", "Change"),
        }
        for key, (label, value) in shown.items()
    ]
    if said.get("for_other"):
        rows[-1]["note"] = gettext("I ask for somebody else")
    return rows


def _town(said: dict[str, Any], chosen: Any) -> str:
    return str(chosen("township")) if said.get("township") != "-" else ""


def _flat(choices: Iterable[Any]) -> list[tuple[str, str]]:
    """Choices without their groups."""
    found: list[tuple[str, str]] = []
    for value, label in choices:
        found.extend(label if isinstance(label, list | tuple) else [(value, label)])
    return found
