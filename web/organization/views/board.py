"""The board: one list of shifts, what is wrong first, and the chosen shift beside it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2s
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext, pgettext

from core import clock
from organizations.models import Organization
from organizations.queries import LEADERS
from tasks.queries.board import open_incidents, shifts_of, signed_up
from tasks.queries.stages import stage_of
from tasks.queries.waiting import count_waiting
from web.access import OrganizerRequest, organizer
from web.guide import first_steps
from web.organization.board_rows import SECTIONS, BoardRow, board_row, board_rows
from web.organization.frame import frame
from web.wording import duration_words

# How many days the board shows, today among them: what an organizer can act on, then two looks further ahead.
HORIZONS = (3, 14, 120)
SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    note: str
    rows: list[BoardRow]


@organizer()
def board(request: OrganizerRequest, code: str) -> HttpResponse:
    organization = request.organization
    if organization.status != Organization.Status.APPROVED:
        return waiting(request)
    at = clock.now()
    days = _days(request.GET.get("days", ""))
    rows = board_rows(organization, at, until=_midnight(at) + timedelta(days=days))
    chosen = request.GET.get("shift", "")
    tab = request.GET.get("tab", "")
    if tab not in SECTIONS:
        tab = ""
    panel = _panel(organization, rows, chosen, at) if chosen else None
    # The page that fills a shift shows this list beside it.
    filled = request.GET.get("fill", "")
    rows = [replace(row, selected=row.shift.code in (chosen, filled)) for row in rows]
    needed, taken = _soon(rows, at)
    board_url = reverse("organization:board", args=[organization.code])
    part = {
        "organization": organization,
        "soon_needed": needed,
        "soon_taken": taken,
        "tab": tab,
        "days": days,
        "days_query": "" if days == HORIZONS[0] else f"days={days}",
        "horizon": _horizon_words(days),
        "further": next((more for more in HORIZONS if more > days), 0),
        "count": len(rows),
        "segments": [(key, title, sum(row.section == key for row in rows)) for key, title in _titles()],
        "sections": _sections(rows, tab),
        "panel": panel,
        "filled": filled,
        "board_url": board_url,
        "leads": request.membership.role in LEADERS,
    }
    seen = _fingerprint(request, rows, panel, at)
    asked = {"tab": tab, "days": request.GET.get("days", ""), "shift": chosen, "fill": filled}
    query = urlencode({name: value for name, value in {**asked, "seen": seen}.items() if value})
    part["here"] = f"{board_url}?{query}"
    if request.htmx and "seen" in request.GET:  # type: ignore[attr-defined]
        # The board asks again every half minute: what it shows already is not sent once more.
        if request.GET["seen"] == seen:
            return HttpResponse(status=204)
        return render(request, "organization/board_part.html", part)
    context = {
        **frame(request, "board"),
        **part,
        "now": at,
        "stage": stage_of(organization.home_area, at),
        "first_steps": first_steps.of_organizer(request, at),
    }
    if not part["leads"]:
        # The frame counts what waits for those who lead.
        context["incident_count"] = open_incidents(organization).count()
    return render(request, "organization/board.html", context)


def _fingerprint(
    request: OrganizerRequest, rows: list[BoardRow], panel: dict[str, Any] | None, at: datetime
) -> str:
    """A short word for all that the board's live part shows: it is another one as soon as something is otherwise."""
    shown = [
        (row.shift.code, row.shift.version, row.section, row.taken, row.needed, row.seats) for row in rows
    ]
    aside = panel and (
        [(each.code, each.seats) for each in panel["people"]],
        [panel[name] for name in ("waiting", "starts_in", "runs", "over")],
    )
    said = (localtime(at).date(), request.path, request.elder, shown, aside)  # type: ignore[attr-defined]
    return blake2s(repr(said).encode(), digest_size=6).hexdigest()


def _days(text: str) -> int:
    days = int(text) if text.isdecimal() else 0
    return days if days in HORIZONS else HORIZONS[0]


def _midnight(at: datetime) -> datetime:
    return localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def _horizon_words(days: int) -> str:
    """What the counts and the list reach to."""
    if days == HORIZONS[0]:
        return gettext("Today and the next two days")
    return gettext("Today and the %(count)d days after it") % {"count": days - 1}


def waiting(request: OrganizerRequest) -> HttpResponse:
    """What an organization sees that is not approved: where it stands and what comes next."""
    organization = request.organization
    last = organization.verifications.select_related("decided_by").order_by("-id").first()
    context = {**frame(request, "board"), "last": last, "nav": [], "tabs": []}
    return render(request, "organization/waiting.html", context)


def _titles() -> list[tuple[str, str]]:
    return [
        ("late", pgettext("section of the board", "Late")),
        ("short", pgettext("section of the board", "Short")),
        ("running", pgettext("section of the board", "Running")),
        ("open", pgettext("section of the board", "Open")),
    ]


def _sections(rows: list[BoardRow], tab: str) -> list[Section]:
    found = []
    for key, title in _titles():
        own = [row for row in rows if row.section == key]
        if own and tab in ("", key):
            found.append(Section(key, title, _note(key, own), own))
    return found


def _note(key: str, rows: list[BoardRow]) -> str:
    if key == "late":
        return gettext("Begun, and people are not there")
    if key == "short":
        return gettext("Below the least number")
    if key == "running":
        there = sum(row.taken for row in rows)
        return ngettext("%(count)d person on duty now", "%(count)d people on duty now", there) % {
            "count": there
        }
    return gettext("On course, nothing to do")


def _soon(rows: list[BoardRow], at: datetime) -> tuple[int, int]:
    """Needed seats of the next 24 hours, and how many of them are taken."""
    soon = [row for row in rows if row.shift.starts_at and at < row.shift.starts_at <= at + SOON]
    return sum(row.needed for row in soon), sum(min(row.taken, row.needed) for row in soon)


def _panel(
    organization: Organization, rows: list[BoardRow], chosen: str, at: datetime
) -> dict[str, Any] | None:
    row = next((row for row in rows if row.shift.code == chosen), None)
    if row is None:
        shift = shifts_of(organization).filter(code=chosen).first()
        if shift is None:
            return None
        row = board_row(shift, at)
    shift = row.shift
    people = list(signed_up(shift))
    return {
        "row": row,
        "shift": shift,
        "people": people,
        # Asked for only where the panel is drawn.
        "roles": partial(_roles, shift),
        "series": shift.series,
        "waiting": count_waiting(shift),
        "missing": row.missing,
        "can_fill": shift.taken < shift.seats,
        "starts_in": duration_words(shift.starts_at - at) if shift.starts_at and shift.starts_at > at else "",
        "over": bool(shift.ends_at and shift.ends_at <= at),
        "runs": bool(shift.starts_at and shift.starts_at <= at),
    }


def _roles(shift: Any) -> list[Any]:
    """Roles by name with how many are in them; only where a shift has several."""
    roles = list(shift.roles.order_by("id"))
    return roles if len(roles) > 1 or any(role.name for role in roles) else []
