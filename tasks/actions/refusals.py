"""What a seat can be refused for, as errors with their sentences."""

from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from core.errors import DomainError
from tasks.actions.standstill import AreaStopped
from tasks.models import Shift
from tasks.policies import Ground, Reason
from tasks.rendering.admission import moment_in_words, openings_in_words


class NoSuchSeat(DomainError):
    code = "not-found"
    text = _("There is no such shift, or you have not joined as a volunteer yet")


class ShiftFull(DomainError):
    code = "shift-full"
    text = _("Somebody took the last seat a moment ago. Other shifts still need hands")


class Overlap(DomainError):
    code = "overlap"
    text = _("You already have a shift at that time. Give that seat back first, or choose another time")


class AlreadySignedUp(DomainError):
    code = "already-signed-up"
    text = _("You already have a seat in this shift")


class TooLate(DomainError):
    code = "too-late"
    text = _("This shift has begun. Whoever is nearby can still join at the desk")


class NotOpen(DomainError):
    code = "not-open"
    text = _("This shift is cancelled or over")


class SignUpClosed(DomainError):
    code = "sign-up-closed"
    text = _("Sign-up for this shift ended on %(until)s. Call the organizer if you can still come")


class NotYetOpen(DomainError):
    """The stage that lets this person in has not come; the fact `opens_at` is its moment."""

    code = "not-yet-open"
    text = "%(openings)s"


class PartyTooLarge(DomainError):
    code = "party-too-large"
    text = _("One sign-up takes at most %(most)s seats here. Whoever else comes signs up on their own")


class NeedsApproval(DomainError):
    code = "needs-approval"
    text = _("The organizer looks at each sign-up first. Ask for a seat, and you read their answer here")


class Stale(DomainError):
    code = "stale"
    text = _("Somebody changed this shift a moment ago. Look at it again before you decide")


class NotEligible(DomainError):
    """Something about the person; `ground` says what."""

    code = "not-eligible"
    ground = Ground.CAPABILITY
    text = _("This seat needs: %(names)s. Add it to your profile, or choose another shift")


class ConsentWithdrawn(NotEligible):
    ground = Ground.CONSENT
    text = _("You took back your agreement to take part. Agree again under My data, then sign up")


class GuardianNeeded(NotEligible):
    ground = Ground.GUARDIAN
    text = _("Under %(age)s, a guardian must agree first. Enter who that is in your profile")


class BirthdayNeeded(NotEligible):
    ground = Ground.BIRTHDAY
    text = _("This seat is for people from %(age)s. Enter your date of birth in your profile")


class TooYoung(NotEligible):
    ground = Ground.AGE
    text = _("This seat is for people from %(age)s")


class NeedsRest(DomainError):
    code = "needs-rest"
    text = _("Two shifts need %(hours)s hours of rest between them. Choose one that leaves you time to sleep")


class TooManyHours(DomainError):
    code = "too-many-hours"
    text = _(
        "That would be more than the %(limit_hours)s hours a week that you set. You can change your limit"
    )


class TooFar(DomainError):
    code = "too-far"
    text = _(
        "That is %(km)s km from you, farther than the %(reach_km)s km that you set. You can change your limit"
    )


class SeatsOutOfBounds(DomainError):
    code = "seats-out-of-bounds"
    text = _("One person can sign up 1 to %(most)s people")


class OverrideNotAllowed(DomainError):
    code = "override-not-allowed"
    text = _("Only an organizer of this shift may set a limit aside")


_ERRORS: dict[Ground, type[DomainError]] = {
    Ground.NOT_OPEN: NotOpen,
    Ground.TOO_LATE: TooLate,
    Ground.SHIFT_FULL: ShiftFull,
    Ground.SIGN_UP_CLOSED: SignUpClosed,
    Ground.NOT_YET_OPEN: NotYetOpen,
    Ground.PARTY: PartyTooLarge,
    Ground.NEEDS_APPROVAL: NeedsApproval,
    Ground.ALREADY_SIGNED_UP: AlreadySignedUp,
    Ground.OVERLAP: Overlap,
    Ground.CONSENT: ConsentWithdrawn,
    Ground.GUARDIAN: GuardianNeeded,
    Ground.BIRTHDAY: BirthdayNeeded,
    Ground.AGE: TooYoung,
    Ground.CAPABILITY: NotEligible,
    Ground.REST: NeedsRest,
    Ground.HOURS: TooManyHours,
    Ground.DISTANCE: TooFar,
}


def refusal_of(reason: Reason, shift: Shift) -> DomainError:
    """The error that a reason against a seat raises; its message is the sentence for the reader."""
    if reason.ground == Ground.AREA_STOPPED:
        return AreaStopped(area=shift.area.name)
    refusal = _ERRORS[reason.ground](**_spoken(reason, shift))
    refusal.facts = reason.params
    return refusal


def words_for(reason: Reason, shift: Shift) -> str:
    """The sentence of a reason, for or against, in the reader's language."""
    if not reason.good:
        return refusal_of(reason, shift).message
    params = _spoken(reason, shift)
    if reason.ground == Ground.REST:
        return str(_("Rested: more than %(hours)s hours lie between this and your other shift")) % params
    if reason.ground == Ground.HOURS:
        hours = params["left_hours"]
        return ngettext("%(count)d hour left this week", "%(count)d hours left this week", hours) % {
            "count": hours
        }
    if reason.ground == Ground.DISTANCE:
        return str(_("%(km)s km from you, within the %(reach_km)s km that you set")) % params
    return str(_("You are old enough for it")) % params


def _spoken(reason: Reason, shift: Shift) -> dict[str, Any]:
    """The values of a reason as a sentence says them."""
    params: dict[str, Any] = dict(reason.params)
    if "metres" in params:
        params["km"] = f"{params['metres'] / 1000:.1f}"
    if "left_minutes" in params:
        params["left_hours"] = params["left_minutes"] // 60
    if "names" in params:
        params["names"] = pgettext("between names", ", ").join(params["names"])
    if reason.ground == Ground.NOT_YET_OPEN:
        params["openings"] = openings_in_words(reason, shift)
    if "until" in params:
        params["until"] = moment_in_words(params["until"])
    for key in ("starts_at", "ends_at"):
        if key in params:
            params[key] = f"{localtime(params[key]):%H:%M}"
    return params
