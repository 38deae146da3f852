"""Finding a volunteer by the number that they say, and saying to somebody else why a seat is refused."""

from django.forms import BaseForm
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions.contacts import BadContact, normalize_phone
from core import access_log, clock, rates
from core.errors import DomainError
from core.models import AccessRecord
from tasks.actions.refusals import (
    AlreadySignedUp,
    BirthdayNeeded,
    ConsentWithdrawn,
    GuardianNeeded,
    NeedsRest,
    NotEligible,
    Overlap,
    TooFar,
    TooManyHours,
    TooYoung,
)
from tasks.models import Shift
from volunteers.models import Volunteer
from web.access import OrganizerRequest

LOOKUPS_AN_HOUR = 120
# Limits for the volunteer's own good, which an organizer may set aside.
LIMITS = (NeedsRest, TooManyHours, TooFar)
# What the domain says to the volunteer, said about them. A subclass comes before its class.
ABOUT_OTHERS = {
    AlreadySignedUp: _("%(name)s already has a seat in this shift"),
    Overlap: _("%(name)s has another shift at that time. Choose another person or another time"),
    NeedsRest: _("%(name)s has another shift less than %(hours)s hours before or after"),
    TooManyHours: _("%(name)s would serve more than the %(limit_hours)s hours a week that they chose"),
    TooFar: _("This is farther away than the %(reach_km)s km that %(name)s chose"),
    ConsentWithdrawn: _("%(name)s took back the agreement to take part, and must agree again first"),
    GuardianNeeded: _("%(name)s is under %(age)s. A guardian must be entered in the profile first"),
    BirthdayNeeded: _("This seat is for people from %(age)s. %(name)s has entered no date of birth"),
    TooYoung: _("This seat is for people from %(age)s. %(name)s is younger"),
    NotEligible: _("This seat needs: %(names)s. It is not in the profile of %(name)s"),
}


def said_of(volunteer: Volunteer, error: DomainError) -> str:
    """Why the volunteer gets no seat, in words for whoever asked on their behalf."""
    name = volunteer.user.name
    for kind, sentence in ABOUT_OTHERS.items():
        if isinstance(error, kind):
            return str(sentence) % {**error.params, "name": name}
    return error.message


def people_behind(
    request: OrganizerRequest, form: BaseForm, shift: Shift, *, purpose: AccessRecord.Purpose
) -> list[Volunteer]:
    """Volunteers behind the number in `who`; several where a family shares a telephone. Looking is logged."""
    if not rates.hit(f"lookup:{request.user.pk}", limit=LOOKUPS_AN_HOUR, seconds=3600, by_machine=True):
        form.add_error("who", gettext("That is many people in an hour. Go on a little later"))
        return []
    who = "".join(form.cleaned_data["who"].split())
    chosen = request.POST.get("volunteer", "")
    known = Volunteer.objects.filter(user__is_active=True).select_related("user").order_by("id")
    if len(who) == 8 and who.isdigit():
        people = list(known.filter(number=who))
    elif not set(who) <= set("+0123456789-()"):
        form.add_error("who", gettext("Write the eight digits of the volunteer number, or a mobile number"))
        return []
    else:
        try:
            people = list(known.filter(user__phone=normalize_phone(who))[:10])
        except BadContact as error:
            form.add_error("who", error.message)
            return []
    if not people:
        form.add_error(
            "who", gettext("Nobody has joined with this number. They can join in half a minute, see below")
        )
        return []
    access_log.record(
        person_ids=[each.user_id for each in people],
        by=request.user,
        label=request.organization.name,
        at=clock.now(),
        purpose=purpose,
        what=AccessRecord.What.NAME,
        about=shift.task.titles,
    )
    return [each for each in people if each.number == chosen] or people
