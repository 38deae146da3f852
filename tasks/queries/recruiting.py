"""Whether a place has more hands than work, as last counted."""

from datetime import datetime, timedelta

from areas.models import Area
from core import clock
from tasks.models import Recruiting

# A count older than this says nothing any more.
FRESH = timedelta(hours=2)


def recruiting_of(area: Area | None, at: datetime) -> Recruiting | None:
    """The last count of the county that holds an area; of the area itself where it lies above. One statement.

    None where nothing was counted lately.
    """
    if area is None:
        return None
    counted = Recruiting.objects.select_related("area").filter(counted_at__gt=at - clock.of_machine(FRESH))
    return counted.filter(area_id=area.county_id or area.pk).first()


def recruiting_everywhere(at: datetime) -> Recruiting | None:
    """The last count of the whole place, the topmost area."""
    counted = Recruiting.objects.select_related("area").filter(
        counted_at__gt=at - clock.of_machine(FRESH), area__parent=None
    )
    return counted.order_by("area__code").first()
