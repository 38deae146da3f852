"""What every page of an organization has around it: its navigation, its name, what waits for it."""

from typing import Any

from django.db.models import Count, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext

from core import clock
from organizations.models import Organization
from organizations.queries import LEADERS, delegations_held
from residents.queries.inbox import waiting_for_a_look
from tasks.queries.approvals import open_requests
from tasks.queries.board import open_incidents
from tasks.queries.calls import calls_to_adopt
from tasks.queries.handovers import waiting_in
from web.access import OrganizerRequest
from web.authority.frame import ways
from web.context import NavItem, TabItem
from web.stops import strip_around

# What somebody who only serves the desk can open.
MOST_PAGES = 8
FOR_THE_DESK = ("board", "schedule", "rosters", "desks", "team")
# What others ask of an organization: one tab at the foot of a phone, from which each of them is one more tap away.
ASKED = ("calls", "residents", "requests")


def frame(request: OrganizerRequest, current: str, *, count_calls: bool = True) -> dict[str, Any]:
    """The context that the base template reads on an organization's pages; a few queries."""
    organization = request.organization
    approved = organization.status == Organization.Status.APPROVED
    leads = request.membership.role in LEADERS
    counts = approved and leads and count_calls and not organization.is_authority
    found = _waiting(organization) if counts else {}
    waiting, asking, passed_on, residents, lent = (
        found.get(name, 0) for name in ("calls", "requests", "handovers", "residents", "lent")
    )
    pages: tuple[tuple[str, str, str], ...] = (
        ("board", "list", gettext("Board")),
        ("schedule", "calendar", gettext("Schedule")),
        ("calls", "ask", gettext("Calls")),
        ("residents", "phone", gettext("Residents")),
        ("rosters", "print", gettext("Roster")),
        ("desks", "qr", gettext("Desk")),
        ("hours", "time", gettext("Hours")),
        ("team", "people", gettext("Team")),
    )
    if asking or current == "requests":
        pages = (*pages[:2], ("requests", "seen-by", gettext("Requests")), *pages[2:])
    if len(pages) > MOST_PAGES and current != "rosters":
        # More do not fit into a line in English; the board leads to the rosters too.
        pages = tuple(each for each in pages if each[0] != "rosters")
    if not leads:
        pages = tuple(each for each in pages if each[0] in FOR_THE_DESK)
    nav = [
        NavItem(
            label,
            reverse(f"organization:{name}", args=[organization.code]),
            current=name == current,
            count={"calls": waiting, "requests": asking, "residents": residents}.get(name, 0),
        )
        for name, _, label in pages
    ]
    tabs = [
        TabItem(
            icon,
            item.label,
            item.url,
            current=item.current or (name == "calls" and current in ASKED),
            # On a phone one tab leads to all that is asked.
            count=waiting + asking + residents if name == "calls" else 0,
        )
        for (name, icon, _), item in zip(pages, nav, strict=True)
        # Six are enough for the foot of a phone; the board and what is asked lead to the others.
        if name not in ("rosters", "requests", "residents") or not leads
    ]
    asked_nav = [item for (name, _, _), item in zip(pages, nav, strict=True) if name in ASKED]
    if organization.is_authority and approved and leads:
        # Officials come here for their team and find the way back to their area.
        nav, tabs = ways(organization, organization.home_area, current)
    return {
        "organization": organization,
        "organization_name": organization.display_name,
        "requests_waiting": asking,
        "handover_count": passed_on,
        "residents_waiting": residents,
        "incident_count": found.get("incidents", 0),
        "decides_for_others": bool(lent),
        "home_url": nav[0].url,
        "nav": nav,
        "tabs": tabs,
        "asked_nav": [] if organization.is_authority else asked_nav,
        "role": request.membership.role,
        "stage_notice": strip_around([organization.home_area]),
    }


def _waiting(organization: Organization) -> dict[str, int]:
    """How many calls, requests for a seat, seats that are passed on, new requests of residents and incidents wait for
    a word, and how many decisions of authorities the organization may make; one statement."""
    calls, *others = (
        found.order_by().annotate(queue=Value(name)).values("queue").annotate(count=Count("pk"))
        for name, found in (
            ("calls", calls_to_adopt(organization).waiting()),
            ("requests", open_requests(organization)),
            ("handovers", waiting_in(organization, clock.now()).select_related(None)),
            ("residents", waiting_for_a_look(organization)),
            ("lent", delegations_held(organization, clock.now()).select_related(None)),
            ("incidents", open_incidents(organization)),
        )
    )
    return {row["queue"]: row["count"] for row in calls.union(*others, all=True)}


def short_address(request: HttpRequest, name: str, *args: str) -> str:
    """The whole address of a page without a language: short in a QR code, and each reader gets their own."""
    path = reverse(name, args=args)
    return request.build_absolute_uri(path.removeprefix(f"/{get_language()}"))
