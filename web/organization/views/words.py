"""A call of one's own that waits for an official's word: where it lies, what came back, and changing it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from core import clock
from core.errors import DomainError
from organizations.models import Membership
from organizations.queries import areas_served
from tasks.actions.calls import FIELDS, cancel_task, edit_call, publish_call
from tasks.actions.reviews import withdraw_review
from tasks.models import Task
from tasks.queries.reviews import drafts_of, open_review, reviews_of
from web.access import OrganizerRequest, organizer
from web.forms import posted, refuse
from web.organization.forms.calls import CallForm
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.registration import see_other

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)
PAGE = 25


@LEADER
def drafts(request: OrganizerRequest, code: str) -> HttpResponse:
    """Calls of one's own that are not public yet, with where each lies."""
    leader_of_approved(request)
    at = clock.now()
    page = Paginator(drafts_of(request.organization), PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(request, "calls"),
        "page": page,
        "rows": [(task, next(iter(task.waiting), None)) for task in page],
        "at": at,
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "organization/drafts.html", context)


@LEADER
def draft(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """One of them: where it lies; POST asks, takes back, or makes it public."""
    leader_of_approved(request)
    found, at = _draft(request, task), clock.now()
    if found.status != Task.Status.DRAFT:
        return see_other("call", code, found.code)
    error = ""
    if request.method == "POST":
        try:
            sentence = _act(request, found)
        except DomainError as refusal:
            error = refusal.message
        else:
            messages.success(request, sentence)
            public = found.status != Task.Status.DRAFT
            return see_other("post_shifts" if public else "draft", code, found.code)
    words = list(reviews_of(found))
    waiting = next((each for each in words if not each.decision), None)
    context = {
        **frame(request, "calls"),
        "task": found,
        "review": waiting,
        "late": waiting is not None and waiting.is_late(at),
        "earlier": [each for each in words if each.decision],
        "error": error,
    }
    return render(request, "organization/draft.html", context)


@LEADER
def edit_draft(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """Change what it says, also while it waits: whoever decides reads that it changed."""
    leader_of_approved(request)
    found = _draft(request, task)
    if found.status != Task.Status.DRAFT:
        return see_other("call", code, found.code)
    served = list(areas_served(request.organization))
    names = [name for name in FIELDS if name in CallForm.base_fields]
    initial: dict[str, Any] = {name: getattr(found, name) for name in names} | {"type": found.type_id}
    form = CallForm(posted(request), served=served, initial=initial)
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in names}
        try:
            edit_call(task=found, changes=changes, by=request.user, at=clock.now(), only_draft=True)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Changed."))
            return see_other("draft", code, found.code)
    context = {**frame(request, "calls"), "form": form, "task": found}
    return render(request, "organization/edit_draft.html", context)


@LEADER
def cancel_draft(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """Give it up."""
    leader_of_approved(request)
    found = _draft(request, task)
    if found.status != Task.Status.DRAFT:
        return see_other("call", code, found.code)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            cancel_task(task=found, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Given up. Nobody waits for it any more."))
            return see_other("calls", code)
    context = {**frame(request, "calls"), "form": form, "task": found}
    return render(request, "organization/cancel_draft.html", context)


def _act(request: OrganizerRequest, task: Task) -> str:
    at = clock.now()
    if request.POST.get("step") == "withdraw":
        review = open_review(task)
        if review is None:
            return gettext("It waits for nobody any more.")
        withdraw_review(review=review, by=request.user, at=at)
        return gettext("Taken back. Change it and ask again, whenever you like.")
    made = publish_call(task=task, by=request.user, at=at)
    task.status = made.status
    if made.status != Task.Status.DRAFT:
        return gettext("The task is yours. Post its first shift.")
    return said_where(task)


def said_where(task: Task) -> str:
    """Before whom a call lies now, in a sentence."""
    review = open_review(task)
    name = review.authority.display_name if review else ""
    return gettext("%(name)s reads it first. You are told what they say.") % {"name": name}


def _draft(request: OrganizerRequest, code: str) -> Task:
    own = Task.objects.filter(issuer=request.organization)
    return get_object_or_404(own.select_related("area__parent__parent", "issuer", "type"), code=code)
