"""Deciding about a resident's request: checked, the same as another, several in one, not possible, somebody else's,
part of a piece of work."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext

from core import clock
from core.errors import DomainError
from organizations.models import Organization
from organizations.queries import authorities_over
from residents.actions.merging import Part, merge, split
from residents.actions.placing import MOST, place, take_out
from residents.actions.triage import correct, decline, pass_on, verify
from residents.models import HelpRequest
from residents.policies import ALLOWED, KEEPS_OTHERS, Verb, likeness
from residents.queries.alike import asked
from residents.queries.inbox import requests_of, with_names
from tasks.models import Task
from tasks.queries.board import shifts_ahead
from web.access import OrganizerRequest
from web.forms import posted, refuse
from web.organization.forms.residents import (
    PARTS_SHOWN,
    AddToShiftForm,
    CheckForm,
    MergeForm,
    PartForm,
    PassOnForm,
    ResidentReasonForm,
    WorkForm,
)
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.placing import work_values
from web.organization.views.registration import see_other
from web.organization.views.residents import LEADER, of_request, request_named
from web.request_states import request_row, why_words
from web.undo import say_done

AHEAD = timedelta(days=14)
SHIFTS_MOST = 60
GROUPS_MOST = 100


def _page(
    request: OrganizerRequest, template: str, found: HelpRequest | None, **context: Any
) -> HttpResponse:
    """A page of deciding; 422 where something that was sent was refused."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(
        request,
        f"organization/{template}.html",
        {**frame(request, "residents"), "asked": found, **context},
        status=status,
    )


