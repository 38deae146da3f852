"""Hours that wait for a confirmation."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from core import clock
from core.errors import DomainError
from organizations.models import Membership
from tasks import policies
from tasks.actions.attendance import check, confirm_hours
from tasks.models import CheckIn, Shift
from tasks.queries.roster import RosterRow, hours_rows, unconfirmed
from volunteers.queries import volunteer_of
from web.access import OrganizerRequest, organizer
from web.forms import refuse
from web.organization.forms.desk import DepartureForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.registration import see_other

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)


@dataclass(frozen=True)
class HoursRow:
    """One person's time at a shift, and the minutes that count."""

    row: RosterRow
    minutes: int | None
    own: bool

    @property
    def lasted(self) -> timedelta:
        return timedelta(minutes=self.minutes or 0)

    @property
    def ready(self) -> bool:
        return bool(self.minutes) and not self.own


@dataclass(frozen=True)
class HoursShift:
    """A shift with those who were timed, and those of whom nobody saw when they left."""

    shift: Shift
    timed: list[HoursRow] = field(default_factory=list)
    open: list[HoursRow] = field(default_factory=list)


@LEADER
def hours(request: OrganizerRequest, code: str) -> HttpResponse:
    """What waits, shift by shift; POST confirms the ticked ones, or all that are complete."""
    leader_of_approved(request)
    at = clock.now()
    groups = _groups(request, at)
    ready = [each.row.assignment_code for group in groups for each in group.timed if each.ready]
    error = ""
    ticked = request.POST.getlist("assignment")
    if request.method == "POST":
        wanted = ready if request.POST.get("do") == "all" else [code for code in ready if code in ticked]
        if not wanted:
            error = gettext("Tick at least one line. What was confirmed already is no longer in the list")
        else:
            try:
                records = confirm_hours(
                    assignments=unconfirmed(request.organization.pk, at=at, assignments=wanted),
                    by=request.user,
                    at=at,
                )
            except DomainError as refusal:
                error = refusal.message
            else:
                messages.success(
                    request,
                    ngettext(
                        "%(count)d person's hours are confirmed. A message with thanks is on its way.",
                        "%(count)d people's hours are confirmed. Messages with thanks are on their way.",
                        len(records),
                    )
                    % {"count": len(records)},
                )
                return see_other("hours", code)
    context = {
        **frame(request, "hours"),
        "groups": groups,
        "timed": [group for group in groups if group.timed],
        "open": [group for group in groups if group.open],
        "ready": len(ready),
        "timed_count": sum(len(group.timed) for group in groups),
        "open_count": sum(len(group.open) for group in groups),
        "ticked": ticked,
        "error": error,
    }
    return render(request, "organization/hours.html", context)


def _groups(request: OrganizerRequest, at: datetime) -> list[HoursShift]:
    groups: dict[int, HoursShift] = {}
    own = volunteer_of(request.user)
    for shift, row in hours_rows(request.organization.pk, at=at):
        group = groups.setdefault(shift.pk, HoursShift(shift))
        minutes = _minutes(shift, row)
        line = HoursRow(row, minutes, own is not None and row.number == own.number)
        (group.open if minutes is None else group.timed).append(line)
    return list(groups.values())


def _minutes(shift: Shift, row: RosterRow) -> int | None:
    """The minutes that would be confirmed; None while the departure is missing, 0 where nothing counts."""
    if row.in_at is None or row.out_at is None:
        return None
    period = (shift.starts_at, shift.ends_at) if shift.starts_at and shift.ends_at else None
    served = policies.served_period(period, row.in_at, row.out_at)
    return policies.minutes_in(served[1] - served[0]) if served else 0


@LEADER
def departure(request: OrganizerRequest, code: str, assignment: str) -> HttpResponse:
    """Enter when somebody left, whom nobody checked out."""
    leader_of_approved(request)
    at = clock.now()
    seat = get_object_or_404(
        unconfirmed(request.organization.pk, at=at).select_related("shift__area"), code=assignment
    )
    arrived = seat.check_ins.get(kind=CheckIn.Kind.IN, voided_at=None)
    initial = {"at": timezone.localtime(seat.shift.ends_at) if seat.shift.ends_at else None}
    form = DepartureForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        moment = form.cleaned_data["at"]
        try:
            check(
                assignment=seat,
                kind=CheckIn.Kind.OUT,
                method=CheckIn.Method.DESK,
                at=moment,
                by=request.user,
                nonce=uuid5(NAMESPACE_URL, f"departure:{seat.code}:{moment.isoformat()}"),
                recorded_at=at,
            )
        except DomainError as error:
            refuse(form, error)
        else:
            said = gettext("%(name)s left at %(time)s. Their time can be confirmed now.")
            left = f"{timezone.localtime(moment):%H:%M}"
            messages.success(request, said % {"name": seat.volunteer.user.name, "time": left})
            return see_other("hours", code)
    context = {**frame(request, "hours"), "form": form, "seat": seat, "arrived": arrived}
    return render(request, "organization/departure.html", context)
