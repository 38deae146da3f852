"""What every page of an authority has around it: navigation, what waits for a decision, a stop that is on."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Count, QuerySet, Value
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from areas.models import Area
from organizations.models import Organization
from organizations.permissions import is_official_of
from organizations.queries import verifications_waiting
from tasks.queries.escalations import unseen_before
from tasks.queries.marks import appeals_for_officials
from tasks.queries.reviews import reviews_waiting
from tasks.queries.stages import live_stops_around
from tasks.queries.transfers import transfers_waiting
from volunteers.queries import claims_waiting
from web.access import OfficialRequest
from web.context import NavItem, TabItem
from web.stops import stop_over, stops_strip


def frame(
    request: OfficialRequest,
    current: str,
    segment: str = "approvals",
    also: Mapping[str, QuerySet[Any]] | None = None,
) -> dict[str, Any]:
    """The context that the base template reads on officials' pages; two queries.

    `also`: rows that a page wants counted along with what waits; it finds their numbers as `counted`.
    """
    area = request.area
    waiting = _waiting(area, also or {})
    counted = {name: waiting.pop(name, 0) for name in also or {}}
    silent = waiting.pop("calls", 0)
    nav, tabs = ways(request.authority, area, current, sum(waiting.values()), silent)
    return {
        "area": area,
        "counted": counted,
        "authority": request.authority,
        "organization_name": request.authority.display_name,
        "home_url": nav[0].url,
        "room_styles": "web/area.css",
        "nav": nav,
        "tabs": tabs,
        "approval_segments": [
            NavItem(
                label, reverse(f"authority:{name}", args=[area.code]), name == segment, waiting.get(name, 0)
            )
            for name, label in (
                ("approvals", gettext("Organizations")),
                ("qualifications", gettext("Papers")),
                ("reviews", gettext("Calls of groups")),
                ("transfers", gettext("Help between areas")),
                ("objections", gettext("Objections")),
            )
        ],
        "footer_note": gettext(
            "Pages about areas show no persons. Who looks up a person states why, and that person can read it."
        ),
        **_stop_strip(request),
    }


def ways(
    authority: Organization, area: Area, current: str, waiting: int = 0, silent: int = 0
) -> tuple[list[NavItem], list[TabItem]]:
    """The navigation and the tabs of an authority's pages; its team and its own words are among them."""
    pages = (
        ("overview", "figures", gettext("Overview"), "authority:overview", area.code),
        ("calls", "ask", gettext("Calls"), "authority:calls", area.code),
        ("requests", "phone", pgettext("of residents", "Requests"), "authority:requests", area.code),
        ("stage", "time", pgettext("page", "Stage"), "authority:stage", area.code),
        ("approvals", "tick", gettext("Approvals"), "authority:approvals", area.code),
        ("report", "print", pgettext("page", "Report"), "authority:report", area.code),
        ("team", "people", gettext("Team"), "organization:team", authority.code),
    )
    counts = {"approvals": waiting, "calls": silent}
    nav = [
        NavItem(label, reverse(name, args=[code]), key == current, counts.get(key, 0))
        for key, _, label, name, code in pages
    ]
    tabs = [
        TabItem(icon, item.label, item.url, item.current, item.count)
        for (key, icon, *_), item in zip(pages, nav, strict=True)
        # A phone has room for five; the overview leads to the other two.
        if key not in ("report", "team")
    ]
    return nav, tabs


def _waiting(area: Area, also: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many wait for a word, by the name of the page that lists them, and the calls that went up; one query."""
    first, *others = (
        found.order_by().annotate(queue=Value(name)).values("queue").annotate(count=Count("pk"))
        for name, found in (
            ("approvals", verifications_waiting(area).select_related(None)),
            ("qualifications", claims_waiting(area).select_related(None)),
            ("reviews", reviews_waiting(area).select_related(None)),
            ("transfers", transfers_waiting(area).select_related(None)),
            ("objections", appeals_for_officials(area).select_related(None)),
            ("calls", unseen_before(area)),
            *also.items(),
        )
    )
    return {row["queue"]: row["count"] for row in first.union(*others, all=True)}


def _stop_strip(request: OfficialRequest) -> dict[str, Any]:
    """The yellow strip while a stop is in force here, with its way back for whoever may lift it."""
    stops = list(live_stops_around([request.area]))
    strip = stops_strip(stops)
    if strip is None:
        return {"live_stop": None}
    if len(stops) == 1 and is_official_of(request.user, stops[0].area):
        strip["url"] = reverse("authority:lift_stop", args=[stops[0].area.code])
        strip["link"] = gettext("Let it go on")
    return {"live_stop": stop_over(stops, request.area), "stage_notice": strip, "live_stops": stops}


def see_other(name: str, *args: str) -> HttpResponseRedirect:
    """To a page of ours after a POST."""
    return HttpResponseRedirect(reverse(f"authority:{name}", args=args), status=303)


def typed_in(form: forms.BaseForm) -> list[tuple[str, str]]:
    """What was typed, for a preview that carries it on in hidden fields."""
    data = form.data
    return [
        (form.add_prefix(name), value)
        for name in form.fields
        for value in (data.getlist(form.add_prefix(name)) if hasattr(data, "getlist") else [data.get(name)])
        if value
    ]