@of_request
def check(request: OrganizerRequest, code: str, found: HelpRequest) -> HttpResponse:
    """It is as it stands, or as corrected; the same form corrects one that was checked before."""
    form = CheckForm(posted(request), asked=found)
    if form.is_valid():
        # A second look at one that was checked corrects it; what was decided meanwhile stands.
        act = correct if found.status == HelpRequest.Status.VERIFIED else verify
        try:
            act(request=found, by=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Checked. The resident sees it."))
            return see_other("resident", code, found.ref)
    return _page(request, "resident_check", found, form=form)


@of_request
def not_possible(request: OrganizerRequest, code: str, found: HelpRequest) -> HttpResponse:
    """It cannot be done, with a reason that the resident reads."""
    form = ResidentReasonForm(posted(request))
    if form.is_valid():
        try:
            decline(request=found, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Ended. The resident reads why."))
            return see_other("resident", code, found.ref)
    return _page(request, "resident_decline", found, form=form)


@of_request
def pass_further(request: OrganizerRequest, code: str, found: HelpRequest) -> HttpResponse:
    """To another organization that serves the place, or to an authority over it."""
    groups, above = who_could_look(found)
    form = PassOnForm(posted(request), groups=groups, above=above)
    if form.is_valid():
        values = form.cleaned_data
        try:
            pass_on(
                request=found,
                organization=values["organization"],
                by=request.user,
                at=clock.now(),
                words=values["words"],
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(
                request,
                gettext("Passed on. %(organization)s looks at it now.")
                % {"organization": values["organization"].display_name},
            )
            return see_other("residents", code)
    return _page(request, "resident_pass_on", found, form=form)


def who_could_look(found: HelpRequest) -> tuple[list[Organization], list[Organization]]:
    """The groups that serve the place, the nearest first, and the authorities over it, without who looks at it now."""
    groups = (
        Organization.objects.approved()
        .serving(found.area)
        .exclude(kind=Organization.Kind.GOVERNMENT)
        .exclude(pk=found.organization_id or 0)
        .order_by("-home_area__level", "name")
    )
    above = [each for each in authorities_over(found.area) if each.pk != found.organization_id]
    return list(groups[:GROUPS_MOST]), above


@of_request
def compare(request: OrganizerRequest, code: str, found: HelpRequest, other: str) -> HttpResponse:
    """Two requests side by side: are they one?"""
    second = request_named(request, other)
    if second is None or found.pk == second.pk:
        raise Http404
    pair = (found, second)
    placed = second.status == HelpRequest.Status.PLACED
    form = MergeForm(
        posted(request), pair=pair, initial={"keep": other if placed else found.ref, "take": ["people"]}
    )
    if form.is_valid():
        values = form.cleaned_data
        kept = second if values["keep"] == other else found
        gone = found if kept is second else second
        try:
            merge(
                requests=[gone],
                into=kept,
                by=request.user,
                at=clock.now(),
                words=values["words"],
                take=values["take"],
            )
        except DomainError as error:
            refuse(form, error)
        else:
            say_done(
                request,
                gettext("Laid together. The other resident follows this one from now on."),
                back=reverse("organization:resident", args=[code, gone.ref]),
                label=pgettext("back to how it was", "Undo"),
            )
            return see_other("resident", code, kept.ref)
    at, alike = clock.now(), likeness(asked(found), asked(second))
    possible = all(each.status in KEEPS_OTHERS for each in pair) and any(
        each.status in ALLOWED[Verb.MERGED] for each in pair
    )
    return _page(
        request,
        "resident_compare",
        found,
        form=form,
        pair=[request_row(each, at) for each in pair],
        score=alike.score,
        why=why_words(alike.why),
        possible=possible,
    )


@of_request
def split_up(request: OrganizerRequest, code: str, found: HelpRequest) -> HttpResponse:
    """Several requests in one: each part with its kind, people and day."""
    first = {
        "type": found.type_id,
        "people": found.people,
        "wanted_on": found.wanted_on,
        "words": found.words,
    }
    forms = [
        PartForm(posted(request), prefix=f"part{number}", asked=found, initial=first if number == 0 else {})
        for number in range(PARTS_SHOWN)
    ]
    # Each is judged, so that the page shows every error at once.
    judged = [form.is_valid() for form in forms]
    if request.method == "POST" and all(judged):
        parts = [Part(**form.cleaned_data) for form in forms if form.cleaned_data["type"]]
        try:
            split(request=found, parts=parts, by=request.user, at=clock.now())
        except DomainError as error:
            refuse(forms[0], error)
        else:
            messages.success(request, gettext("Split. Each part goes its own way, under the one code."))
            return see_other("resident", code, found.ref)
    return _page(request, "resident_split", found, forms=forms)


@of_request
def out_of_work(request: OrganizerRequest, code: str, found: HelpRequest) -> HttpResponse:
    """Take it out of the work that it was made part of."""
    form = ReasonForm(posted(request))
    if form.is_valid():
        try:
            take_out(request=found, by=request.user, at=clock.now(), words=form.cleaned_data["reason"])
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Taken out. It waits for somebody again."))
            return see_other("resident", code, found.ref)
    return _page(request, "resident_take_out", found, form=form)


@LEADER
def place_work(request: OrganizerRequest, code: str) -> HttpResponse:
    """Make one or several requests part of work: a shift that is ahead, or a new piece of work."""
    leader_of_approved(request)
    chosen = _chosen(request)
    if not chosen:
        messages.error(request, gettext("Tick at least one request that waits."))
        return see_other("residents", code)
    organization, at = request.organization, clock.now()
    groups = not organization.is_authority
    shifts = list(shifts_ahead(organization, at, until=at + AHEAD)[:SHIFTS_MOST]) if groups else []
    adds = request.POST.get("step") == "add"
    add = AddToShiftForm(
        request.POST if adds else None, shifts=shifts, kinds={each.type_id for each in chosen}
    )
    work = WorkForm(
        request.POST if request.method == "POST" and not adds else None,
        with_shift=groups,
        initial=work_values(chosen, organization, request.user.name),
    )
    form: AddToShiftForm | WorkForm = add if adds else work
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = (
            {"shift": add.cleaned_data["shift"]}
            if adds
            else {"values": work.call(), "first_shift": work.first_shift()}
        )
        try:
            task = place(requests=chosen, organization=organization, by=request.user, at=at, **given)
        except DomainError as error:
            refuse(form, error, {"starts_on": "day", "starts_at": "starts", "ends_at": "ends"})
        else:
            _say_placed(request, task, chosen)
            return see_other("residents", code, query={"state": "placed"})
    rows = [request_row(each, at) for each in chosen]
    return _page(request, "residents_place", None, rows=rows, add=add if shifts else None, form=work)


def _say_placed(request: OrganizerRequest, task: Task, chosen: Sequence[HelpRequest]) -> None:
    if task.status == Task.Status.DRAFT:
        draft = reverse("organization:draft", args=[request.organization.code, task.code])
        say_done(request, _placed(task, chosen), back=draft, label=gettext("See where it stands"))
        return
    if len(chosen) > 1:
        messages.success(request, _placed(task, chosen))
        return
    way_back = reverse("organization:resident_take_out", args=[request.organization.code, chosen[0].ref])
    say_done(request, _placed(task, chosen), back=way_back, label=gettext("Take it out of the work"))


def _placed(task: Task, chosen: Sequence[HelpRequest]) -> str:
    count = len(chosen)
    if task.status == Task.Status.DRAFT:
        return gettext("The work waits for approval. Post its first shift once it is public.")
    said = ngettext(
        "%(count)d request is part of the work now.", "%(count)d requests are part of the work now.", count
    )
    return said % {"count": count}


def _chosen(request: OrganizerRequest) -> list[HelpRequest]:
    """The requests that the address or the form names. A form keeps those that somebody decided about meanwhile, so
    that they are refused with who did."""
    given = request.POST if request.method == "POST" else request.GET
    refs = list(dict.fromkeys(given.getlist("request")))[:MOST]
    found = with_names(requests_of(request.organization)).filter(ref__in=refs)
    if request.method != "POST":
        found = found.filter(status__in=ALLOWED[Verb.PLACED])
    return list(found.select_related("area__parent__parent__parent").order_by("asked_at", "id"))
