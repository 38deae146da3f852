"""The yellow strip that says where everything stands still: the same words for everybody whom it concerns."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext, pgettext

from areas.models import Area
from tasks.models import AreaStop
from tasks.queries.stages import live_stops_around
from web.wording import in_chinese

NAMED = 4


def stops_strip(stops: Sequence[AreaStop]) -> dict[str, str] | None:
    """Its title and text; nothing where nothing is stopped."""
    if not stops:
        return None
    names = [stop.area.full_name if in_chinese() else stop.area.name for stop in stops[:NAMED]]
    listed = pgettext("between two parts", ", ").join(names)
    if len(stops) == 1:
        title = gettext("Everything in %(area)s stands still") % {"area": listed}
        return {"title": title, "text": stops[0].reason}
    title = gettext("Everything stands still in %(count)d areas") % {"count": len(stops)}
    return {"title": title, "text": listed + ("…" if len(stops) > NAMED else "")}


def strip_around(areas: Iterable[Area]) -> dict[str, str] | None:
    """The strip for whoever lives or works in these areas. One query."""
    return stops_strip(list(live_stops_around(areas)))


def stop_over(stops: Sequence[AreaStop], area: Area | None) -> AreaStop | None:
    """Of the stops known already, the one that holds the whole area."""
    return next((stop for stop in stops if area is not None and stop.area.contains(area)), None)
