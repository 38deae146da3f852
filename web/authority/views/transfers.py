"""Help between areas: given and taken, proposed, answered and ended."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext

from areas.models import Area
from areas.queries import full_names
from core import clock
from core.errors import DomainError
from insights.disclosure import persons
from organizations.models import Delegation
from organizations.permissions import mandate_of
from tasks.actions.reasons import ReasonMissing
from tasks.actions.transfers import end_transfer, propose_transfer, withdraw_transfer
from tasks.models import Task, Transfer
from tasks.queries.transfers import transfers_around, who_could_help, with_names
from web.access import OfficialRequest, official
from web.authority.forms.governing import AnswerForm, TransferForm
from web.authority.forms.stages import ReasonForm
from web.authority.frame import frame, see_other
from web.decisions import answer_transfer
from web.forms import posted, refuse

PAGE = 25
TASKS_MOST = 60


@official
def transfers(request: OfficialRequest, area_code: str) -> HttpResponse:
    """What the area gives and takes, and what waits for an answer."""
    at = clock.now()
    page = Paginator(transfers_around(request.area), PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(request, "approvals", "transfers"),
        "page": page,
        "rows": [
            (each, request.area.contains(each.giver), is_late(each, at), waits_for(each, request.area))
            for each in page
        ],
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "authority/transfers.html", context)


def is_late(transfer: Transfer, at: Any) -> bool:
    return transfer.status == Transfer.Status.PROPOSED and transfer.due_at <= at


def waits_for(transfer: Transfer, area: Area) -> bool:
    """Whether the word of the area, or of one below it, is the missing one."""
    asked = transfer.taker if transfer.giver_agreed_at else transfer.giver
    return transfer.status == Transfer.Status.PROPOSED and area.contains(asked)


@official
def new_transfer(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Propose help: from elsewhere for a call of this area, or from this area for a call elsewhere."""
    area, at = request.area, clock.now()
    asked, named = request.GET.get("task", ""), request.GET.get("giver", "")
    tasks = list(
        Task.objects.public()
        .filter(Q(area__path__startswith=area.path) | Q(code=asked))
        .select_related("area__parent__parent", "issuer")
        .order_by("filled_at", "-priority", "starts_on", "pk")[:TASKS_MOST]
    )
    task = next((each for each in tasks if each.code == asked), None)
    elsewhere = task is not None and not area.contains(task.area)
    helpers = [] if elsewhere else who_could_help(task.area if task else area, at)
    # Calls of elsewhere are helped from here; those of here from a county or an area like this one.
    if elsewhere:
        givers = list(Area.objects.within(area).filter(level__lte=max(area.level, Area.Level.COUNTY)))
    else:
        apart = Area.objects.filter(level__in={Area.Level.COUNTY, area.level}).exclude(
            Q(path__startswith=area.path) | Q(path__in=area.paths_above())
        )
        givers = list(apart)
    names = full_names(givers)
    form = TransferForm(
        posted(request),
        tasks=tasks,
        givers=sorted(givers, key=lambda each: (each.level, each.sort_key, each.code)),
        names=names,
        initial={"task": asked, "giver": named or (area.code if elsewhere else "")},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = propose_transfer(
                task=said["task"],
                giver=said["giver"],
                people=said["people"],
                words=said["words"],
                by=request.user,
                at=at,
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Proposed. The other side has been told and answers."))
            return see_other("transfer", area_code, made.code)
    context = {
        **frame(request, "approvals", "transfers"),
        "form": form,
        "task": task,
        # Persons: small numbers are hidden, the others rounded, as in every figure.
        "helpers": [(helper, persons(helper.willing).value) for helper in helpers],
    }
    return render(request, "authority/new_transfer.html", context)


@official
def transfer(request: OfficialRequest, area_code: str, transfer: str) -> HttpResponse:
    """One of them: what was said by whom, and what can be done now."""
    area, at = request.area, clock.now()
    around = Q(giver__path__startswith=area.path) | Q(taker__path__startswith=area.path)
    found = get_object_or_404(with_names(Transfer.objects.filter(around)), code=transfer)
    form: Any = None
    if waits_for(found, area):
        form = AnswerForm(posted(request) if request.POST.get("step") == "answer" else None)
    elif found.status == Transfer.Status.AGREED:
        form = ReasonForm(posted(request) if request.POST.get("step") == "end" else None)
    error = ""
    if request.method == "POST":
        try:
            sentence = _act(request, found, form)
        except DomainError as refusal:
            error = refusal.message
            if form is not None and form.is_bound and isinstance(refusal, ReasonMissing):
                refuse(form, refusal)
                error = ""
        else:
            if sentence:
                messages.success(request, sentence)
                return see_other("transfer", area_code, found.code)
    mine = [
        side
        for side, place in (("giver", found.giver), ("taker", found.taker))
        if mandate_of(request.user, place, Delegation.Kind.TRANSFER, at)
    ]
    proposed = found.status == Transfer.Status.PROPOSED
    context = {
        **frame(request, "approvals", "transfers"),
        "transfer": found,
        "task": found.task,
        "form": form,
        "error": error,
        "late": is_late(found, at),
        "answers": waits_for(found, area) and found.asked_by_id != request.user.pk,
        "takes_back": proposed and ("giver" if found.giver_agreed_at else "taker") in mine,
        "ends": found.status == Transfer.Status.AGREED and bool(mine),
        "call_url": reverse("authority:call", args=[area_code, found.task.code])
        if area.contains(found.task.area)
        else reverse("public:need", args=[found.task.code]),
    }
    return render(request, "authority/transfer.html", context)


def _act(request: OfficialRequest, transfer: Transfer, form: Any) -> str:
    """Do what the form that was sent says; "" where it has to be looked at again."""
    step, at = request.POST.get("step"), clock.now()
    if step == "withdraw":
        withdraw_transfer(transfer=transfer, by=request.user, at=at)
        return gettext("Taken back.")
    if form is None or not form.is_bound:
        # Somebody was quicker: the page shows what it is now.
        return gettext("This was decided meanwhile.")
    if not form.is_valid():
        return ""
    if step == "end":
        end_transfer(transfer=transfer, by=request.user, at=at, reason=form.cleaned_data["reason"])
        return gettext("Ended. Whoever has taken work on keeps it.")
    return answer_transfer(transfer, form, by=request.user, at=at)
