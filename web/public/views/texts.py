"""Pages of words: privacy, accessibility, the stages in force, and the door to a site's own code."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import clock
from tasks.models import PlaybookStage, Stage
from tasks.queries.stages import live_stops_within, number_name, stage_of, stages_below
from tasks.queries.thanks import ended_crises
from web import wording
from web.access import public, volunteer_only
from web.context import link
from web.public.frame import briefly_kept, tabs
from web.public.places import places


@require_safe
@public
@briefly_kept
def privacy(request: HttpRequest) -> HttpResponse:
    """What happens with data."""
    context = {"tabs": tabs(request, ""), "my_data_url": link("account:data")}
    return render(request, "public/privacy.html", context)


@require_safe
@public
@briefly_kept
def accessibility(request: HttpRequest) -> HttpResponse:
    """What everybody can count on."""
    return render(request, "public/accessibility.html", {"tabs": tabs(request, "")})


@require_safe
@public
@briefly_kept
def stages(request: HttpRequest) -> HttpResponse:
    """Which stage is in force where, since when and why, and where everything stands still."""
    at = clock.now()
    root = places().root
    view = stage_of(root, at) if root else None
    others = stages_below(root, at) if root else ()
    playbook = view.crisis.playbook_id if view else None
    described = list(PlaybookStage.objects.filter(playbook=playbook, stage__gte=1).order_by("stage"))
    names = {one.stage: one.name for one in described}
    context = {
        "tabs": tabs(request, ""),
        "root": root,
        "view": view if view and view.stage != Stage.NONE else None,
        "since": wording.plain_date(wording.local(view.since).date()) if view else "",
        "day_number": view.day_number(at) if view else 0,
        "others": [
            {
                "area": change.area,
                "number_name": number_name(change.stage),
                "name": names.get(change.stage, str(Stage(change.stage).label)),
                "since": change.effective_at,
            }
            for change in others
            if view is None or change.stage != view.stage
        ],
        "described": [(number_name(one.stage), one) for one in described],
        "ended": list(ended_crises(at)[:5]),
        "stops": list(live_stops_within(root)) if root else [],
    }
    return render(request, "public/stages.html", context)


@require_safe
@volunteer_only
def site(request: HttpRequest, site_code: str) -> HttpResponse:
    """The code on the wall of a site: on to checking in there."""
    return HttpResponseRedirect(f"{reverse('volunteer:check_in')}?code={site_code}")
