"""Filling a shift by offers: who is suggested, sending to those ticked, taking one back, letting it run by itself."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.errors import DomainError
from matching.policies.acceptance import Rate
from matching.queries.plan import planned_elsewhere, with_plans
from matching.queries.replies import roles_and_rates
from tasks.actions.filling import choose_filling
from tasks.actions.offers import Made, Pick, make_offers, withdraw_offer
from tasks.models import Adoption, Offer, Shift, ShiftRole
from tasks.queries.board import own_tasks
from tasks.queries.offers import Order, suggestions
from tasks.rendering.offers import turndown_in_words
from web.access import OrganizerRequest
from web.forms import posted, refuse
from web.organization.fill import MOST, chosen_role, fill_of, log_names
from web.organization.forms.filling import FOR_ALL_SHIFTS, FillingForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.registration import see_other
from web.organization.views.shifts import LEADER
from web.undo import say_done


def _roles(request: OrganizerRequest, code: str, at: datetime) -> tuple[list[ShiftRole], dict[int, Rate]]:
    """The roles of a shift of the organization, with it, what the last plan says of them and what is known of the
    yes to their offers; one statement."""
    roles = with_plans(ShiftRole.objects.filter(shift__organization=request.organization, shift__code=code))
    found, rates = roles_and_rates(roles.select_related("shift__task", "shift__area").order_by("pk"), at=at)
    if not found:
        raise Http404
    return found, rates


@require_http_methods(["GET", "HEAD", "POST"])
@LEADER
def fill(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """Who could take the empty seats, the best first; POST asks those who are ticked."""
    leader_of_approved(request)
    at = clock.now()
    roles, rates = _roles(request, shift, at)
    found = roles[0].shift
    if found.status == Shift.Status.CANCELLED or (found.starts_at and found.starts_at <= at):
        return see_other("board", code, query={"shift": found.code})
    number = request.POST.get("part") or request.GET.get("part", "")
    asked = request.POST.get("order") or request.GET.get("order", "")
    order = Order(asked) if asked in list(Order) else Order.COST
    status = HTTPStatus.OK
    if request.method == "POST":
        if _send(request, chosen_role(roles, number), rates, order):
            query = {"part": number} if len(roles) > 1 else {}
            query |= {"order": str(order)} if order == Order.COVER else {}
            return see_other("fill", code, found.code, query=query)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    seen = fill_of(roles, rates, number, at, order)
    log_names(request, seen, at)
    board = reverse("organization:board", args=[code])
    context: dict[str, Any] = {
        **frame(request, "board", count_calls=False),
        "fill": seen,
        "shift": found,
        "here": reverse("organization:fill", args=[code, found.code]),
        "board_url": board,
        "board_part": f"{board}?fill={found.code}&seen=",
    }
    return render(request, "organization/fill.html", context, status=status)


def _send(request: OrganizerRequest, role: ShiftRole, rates: Mapping[int, Rate], order: Order) -> bool:
    """Ask those who are ticked and can still be asked; says what came of it, and whether anything did."""
    at = clock.now()
    wanted = set(request.POST.getlist("pick"))
    if not wanted:
        messages.error(request, gettext("Nobody is ticked. Tick at least one person"))
        return False
    # What speaks for somebody is found again here: nothing of it comes from the page.
    elsewhere = partial(planned_elsewhere, role=role)
    expected = rates[role.pk].mean
    found = suggestions(role, at=at, limit=MOST, elsewhere=elsewhere, order=order, expected=expected)
    rows = [row for row in found.rows if row.volunteer.number in wanted]
    picks = [Pick(volunteer_id=row.volunteer.pk, factors=row.factors) for row in rows]
    try:
        made = make_offers(role=role, picks=picks, source=Offer.Source.ORGANIZER, by=request.user, at=at)
    except DomainError as error:
        messages.error(request, error.message)
        return False
    _say(request, made, gone=len(wanted) - len(rows))
    return bool(made.offers)


def _say(request: OrganizerRequest, made: Made, *, gone: int) -> None:
    """How many were asked, and why somebody was not."""
    if made.offers:
        sent = ngettext("%(count)d person is asked.", "%(count)d people are asked.", len(made.offers))
        say_done(
            request,
            sent % {"count": len(made.offers)},
            back="#asked",
            label=gettext("See whom, or take back"),
        )
    for volunteer, turndown in made.refused:
        messages.warning(
            request,
            gettext("%(name)s was not asked: %(reason)s")
            % {"name": volunteer.user.name, "reason": turndown_in_words(turndown)},
        )
    if gone > 0:
        left = ngettext(
            "%(count)d person was asked by somebody else meanwhile, or cannot come any more.",
            "%(count)d people were asked by somebody else meanwhile, or cannot come any more.",
            gone,
        )
        messages.warning(request, left % {"count": gone})


@require_POST
@LEADER
def withdraw(request: OrganizerRequest, code: str, shift: str, offer: str) -> HttpResponse:
    """Take an offer back that nobody has answered."""
    leader_of_approved(request)
    found = get_object_or_404(
        Offer.objects.select_related("volunteer__user", "shift", "role"),
        shift__organization=request.organization,
        shift__code=shift,
        code=offer,
    )
    try:
        withdraw_offer(offer=found, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = gettext("The offer to %(name)s is taken back.")
        messages.success(request, said % {"name": found.volunteer.user.name})
    return see_other("fill", code, shift)


@require_http_methods(["GET", "HEAD", "POST"])
@LEADER
def filling(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """Whether people are only suggested, or asked or assigned by itself; the lead decides."""
    leader_of_approved(request)
    found: Any = get_object_or_404(own_tasks(request.organization), code=task)
    if found.share != Adoption.Role.LEAD:
        messages.error(request, gettext("Only the lead chooses this, for all shifts of the task."))
        return see_other("call", code, found.code)
    form = FillingForm(posted(request), initial={"filling": found.filling})
    if request.method == "POST" and form.is_valid():
        try:
            choose_filling(task=found, by=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Saved"))
            return see_other("call", code, found.code)
    context = {**frame(request, "calls"), "form": form, "task": found, "note": FOR_ALL_SHIFTS}
    return render(request, "organization/filling.html", context)
