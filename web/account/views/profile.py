"""What a volunteer says of themselves: profile, age, week, duty, people who act for them."""

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core import clock, rates
from core.errors import DomainError
from volunteers.actions import (
    ProfileChanges,
    add_exception,
    end_proxy,
    grant_proxy,
    remove_exception,
    set_availability,
    set_birth,
    update_profile,
)
from volunteers.models import VolunteerCapability
from volunteers.queries import live_proxies_of, papers_of
from web.access import VolunteerRequest, volunteer_only
from web.account.page import show
from web.account.profile_forms import (
    PARTS,
    SAID,
    BirthForm,
    ExceptionForm,
    PointForm,
    ProfileForm,
    ProxyForm,
    WeekForm,
)
from web.account.views.enter import see_other
from web.forms import posted, refuse

DAY = re.compile(r"2\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@require_http_methods(["GET", "POST"])
@volunteer_only
def profile(request: VolunteerRequest) -> HttpResponse:
    """Where, how far, how much, what."""
    volunteer = request.volunteer
    form = ProfileForm(posted(request), volunteer=volunteer, initial=_said(request))
    if request.method == "POST" and form.is_valid():
        update_profile(
            volunteer=volunteer,
            changes={
                "area": form.area(),
                "reach_km": form.cleaned_data["reach_km"],
                "max_hours_week": form.cleaned_data["max_hours_week"],
                "offers_a_day": form.cleaned_data["offers_a_day"],
                "takes_assignments": form.cleaned_data["takes_assignments"],
                "sex": form.cleaned_data["sex"],
                "is_student": form.cleaned_data["is_student"],
                "causes": form.chosen_causes(),
                "capabilities": form.chosen_capabilities(),
            },
            by=request.user,
            at=clock.now(),
        )
        messages.success(request, gettext("Saved. We ask you only for what fits"))
        return see_other("account:profile")
    return show(request, "profile", {"form": form, "papers": papers_of(volunteer).count()})


def _said(request: VolunteerRequest) -> dict[str, Any]:
    """What the profile says now, as the form shows it."""
    volunteer = request.volunteer
    initial: dict[str, Any] = {
        "county": volunteer.county.code if volunteer.county else "",
        "township": volunteer.area.code if volunteer.area else "",
        "reach_km": volunteer.reach_km,
        "max_hours_week": volunteer.max_hours_week,
        "offers_a_day": volunteer.offers_a_day,
        "takes_assignments": volunteer.takes_assignments,
        "sex": volunteer.sex,
        "is_student": {True: "yes", False: "no", None: ""}[volunteer.is_student],
        "causes": list(volunteer.causes.values_list("code", flat=True)),
    }
    said = VolunteerCapability.objects.filter(volunteer=volunteer, capability__kind__in=SAID)
    for kind in SAID:
        initial[kind] = []
    for row in said.select_related("capability"):
        initial[row.capability.kind].append(row.capability.code)
    return initial


@require_POST
@volunteer_only
def point(request: VolunteerRequest) -> HttpResponse:
    """Keep the point where the browser says that somebody is."""
    form = PointForm(posted(request))
    if request.volunteer.area is None or not form.is_valid():
        messages.error(request, gettext("Your place could not be read. Nothing was changed"))
        return see_other("account:profile")
    _keep_point(request, form.point())
    messages.success(request, gettext("Noted. Distances are measured from here now"))
    return see_other("account:profile")


@require_POST
@volunteer_only
def point_forget(request: VolunteerRequest) -> HttpResponse:
    """Keep no point any more."""
    _keep_point(request, {"longitude": None, "latitude": None})
    messages.success(request, gettext("Forgotten. We know only your street or county"))
    return see_other("account:profile")


def _keep_point(request: VolunteerRequest, changes: ProfileChanges) -> None:
    update_profile(volunteer=request.volunteer, changes=changes, by=request.user, at=clock.now())


@require_http_methods(["GET", "POST"])
@volunteer_only
def birth(request: VolunteerRequest) -> HttpResponse:
    """How old somebody is; for a child who agreed."""
    volunteer = request.volunteer
    form = BirthForm(
        posted(request),
        initial={
            "birth_on": volunteer.birth_on,
            "guardian_name": volunteer.guardian_name,
            "guardian_phone": volunteer.guardian_phone,
            "guardian_agrees": volunteer.guardian_consent_at is not None,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_birth(volunteer=volunteer, by=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Saved"))
            return see_other("account:profile")
    return show(request, "birth", {"form": form})


@require_http_methods(["GET", "POST"])
@volunteer_only
def availability(request: VolunteerRequest) -> HttpResponse:
    """The usual week, and the days that differ."""
    volunteer = request.volunteer
    form = WeekForm(
        posted(request), initial=WeekForm.initial_of(volunteer.week.order_by("weekday", "starts_hour"))
    )
    if request.method == "POST" and form.is_valid():
        set_availability(volunteer=volunteer, windows=form.windows(), by=request.user, at=clock.now())
        messages.success(request, gettext("Saved. We ask you at these times"))
        return see_other("account:availability")
    context = {
        "form": form,
        "parts": PARTS,
        "exceptions": volunteer.exceptions.filter(ends_on__gte=clock.today()).order_by("starts_on"),
    }
    return show(request, "availability", context)


@require_http_methods(["GET", "POST"])
@volunteer_only
def exception(request: VolunteerRequest) -> HttpResponse:
    """Days that differ from the week."""
    form = ExceptionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            add_exception(volunteer=request.volunteer, by=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            return see_other("account:availability")
    return show(request, "exception", {"form": form})


def _exists(day: str) -> bool:
    """Whether there is such a day; parsing 30 February raises."""
    try:
        return parse_date(day) is not None
    except ValueError:
        return False


@require_POST
@volunteer_only
def exception_end(request: VolunteerRequest, day: str) -> HttpResponse:
    """The week holds again from this day on."""
    if not DAY.fullmatch(day) or not _exists(day):
        raise Http404
    row = request.volunteer.exceptions.select_related("volunteer").filter(starts_on=day).first()
    if row is None:
        raise Http404
    remove_exception(exception=row, by=request.user, at=clock.now())
    return see_other("account:availability")


@require_http_methods(["GET", "POST"])
@volunteer_only
def proxies(request: VolunteerRequest) -> HttpResponse:
    """Who acts for this volunteer; whoever does so chooses nobody else."""
    if request.method == "POST" and request.acts_for_other:
        raise PermissionDenied
    form = ProxyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            _count_guesses(request)
            grant_proxy(
                volunteer=request.volunteer,
                number=form.cleaned_data["number"],
                consent=form.cleaned_data["consent"],
                by=request.user,
                at=clock.now(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Noted. You can end it here at any time"))
            return see_other("account:proxies")
    context = {"form": form, "proxies": live_proxies_of(request.volunteer)}
    return show(request, "proxies", context)


class TooManyNumbers(DomainError):
    code = "too-many-numbers"
    text = "%(sentence)s"


def _count_guesses(request: VolunteerRequest) -> None:
    """A form that knows volunteer numbers must not tell them to whoever tries them all."""
    if not rates.hit(f"proxy-number:{request.user.pk}", limit=10, seconds=3600, by_machine=True):
        sentence = gettext("Ten numbers in an hour are enough. Ask the person for theirs, and try later")
        raise TooManyNumbers(field="number", sentence=sentence)


@require_POST
@volunteer_only
def proxy_end(request: VolunteerRequest, code: str) -> HttpResponse:
    """Nobody acts in this way any more."""
    row = get_object_or_404(live_proxies_of(request.volunteer), user__code=code)
    if request.acts_for_other and row.user_id != request.user.pk:
        raise PermissionDenied
    end_proxy(proxy=row, by=request.user, at=clock.now())
    messages.success(request, gettext("Ended. From now on you act alone"))
    return see_other("account:proxies")
