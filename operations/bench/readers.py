"""The named pages of the loaded data, each with who reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management.base import CommandError
from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override

from accounts.models import User
from areas.models import Area
from core import clock
from operations.synthetic import logins
from organizations.models import Membership
from tasks.models import Assignment, Shift, ShiftRole, Task
from volunteers.queries import claims_waiting, volunteer_of
from web.second_factor import PASSED
from web.second_factor import SESSION_KEY as FACTOR_KEY

LANGUAGE = "zh-hans"
GROUPS = ("public", "volunteer", "organizer", "official")
# Pages of an authority that need nothing but its area.
OFFICIAL = (
    *("calls", "index", "requests", "promises", "stage", "timeline", "playbooks", "mode", "stop"),
    *("approvals", "qualifications", "reviews", "delegations", "transfers", "objections"),
)


@dataclass(frozen=True)
class NamedPage:
    """A page as one of its readers asks for it."""

    name: str
    group: str
    path: str
    cookies: str = ""
    user: User | None = None


def session_of(user: User, **more: Any) -> str:
    """The key of a new session in which the person has signed in, the second factor passed."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[FACTOR_KEY] = PASSED
    session.update(more)
    session.save()
    assert session.session_key
    return session.session_key


@contextmanager
def pages() -> Iterator[list[NamedPage]]:
    """Every page that the loaded data has something for; the sessions made for it end with it."""
    people = {
        group: User.objects.filter(email=login.email).first()
        for group, login in (
            ("volunteer", logins.VOLUNTEER),
            ("organizer", logins.ORGANIZER),
            ("official", logins.OFFICIAL),
        )
    }
    if not all(people.values()):
        raise CommandError("This database holds no demo. Load it first: manage.py load_demo --size province")
    keys = {group: session_of(user) for group, user in people.items() if user is not None}
    try:
        with override(LANGUAGE):
            yield [
                NamedPage(name, group, path, _cookies(keys.get(group), extra), people.get(group))
                for name, group, path, extra in _addresses(people)
            ]
    finally:
        Session.objects.filter(session_key__in=keys.values()).delete()


def _cookies(key: str | None, extra: str) -> str:
    own = [f"{settings.SESSION_COOKIE_NAME}={key}"] if key else []
    return "; ".join([*own, f"{settings.LANGUAGE_COOKIE_NAME}={LANGUAGE}", *([extra] if extra else [])])


Address = tuple[str, str, str, str]


def _addresses(people: dict[str, User | None]) -> Iterator[Address]:
    yield from _public()
    for group, found in (
        ("volunteer", _volunteer(people["volunteer"])),
        ("organizer", _organizer(people["organizer"])),
        ("official", _official(people["official"])),
    ):
        for name, path in found:
            if path:
                yield name, group, path, ""


def _at(route: str, *args: str, query: str = "") -> str:
    """The address; empty where this version has no such page."""
    try:
        return reverse(route, args=args) + query
    except NoReverseMatch:
        return ""


def _public() -> Iterator[Address]:
    at = clock.now()
    shift = Shift.objects.open(at=at).order_by("starts_at", "pk").first()
    county = Area.objects.filter(pk=shift.county_id or 0).first() if shift else None
    yield "home", "public", _at("public:home"), ""
    yield "home-large", "public", _at("public:home"), "elder=24"
    yield "needs", "public", _at("public:needs"), ""
    yield "needs-last", "public", _at("public:needs", query="?page=9999"), ""
    yield "needs-words", "public", _at("public:needs", query="?q=社区"), ""
    if county:
        yield "needs-county", "public", _at("public:needs", query=f"?area={county.code}"), ""
        yield "figures-city", "public", _at("public:figures", query=f"?area={county.path_codes[1]}"), ""
    if shift:
        yield "need", "public", _at("public:need", shift.code), ""
    for name in ("figures", "definitions", "stages", "privacy"):
        yield name, "public", _at(f"public:{name}"), ""
    yield "join", "public", _at("account:join"), ""
    yield "enter", "public", _at("account:enter"), ""


