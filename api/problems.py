"""Every kind of problem that the API answers with: its stable code, its HTTP status, and what it is called."""

from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

REFUSED = "refused"


@dataclass(frozen=True)
class Kind:
    """One kind of problem."""

    status: int
    title: str | Promise


# Of the door itself.
DOOR = {
    "malformed": Kind(400, _("The request cannot be read")),
    "not-signed-in": Kind(401, _("No valid token")),
    "forbidden": Kind(403, _("Not allowed")),
    "second-factor-needed": Kind(403, _("Second factor needed")),
    "not-found": Kind(404, _("Not found")),
    "method-not-allowed": Kind(405, _("Not possible with this address")),
    "not-acceptable": Kind(406, _("Answers are in JSON only")),
    "too-large": Kind(413, _("Too large")),
    "unsupported-media-type": Kind(415, _("Requests are in JSON only")),
    "invalid": Kind(422, _("Something in the request is not right")),
    "idempotency-key-malformed": Kind(422, _("Not a usable key")),
    "idempotency-key-reused": Kind(422, _("Key used before for something else")),
    "too-many-requests": Kind(429, _("Too many requests")),
    "internal": Kind(500, _("Our mistake")),
    "busy": Kind(503, _("Too many people at once")),
    "unavailable": Kind(503, _("Out of order for a moment")),
}
# Of what was asked for: a request that reached the domain and was refused by it.
DOMAIN = {
    REFUSED: Kind(409, _("Refused")),
    "shift-full": Kind(409, _("No free seat")),
    "overlap": Kind(409, _("Two shifts at the same time")),
    "not-eligible": Kind(409, _("Not for this person")),
    "already-signed-up": Kind(409, _("Has a seat already")),
    "too-late": Kind(409, _("Too late")),
    "not-open": Kind(409, _("Cancelled or over")),
    "stale": Kind(409, _("Changed a moment ago")),
    "area-stopped": Kind(409, _("Work stands still there")),
    "needs-rest": Kind(409, _("Too little rest between two shifts")),
    "too-many-hours": Kind(409, _("More hours a week than wished")),
    "too-far": Kind(409, _("Farther than wished")),
    "seats-out-of-bounds": Kind(422, _("Too many seats at once")),
    "no-volunteer": Kind(409, _("Not a volunteer yet")),
    "override-not-allowed": Kind(403, _("Only an organizer may set a limit aside")),
    "not-yet-open": Kind(409, _("Sign-up has not opened yet")),
    "sign-up-closed": Kind(409, _("Sign-up is over")),
    "party-too-large": Kind(409, _("Too many people for one sign-up")),
    "needs-approval": Kind(409, _("The organizer decides")),
    "not-holding": Kind(409, _("Seat given back already")),
    "already-here": Kind(409, _("Checked in already")),
    "offer-over": Kind(409, _("The offer is over")),
    "not-your-offer": Kind(403, _("Somebody else's offer")),
    "why-missing": Kind(422, _("The answer needs a reason")),
    "words-too-long": Kind(422, _("Too many characters")),
    "seat-is-free": Kind(409, _("There is a free seat")),
    "no-waiting-list": Kind(409, _("No waiting list")),
    "already-waiting": Kind(409, _("On the list already")),
    "party-beyond-shift": Kind(409, _("More people than the shift has seats")),
    "not-waiting": Kind(409, _("The place in line has ended")),
    "held-over": Kind(409, _("The seat went to the next")),
    "not-your-place": Kind(403, _("Somebody else's place in line")),
    "nothing-to-ask": Kind(409, _("Nobody has to agree")),
    "outside-window": Kind(409, _("Not the time for it")),
    "in-the-future": Kind(409, _("A time that has not come")),
    "not-checked-in": Kind(409, _("Not checked in")),
    "out-before-in": Kind(409, _("Left before they came")),
    "already-checked": Kind(409, _("Checked already")),
    "nonce-used": Kind(409, _("Nonce of another check")),
    "wrong-site-code": Kind(409, _("Not this site's code")),
    "ambiguous-code": Kind(409, _("A code of several people")),
    "not-released-yet": Kind(404, _("Before the first figures")),
    "no-public-figures": Kind(404, _("Too small for public figures")),
}
KINDS = DOOR | DOMAIN


def kind_of(code: str) -> Kind:
    """The kind with this code; a refusal without words of its own is called just that."""
    return KINDS.get(code) or DOMAIN[REFUSED]


def code_for(status: int) -> str:
    """What an error of this HTTP status is called, where nobody gave it a code."""
    named = {kind.status: code for code, kind in reversed(DOOR.items())} | {403: "forbidden", 422: "invalid"}
    fallback = "internal" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "malformed"
    return named.get(status, fallback)


def address_of(code: str) -> str:
    """The `type` of a problem: an address that explains it."""
    return f"{settings.SITE_URL}/problems/{code}"


class NoSuchThing(DomainError):
    """What the address names does not exist, or not for this person."""

    code = "not-found"
    text = _("There is nothing here, or it is not yours to see")


class NoSuchArea(NoSuchThing):
    """No area has this code."""

    text = _("There is no area with this code")


class NoPublicFigures(DomainError):
    """So small an area would show single persons."""

    code = "no-public-figures"
    text = _("Public figures go down to counties. In smaller areas they would show single persons")
