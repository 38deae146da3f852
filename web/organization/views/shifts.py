"""Changing, cancelling and passing on a shift, and the list of rosters."""

from datetime import date, time, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from areas.models import Area
from core import clock
from core.errors import DomainError
from organizations.models import Membership
from tasks.actions.shifts import cancel_shift, edit_shift
from tasks.models import Assignment, Shift, ShiftRole
from tasks.queries.board import shifts_of, signed_up
from web.access import OrganizerRequest, organizer
from web.forms import refuse
from web.organization.forms.posting import EditShiftForm
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame, short_address
from web.organization.guards import desk_of_approved, leader_of_approved
from web.organization.views.posting import typed
from web.organization.views.registration import see_other
from web.wording import full_date

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)
ROSTERS_AHEAD = timedelta(days=7)
SHIFT_FIELDS = {"starts_at": "day", "ends_at": "ends", "seats_min": "seats"}
ROLE_FIELDS = ("seats", "seats_min", "min_age")


def shift_of(request: OrganizerRequest, code: str) -> Shift:
    """A shift of the organization, by its code."""
    return get_object_or_404(
        Shift.objects.of(request.organization).select_related(
            "task__area", "organization__home_area", "area__parent__parent"
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
        .order_by(F("starts_at").asc(nulls_last=True), "id")[:100]
    )
    return render(request, "organization/rosters.html", {**frame(request, "rosters"), "shifts": shifts})


def _initial(shift: Shift, role: ShiftRole) -> dict[str, Any]:
    names = (
        "area",
        "place",
        "bring",
        "address",
        "private_details",
        "contact_name",
        "contact_phone",
        "release_notice_minutes",
    )
    values = {name: getattr(shift, name) for name in names}
    values |= {name: getattr(role, name) for name in ROLE_FIELDS}
    values |= {"role_name": role.name, "requirements": [each.pk for each in role.requirements.all()]}
    if shift.starts_at and shift.ends_at:
        start, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
        values |= {
            "day": start.date(),
            "starts": f"{start:%H:%M}",
            "ends": f"{end:%H:%M}",
            "overnight": end.date() > start.date(),
        }
    return values


def _changes(form: EditShiftForm, shift: Shift, role: ShiftRole) -> dict[str, Any]:
    """What the form says otherwise than the shift: names of the domain's fields with their new values."""
    values = form.shift_values()
    values["name"] = values.pop("role_name")
    if "day" in form.fields:
        values["starts_at"], values["ends_at"] = form.period(form.cleaned_data["day"])
    wanted = values.pop("requirements")
    changes = {
        name: value
        for name, value in values.items()
        if value != getattr(role if name in (*ROLE_FIELDS, "name") else shift, name)
    }
    if {each.pk for each in wanted} != {each.pk for each in role.requirements.all()}:
        changes["requirements"] = wanted
    return changes


@LEADER
def edit(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """Change a shift; whoever has a seat is named before anything happens."""
    leader_of_approved(request)
    found = shift_of(request, shift)
    role = found.roles.prefetch_related("requirements").order_by("id")[0]
    version = request.POST.get("version") or str(found.version)
    step = request.POST.get("step", "preview")
    form = EditShiftForm(request.POST or None, task=found.task, initial=_initial(found, role))
    if found.starts_at is None:
        for name in ("day", "starts", "ends", "overnight"):
            del form.fields[name]
    context = {**frame(request, "board"), "form": form, "shift": found, "version": version}
    if request.method == "POST" and form.is_valid() and step != "edit":
        changes = _changes(form, found, role)
        if not changes:
            messages.success(request, gettext("Nothing was changed."))
            return see_other("board", code, query={"shift": found.code})
        people = list(signed_up(found))
        keep = step == "save" or not people
        try:
            _edit(request, found, changes, form, version=version, keep=keep)
        except DomainError as error:
            refuse(form, error, SHIFT_FIELDS)
        else:
            if keep:
                messages.success(request, gettext("The shift is changed."))
                return see_other("board", code, query={"shift": found.code})
            context |= {"people": people, "changes": _named(form, changes), "torn": _torn(found, changes)}
            return render(request, "organization/edit_preview.html", {**context, "typed": typed(request)})
    return render(request, "organization/edit_shift.html", context)


@transaction.atomic
def _edit(
    request: OrganizerRequest,
    shift: Shift,
    changes: dict[str, Any],
    form: EditShiftForm,
    *,
    version: str,
    keep: bool,
) -> None:
    edit_shift(
        shift=shift,
        changes=changes,
        by=request.user,
        at=clock.now(),
        reason=form.cleaned_data["reason"],
        version=int(version) if version.isdigit() else 0,
    )
    if not keep:
        transaction.set_rollback(True)


def _named(form: EditShiftForm, changes: dict[str, Any]) -> list[tuple[str, str]]:
    """What changes and what it becomes, in the form's order."""
    names = set(changes)
    if names & {"starts_at", "ends_at"}:
        names |= {"day", "starts", "ends"} & set(form.changed_data)
    if "name" in names:
        names.add("role_name")
    return [
        (str(field.label), _new_value(form.cleaned_data.get(name)))
        for name, field in form.fields.items()
        if name in names
    ]


def _new_value(value: Any) -> str:
    """A value as it will be read; nothing for what needs no more than its label."""
    if isinstance(value, date):
        return full_date(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Area):
        return value.full_name
    if isinstance(value, int | str) and not isinstance(value, bool):
        return str(value).strip() or gettext("empty")
    return ""


def _torn(shift: Shift, changes: dict[str, Any]) -> int:
    """How many people a new time would put in two places at once: they lose this seat."""
    if not {"starts_at", "ends_at"} & set(changes):
        return 0
    period = (changes.get("starts_at", shift.starts_at), changes.get("ends_at", shift.ends_at))
    elsewhere = Assignment.objects.live().filter(period__overlap=period).exclude(shift=shift)
    return Assignment.objects.live().filter(shift=shift, volunteer__in=elsewhere.values("volunteer")).count()


@LEADER
def cancel(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """Call a shift off; whoever has a seat is named, and will be told why."""
    leader_of_approved(request)
    found = shift_of(request, shift)
    if found.status == Shift.Status.CANCELLED:
        messages.success(request, gettext("The shift is cancelled already."))
        return see_other("board", code)
    people = list(signed_up(found))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
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
            messages.success(request, told % {"count": len(people)})
            return see_other("board", code)
    context = {**frame(request, "board"), "form": form, "shift": found, "people": people}
    return render(request, "organization/cancel_shift.html", context)


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
