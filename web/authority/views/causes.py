"""The picture of causes: who came to the crisis from which, and which are starved."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from insights.queries.cause_definitions import CAUSES
from insights.queries.cause_sources import COUNTED_DOWN_TO
from insights.queries.causes import causes_left
from volunteers.models import Cause
from web.access import OfficialRequest, official
from web.authority.frame import frame
from web.authority.pictures.causes import cause_rows, moving
from web.wording import span_words


@require_safe
@official
def causes(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Where the people of each cause went in the crisis, and what is left of its work."""
    area = request.area
    found = causes_left(area)
    context = frame(request, "overview") | {
        "found": found,
        "counted": area.level <= COUNTED_DOWN_TO,
        "described": list(CAUSES.values()),
    }
    if found is not None:
        names = {cause.code: cause.name for cause in Cause.objects.all()}
        rows = cause_rows(found, names)
        context |= {
            "days": span_words(found.began_on, found.ends_on),
            "moving": moving(found, names),
            "rows": rows,
            "starved": [row for row in rows if row.weeks.is_starved],
        }
    return render(request, "authority/pictures/causes.html", context)
