"""What a stop refuses."""

from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core.errors import DomainError
from tasks.queries.stages import live_stops_over


class AreaStopped(DomainError):
    code = "area-stopped"
    text = _("Everything in %(area)s stands still until an official lifts the stop")


def refuse_if_stopped(area: Area) -> None:
    """Raise AreaStopped while a stop is in force over the area."""
    stop = live_stops_over(area).first()
    if stop is not None:
        raise AreaStopped(field="area", area=stop.area.name)