def _volunteer(user: User | None) -> Iterator[tuple[str, str]]:
    volunteer = volunteer_of(user)
    seat = Assignment.objects.live().filter(volunteer=volunteer).order_by("-shift__starts_at").first()
    open_shift = Shift.objects.open(at=clock.now()).order_by("starts_at", "pk").first()
    yield "today", _at("volunteer:today")
    yield "find", _at("volunteer:find")
    yield "find-near", _at("volunteer:find", query="?sort=near")
    yield "hours", _at("volunteer:hours")
    yield "history", _at("volunteer:history")
    yield "history-late", _at("volunteer:history", query="?page=9999")
    if seat:
        yield "seat", _at("volunteer:seat", seat.code)
    if open_shift:
        yield "need-signed-in", _at("public:need", open_shift.code)
    for name in ("me", "messages", "profile", "availability", "data", "looks", "held"):
        yield f"my-{name}", _at("account:inbox" if name == "messages" else f"account:{name}")


def _organizer(user: User | None) -> Iterator[tuple[str, str]]:
    membership = Membership.objects.filter(user=user, ended_at=None).select_related("organization").first()
    if membership is None:
        return
    code = membership.organization.code
    own = Shift.objects.of(membership.organization).filter(status=Shift.Status.OPEN)
    ahead = own.filter(starts_at__gt=clock.now()).order_by("starts_at").first()
    crowded = (
        own.annotate(held=Count("assignments", filter=Q(assignments__status="active")))
        .order_by("-held")
        .first()
    )
    task = Task.objects.filter(adoptions__organization=membership.organization, status="adopted").first()
    yield "board", _at("organization:board", code)
    yield "board-120-days", _at("organization:board", code, query="?days=120")
    if ahead:
        yield "board-panel", _at("organization:board", code, query=f"?shift={ahead.code}")
        role = ShiftRole.objects.filter(shift=ahead).order_by("pk").first()
        if role:
            yield "fill", _at("organization:fill", code, ahead.code)
    for name in ("calls", "rosters", "desks", "hours", "team", "post", "incidents"):
        yield f"org-{name}", _at(f"organization:{name}", code)
    if crowded:
        yield "roster", _at("organization:roster", code, crowded.code)
        yield "desk", _at("organization:desk", code, crowded.code)
    if task:
        yield "org-call", _at("organization:call", code, task.code)
        yield "post-shifts", _at("organization:post_shifts", code, task.code)


def _official(user: User | None) -> Iterator[tuple[str, str]]:
    membership = (
        Membership.objects.filter(user=user, ended_at=None).select_related("organization__home_area").first()
    )
    if membership is None:
        return
    area = membership.organization.home_area
    busiest = (
        Area.objects.within(area)
        .at_level(Area.Level.COUNTY)
        .filter(pk__in=Shift.objects.open(at=clock.now()).values("county"))
        .order_by("code")
        .first()
    )
    task = Task.objects.filter(status="adopted").order_by("-called_at").first()
    claim = claims_waiting(area).first()
    today = clock.today().isoformat()
    before = (clock.today() - timedelta(days=1)).isoformat()
    yield "overview", _at("authority:overview", area.code)
    yield "overview-all", _at("authority:overview", area.code, query="?all")
    yield "overview-day", _at("authority:overview", area.code, query=f"?day={today}")
    yield "overview-csv", _at("authority:table_csv", area.code)
    if busiest:
        yield "overview-city", _at("authority:overview", busiest.path_codes[1])
        yield "overview-county", _at("authority:overview", busiest.code)
        township = Area.objects.filter(parent=busiest).order_by("code").first()
        yield "overview-township", _at("authority:overview", township.code) if township else ""
        yield "report-county", _at("authority:report", busiest.code)
    yield "report", _at("authority:report", area.code)
    yield "report-pdf", _at("authority:report_pdf", area.code)
    yield "report-before", _at("authority:report", area.code, query=f"?day={before}")
    for name in OFFICIAL:
        yield f"area-{name}", _at(f"authority:{name}", area.code)
    if task:
        yield "area-call", _at("authority:call", area.code, task.code)
    if claim:
        path = _at("authority:qualification", area.code, claim.volunteer.number, claim.capability.code)
        yield "area-qualification", path
