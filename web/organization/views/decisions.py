"""What an organization may decide in the place of authorities."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext

from areas.queries import full_names
from core import clock
from core.errors import DomainError
from organizations.models import Delegation, Membership
from organizations.permissions import can_verify
from organizations.queries import areas_served, delegations_held, verifications_for
from tasks.permissions.modes import reviewer_of
from tasks.queries.reviews import reviews_for, reviews_of
from tasks.queries.transfers import transfers_for
from web.access import OrganizerRequest, organizer
from web.authority.forms.governing import AnswerForm, ReviewForm
from web.authority.forms.stages import DecisionForm
from web.decisions import answer_transfer, decide_organization, decide_review
from web.forms import posted, refuse
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.registration import see_other

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)
PAGE = 25
QUEUES = {
    Delegation.Kind.VERIFY: verifications_for,
    Delegation.Kind.REVIEW: reviews_for,
    Delegation.Kind.TRANSFER: transfers_for,
}


@LEADER
def decisions(request: OrganizerRequest, code: str) -> HttpResponse:
    """What was lent to the organization, and what waits: one queue at a time."""
    leader_of_approved(request)
    organization, at = request.organization, clock.now()
    held = list(delegations_held(organization, at))
    kinds = [kind for kind in QUEUES if any(lent.kind == kind for lent in held)]
    asked = request.GET.get("kind", "")
    chosen = next((kind for kind in kinds if kind == asked), kinds[0] if kinds else None)
    page: Any = None
    if chosen is not None:
        page = Paginator(QUEUES[chosen](organization, at), PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(request, "calls"),
        "held": held,
        "segments": [(kind, kind.label, kind == chosen) for kind in kinds],
        "chosen": chosen,
        "page": page,
        "rows": [(row, row.due_at is not None and row.due_at <= at) for row in page or ()],
        "previous_url": f"?kind={chosen}&page={page.number - 1}" if page and page.has_previous() else "",
        "next_url": f"?kind={chosen}&page={page.number + 1}" if page and page.has_next() else "",
    }
    return render(request, "organization/decisions.html", context)


@LEADER
def decide_on(request: OrganizerRequest, code: str, other: str) -> HttpResponse:
    """What an organization showed, and the decision in the authority's place."""
    leader_of_approved(request)
    at = clock.now()
    found = get_object_or_404(verifications_for(request.organization, at), organization__code=other)
    form = DecisionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            sentence = decide_organization(found, form, by=request.user, at=at)
        except DomainError as error:
            refuse(form, error)
        else:
            return _done(request, sentence, Delegation.Kind.VERIFY)
    context = {
        **frame(request, "calls"),
        "form": form,
        "verification": found,
        "asked": found.organization,
        "areas": list(full_names(areas_served(found.organization)).values()),
        "late": found.is_late(at),
        "decides": can_verify(request.user, found.organization, at),
        "back_url": _back(request, Delegation.Kind.VERIFY),
    }
    return render(request, "organization/decide_organization.html", context)


@LEADER
def decide_call(request: OrganizerRequest, code: str, review: str) -> HttpResponse:
    """What a group asks for, and the word in the authority's place."""
    leader_of_approved(request)
    at = clock.now()
    found = get_object_or_404(reviews_for(request.organization, at), code=review)
    form = ReviewForm(posted(request), initial={"seen": found.edited_at and found.edited_at.isoformat()})
    if request.method == "POST" and form.is_valid():
        try:
            sentence = decide_review(found, form, by=request.user, at=at)
        except DomainError as error:
            refuse(form, error)
        else:
            return _done(request, sentence, Delegation.Kind.REVIEW)
    context = {
        **frame(request, "calls"),
        "form": form,
        "review": found,
        "task": found.task,
        "late": found.is_late(at),
        "requirements": list(found.task.requirements.order_by("kind", "position")),
        "earlier": [each for each in reviews_of(found.task) if each.pk != found.pk],
        "decides": reviewer_of(request.user, found, at) is not None,
        "back": gettext("In whose place you decide"),
        "back_url": _back(request, Delegation.Kind.REVIEW),
    }
    return render(request, "authority/review.html", context)


@LEADER
def decide_help(request: OrganizerRequest, code: str, transfer: str) -> HttpResponse:
    """What one area asks of another, and the answer in the authority's place."""
    leader_of_approved(request)
    at = clock.now()
    found = get_object_or_404(transfers_for(request.organization, at), code=transfer)
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            sentence = answer_transfer(found, form, by=request.user, at=at)
        except DomainError as error:
            refuse(form, error)
        else:
            return _done(request, sentence, Delegation.Kind.TRANSFER)
    context = {
        **frame(request, "calls"),
        "form": form,
        "transfer": found,
        "task": found.task,
        "late": found.due_at <= at,
        "call_url": reverse("public:need", args=[found.task.code]),
        "back_url": _back(request, Delegation.Kind.TRANSFER),
    }
    return render(request, "organization/decide_help.html", context)


def _done(request: OrganizerRequest, sentence: str, kind: str) -> HttpResponse:
    messages.success(request, sentence)
    return see_other("decisions", request.organization.code, query={"kind": str(kind)})


def _back(request: OrganizerRequest, kind: str) -> str:
    return f"{reverse('organization:decisions', args=[request.organization.code])}?kind={kind}"
