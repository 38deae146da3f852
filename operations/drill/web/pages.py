"""The live pages of drills: how far a story has come, what just happened, and how fast it goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from areas.models import Area
from core import clock, story_time
from core.errors import DomainError
from operations.drill import words
from operations.drill.outcome import compared
from operations.drill.web import steering
from operations.drill.web.summing_up import summing_up
from operations.models import Drill, DrillEntry
from organizations.models import Organization
from organizations.permissions import authorities_of
from tasks.queries.stages import stage_of
from web.access import SignedInRequest, official_anywhere, staff_only
from web.authority.frame import ways
from web.context import link
from web.staff import frame as staff_frame
from web.wording import local, number_words

SHOWN = 20
# A plan is made every hour of a story: only the newest stands among what happened.
ONCE = frozenset({"plan_made"})
READ = 100
LISTED = 50
DAY = timedelta(days=1)
# Where a drill is watched from: each page of officials with its words.
LIVE_PAGES = ("overview", "calls", "requests", "plans")

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Said:
    """One happening as the page shows it."""

    at: datetime
    icon: str
    sentence: str


@dataclass(frozen=True)
class Progress:
    """How far a story has come: the day that it is in, of how many, and per cent of its time."""

    day: int
    days: int
    percent: int


@dataclass(frozen=True)
class Speed:
    """A speed that can be chosen; 0 stands still."""

    value: str
    label: str
    current: bool


def watchers(view: View) -> View:
    """Officials of any area, and staff of the platform; others see nothing."""
    for_staff, for_officials = staff_only(view), official_anywhere(view)

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return (for_staff if request.user.is_staff else for_officials)(request, *args, **kwargs)

    guarded.access = "official"  # type: ignore[attr-defined]
    return guarded


@watchers
@require_safe
def drills(request: SignedInRequest) -> HttpResponse:
    """Those that were played, the newest first, and the last comparison; two statements beside the frame."""
    found = Drill.objects.defer("summary", "counts").order_by("-id")[:LISTED]
    rows = [{"drill": drill, "label": words.label(drill), "progress": progress_of(drill)} for drill in found]
    context = {**_frame(request), "rows": rows, "compared": compared.newest()}
    return render(request, "drill/drills.html", context)


@watchers
@require_safe
def one(request: SignedInRequest, code: str) -> HttpResponse:
    """A drill while it runs and afterwards; at most four statements beside the frame."""
    drill = get_object_or_404(Drill, code=code)
    whole = Area.objects.filter(parent=None).order_by("id").first()
    is_running = drill.status == Drill.Status.RUNNING
    context = {
        **_frame(request),
        "drill": drill,
        "label": words.label(drill),
        "is_running": is_running,
        "here": request.path,
        "progress": progress_of(drill),
        "stage": stage_of(whole, drill.reached_at) if whole is not None else None,
        "said": _newest(drill),
        "acts": words.acts(drill.counts),
        "done": sum(drill.counts.get("done", {}).values()),
        "refused": sum(drill.counts.get("refused", {}).values()),
        "live_pages": _live_pages(request),
        "outcome": summing_up(drill.summary),
        "may_steer": is_running and steering.may_steer(request.user),
    }
    if context["may_steer"]:
        context |= _speeds()
    return render(request, "drill/drill.html", context)


@watchers
@require_POST
def speed(request: SignedInRequest, code: str) -> HttpResponse:
    """Let the clock go at another speed, or stand still."""
    drill = get_object_or_404(Drill, code=code)
    try:
        chosen = float(request.POST.get("speed", ""))
    except ValueError:
        chosen = -1.0
    try:
        steering.change_speed(drill=drill, speed=chosen, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(reverse("drill:one", args=[code]), status=303)


@watchers
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: SignedInRequest, code: str) -> HttpResponse:
    """End a drill before its time, after a question."""
    drill = get_object_or_404(Drill, code=code)
    if request.method == "POST":
        try:
            steering.stop(drill=drill, by=request.user, at=clock.now())
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, gettext("The drill ends. Its summary is ready in a moment."))
        return HttpResponseRedirect(reverse("drill:one", args=[code]), status=303)
    context = {
        **_frame(request),
        "title": gettext("Stop the drill?"),
        "consequences": [
            gettext("Everything that was done stays, and can be looked at."),
            gettext("The story cannot go on from there; another drill begins anew."),
        ],
        "confirm_label": gettext("Stop it"),
        "cancel_url": reverse("drill:one", args=[code]),
        "danger": True,
    }
    return render(request, "drill/stop.html", context)


def progress_of(drill: Drill) -> Progress:
    whole = drill.ends_at - drill.begins_at
    gone = min(max(drill.reached_at - drill.begins_at, timedelta(0)), whole)
    days = max(round(whole / DAY), 1)
    first = local(drill.begins_at).date()
    day = (local(min(drill.reached_at, drill.ends_at - timedelta.resolution)).date() - first).days + 1
    return Progress(min(max(day, 1), days), days, int(100 * (gone / whole)))


def _newest(drill: Drill) -> list[Said]:
    """What happened last, the newest first; of what comes again every hour the last time alone. One statement."""
    shown: list[Said] = []
    heard: set[str] = set()
    for entry in drill.entries.order_by("-id")[:READ]:
        if entry.kind in ONCE and entry.kind in heard:
            continue
        heard.add(entry.kind)
        shown.append(_said(entry))
    return shown[:SHOWN]


def _said(entry: DrillEntry) -> Said:
    try:
        return Said(entry.at, words.KINDS[entry.kind].icon, words.sentence(entry.kind, entry.data))
    except LookupError:
        # Of a version that said other things: its row is shown as it was written.
        return Said(entry.at, "time", entry.kind)


def _speeds() -> dict[str, Any]:
    """What can be chosen, with what was chosen last; it may begin in a moment. One statement."""
    stretches = story_time.read().stretches
    chosen = stretches[0].speed if stretches else 1.0
    moving = next((stretch.speed for stretch in stretches if stretch.speed), steering.SPEEDS[-1])
    return {
        "stands_still": not chosen,
        "go_on_speed": f"{moving:g}",
        "speeds": [
            Speed(f"{value:g}", f"{number_words(value)} ×", current=value == chosen)
            for value in steering.SPEEDS
        ],
    }


def _own_authority(request: SignedInRequest) -> Organization | None:
    """The authority of the widest area for which somebody acts."""
    return min(authorities_of(request.user), key=lambda one: one.home_area.level, default=None)


def _frame(request: SignedInRequest) -> dict[str, Any]:
    """What stands around: an official's own pages, or those of staff. No statement beyond the person's own."""
    own = _own_authority(request)
    if own is None:
        return {
            **staff_frame.frame("drill"),
            "room_styles": "web/area.css",
            "drills_url": link("drill:drills"),
        }
    nav, tabs = ways(own, own.home_area, "drill")
    return {
        "organization_name": own.display_name,
        "home_url": nav[0].url,
        "room_styles": "web/area.css",
        "nav": nav,
        "tabs": tabs,
        "drills_url": link("drill:drills"),
    }


def _live_pages(request: SignedInRequest) -> list[tuple[str, str]]:
    """Where officials see what happens: label and address."""
    own = _own_authority(request)
    if own is None:
        return [
            (gettext("Plans of who goes where"), reverse("staff:plans")),
            (gettext("Needs now"), reverse("public:needs")),
        ]
    labels = (
        gettext("Overview"),
        gettext("Calls"),
        pgettext("of residents", "Requests"),
        gettext("Plans of who goes where"),
    )
    return [
        (label, reverse(f"authority:{name}", args=[own.home_area.code]))
        for label, name in zip(labels, LIVE_PAGES, strict=True)
    ]
