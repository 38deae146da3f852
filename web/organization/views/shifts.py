"""Cancelling and passing on a shift, and the list of rosters."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, ngettext

from core import clock
from core.errors import DomainError
from organizations.models import Membership
from tasks.actions.shifts import cancel_shift
from tasks.models import Shift
from tasks.queries.board import shifts_of, signed_up
from web.access import OrganizerRequest, organizer
from web.forms import refuse
from web.organization.forms.calling_off import is_sure, many_told
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame, short_address
from web.organization.guards import desk_of_approved, leader_of_approved
from web.organization.pages import page_of
from web.organization.views.registration import see_other

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)
PAGE = 50
ROSTERS_AHEAD = timedelta(days=7)
# In an address: what was just posted is taken back.
MISTAKE = "mistake"


def shift_of(request: OrganizerRequest, code: str) -> Shift:
    """A shift of the organization, by its code."""
    return get_object_or_404(
        Shift.objects.of(request.organization).select_related(
            "task__area__parent__parent", "organization__home_area", "area__parent__parent"
        ),
        code=code,
    )


@organizer()
def rosters(request: OrganizerRequest, code: str) -> HttpResponse:
    """Shifts of the next days, each with its roster to print."""
    desk_of_approved(request)
    at = clock.now()
    shifts = (
        shifts_of(request.organization)
        .filter(Q(ends_at=None) | Q(ends_at__gt=at - timedelta(hours=12)))
        .filter(Q(starts_at=None) | Q(starts_at__lt=at + ROSTERS_AHEAD))
        .order_by(F("starts_at").asc(nulls_last=True), "id")
    )
    context = {**frame(request, "rosters"), **page_of(request, shifts, PAGE)}
    return render(request, "organization/rosters.html", context)


@LEADER
def cancel(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """Call a shift off; whoever has a seat is named, and will be told why."""
    leader_of_approved(request)
    found = shift_of(request, shift)
    if found.status == Shift.Status.CANCELLED:
        messages.success(request, gettext("The shift is cancelled already."))
        return see_other("board", code)
    people = list(signed_up(found))
    form = ReasonForm(request.POST or None, initial=because(request))
    many = many_told(len(people), request.POST or None)
    # Both are asked, so that each says what is wrong in it.
    if request.method == "POST" and all([form.is_valid(), is_sure(many)]):
        try:
            cancel_shift(shift=found, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        except DomainError as error:
            refuse(form, error)
        else:
            told = ngettext(
                "The shift is cancelled, %(count)d person is told.",
                "The shift is cancelled, %(count)d people are told.",
                len(people),
            )
            nobody = gettext("The shift is cancelled. Nobody had a seat.")
            messages.success(request, told % {"count": len(people)} if people else nobody)
            return see_other("board", code)
    context = {**frame(request, "board"), "form": form, "many": many, "shift": found, "people": people}
    return render(request, "organization/cancel_shift.html", context)


def because(request: OrganizerRequest) -> dict[str, str]:
    """The reason that stands there already where somebody takes back what they have just posted."""
    return {"reason": gettext("Posted by mistake")} if MISTAKE in request.GET else {}


@organizer()
def share(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """A poster with QR and link: no names on it."""
    desk_of_approved(request)
    found = get_object_or_404(shifts_of(request.organization), code=shift)
    context = {
        **frame(request, "board"),
        "shift": found,
        "missing": max(found.needed - found.taken, 0),
        "address": short_address(request, "public:need", found.code),
    }
    return render(request, "organization/share.html", context)
