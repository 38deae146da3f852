"""What residents ask for, as the organization that looks at it sees it: the list, and one request."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST

from core import clock
from core.errors import DomainError
from organizations.models import Membership
from residents.actions.merging import unmerge
from residents.actions.moving import elsewhere
from residents.actions.placing import mark_served
from residents.actions.telling import looked
from residents.models import HelpRequest
from residents.permissions import can_triage
from residents.policies import ALLOWED, Verb
from residents.queries.alike import alike
from residents.queries.inbox import (
    ENDED_DAYS,
    ENDED_MOST,
    areas_among,
    counts_of,
    given_away,
    happened_to,
    kinds_among,
    laid_to,
    narrowed,
    of_kind,
    parts_of,
    recent,
    requests_of,
    soonest_due,
    with_names,
    with_words,
)
from web.access import OrganizerRequest, View, organizer
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.registration import see_other
from web.request_states import event_words, promise_state, request_rows, state_words, why_words
from web.wording import shown_count

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)
PAGE = 25
MOST_CHARACTERS = 60


@LEADER
def residents(request: OrganizerRequest, code: str) -> HttpResponse:
    """The list: late first, then by state and by when the promise runs out; narrowed by kind, area and words."""
    leader_of_approved(request)
    at = clock.now()
    own = recent(requests_of(request.organization), at)
    kinds, areas = list(kinds_among(own)), list(areas_among(own))
    chosen = filters_of(request.GET)
    found = of_kind(own, chosen["kind"]) if chosen["kind"] else own
    if area := next((each for each in areas if each.code == chosen["area"]), None):
        found = found.filter(area=area)
    found = with_words(found, chosen["q"])
    counts = counts_of(found, at)
    state = shown_state(chosen["state"], counts)
    page = max(int(number) if (number := request.GET.get("page", "")).isdecimal() else 1, 1)
    first = (page - 1) * PAGE
    listed = soonest_due(narrowed(found, state, at), state)
    rows = request_rows(with_names(listed)[first : first + PAGE], at)
    chosen = {**chosen, "state": state}
    context = {
        **frame(request, "residents"),
        "segments": segments(counts, chosen),
        "rows": rows,
        "chosen": chosen,
        "state": state,
        "ended_days": ENDED_DAYS,
        "kinds": kinds,
        "areas": areas,
        "may_place": state in ("late", "new", "verified"),
        "placeable": ALLOWED[Verb.PLACED],
        "page_number": page,
        "page_count": max(-(-counts[state] // PAGE), 1),
        "previous_url": page_address(chosen, page - 1) if page > 1 else "",
        "next_url": page_address(chosen, page + 1) if first + PAGE < counts[state] else "",
    }
    return render(request, "organization/residents.html", context)


def filters_of(given: Any) -> dict[str, str]:
    """What the list is narrowed to, as the address says it."""
    return {name: given.get(name, "")[:MOST_CHARACTERS] for name in ("state", "kind", "area", "q")}


def shown_state(wanted: str, counts: dict[str, int]) -> str:
    """The narrowing to show: the one asked for, else the first in which something waits."""
    if wanted in counts:
        return wanted
    return next((name for name in ("late", "new", "verified", "placed") if counts[name]), "new")


def page_address(chosen: dict[str, str], page: int) -> str:
    return f"?{urlencode({**{name: value for name, value in chosen.items() if value}, 'page': page})}"


def segments(counts: dict[str, int], chosen: dict[str, str]) -> list[tuple[str, str, str, bool]]:
    """The address, the words, the count of each narrowing, and whether it is the one shown."""
    names = {
        "late": pgettext("requests", "Late"),
        "new": pgettext("requests", "New"),
        "verified": pgettext("requests", "Checked"),
        "placed": pgettext("requests", "In work"),
        "served": pgettext("requests", "Brought"),
        "ended": pgettext("requests", "Ended"),
    }
    return [
        (
            f"?{urlencode({**{key: value for key, value in chosen.items() if value}, 'state': name})}",
            words,
            shown_count(counts[name], ENDED_MOST if name == "ended" else None),
            name == chosen["state"],
        )
        for name, words in names.items()
    ]


def of_request(view: Callable[..., HttpResponse]) -> View:
    """For leaders, with the request that the address names in place of its name.

    Who comes after a colleague passed it on reads who looks at it now; for all others there is no such request.
    """

    @wraps(view)
    def found(request: OrganizerRequest, code: str, ref: str, **rest: str) -> HttpResponse:
        leader_of_approved(request)
        asked = request_named(request, ref)
        if asked is not None:
            return view(request, code, asked, **rest)
        gone = given_away(ref, request.organization)
        if gone is None:
            raise Http404
        messages.error(request, elsewhere(gone).message)
        return see_other("residents", code)

    return LEADER(found)


def request_named(request: OrganizerRequest, ref: str) -> HelpRequest | None:
    """A request that the organization looks at."""
    found = with_names(requests_of(request.organization)).filter(ref=ref).first()
    return found if found is not None and can_triage(request.user, found) else None


@of_request
def resident(request: OrganizerRequest, code: str, found: HelpRequest) -> HttpResponse:
    """One request; POST shows whom to call, and that is written down for whoever asked."""
    at = clock.now()
    if shows_contact := request.method == "POST":
        looked(request=found, by=request.user, at=at, organization=request.organization)
    return render(
        request, "organization/resident.html", {**_one(request, found, at), "shows_contact": shows_contact}
    )


def _one(request: OrganizerRequest, found: HelpRequest, at: datetime) -> dict[str, Any]:
    shape, words = promise_state(found, at)
    may = {verb.name.lower(): found.status in statuses for verb, statuses in ALLOWED.items()}
    return {
        **frame(request, "residents"),
        "asked": found,
        "shape": shape,
        "promise": words,
        "state": state_words(found),
        "may": may,
        "may_decide": any(may[name] for name in ("verified", "corrected", "placed", "declined")),
        "alike": [(each, why_words(each.why)) for each in alike(found)] if may["merged"] else [],
        "merged": list(laid_to(found)),
        "parts": list(parts_of(found)),
        "events": [(event, event_words(event.verb)) for event in happened_to(found)],
        "has_contact": bool(found.name or found.phone or found.address),
        "now": at,
    }


@require_POST
@of_request
def served(request: OrganizerRequest, code: str, found: HelpRequest) -> HttpResponse:
    """Help was brought."""
    try:
        mark_served(request=found, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("Noted. The resident is asked whether it is done."))
    return see_other("resident", code, found.ref)


@require_POST
@of_request
def apart(request: OrganizerRequest, code: str, found: HelpRequest) -> HttpResponse:
    """Undo: it is no duplicate after all."""
    try:
        unmerge(request=found, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("It stands by itself again."))
    return see_other("resident", code, found.ref)
