"""In which mode the authority over an area works."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from areas.models import Area
from tasks.models import Mode, ModeChange
from tasks.policies.modes import DEFAULT, Rights, rights


@dataclass(frozen=True)
class ModeView:
    """The mode in force in an area: since when, and for which area it was decided; None where nobody ever decided."""

    mode: Mode
    since: datetime | None
    decided_for: Area | None
    inherited: bool

    @property
    def rights(self) -> Rights:
        return rights(self.mode)


def mode_changes_over(area: Area) -> QuerySet[ModeChange]:
    """Every change that reaches the area, the latest in force first; on a tie the nearer area's."""
    return (
        ModeChange.objects.filter(area__path__in=area.paths_above())
        .select_related("area", "decided_by")
        .order_by("-effective_at", "-area__level", "-id")
    )


def mode_of(area: Area, at: datetime) -> ModeView:
    """The last change that took effect there or in an area above; sponsor where there is none. One statement."""
    change = mode_changes_over(area).filter(effective_at__lte=at).first()
    if change is None:
        return ModeView(mode=Mode(DEFAULT), since=None, decided_for=None, inherited=False)
    return ModeView(
        mode=Mode(change.mode),
        since=change.effective_at,
        decided_for=change.area,
        inherited=change.area_id != area.pk,
    )


def rights_in(area: Area, at: datetime) -> Rights:
    """What the mode in force in the area allows. One statement."""
    return mode_of(area, at).rights


def modes_below(area: Area, at: datetime) -> QuerySet[ModeChange]:
    """Changes in force by which areas below went their own way, the latest of each area."""
    return (
        ModeChange.objects.filter(
            area__path__startswith=area.path, area__level__gt=area.level, effective_at__lte=at
        )
        .select_related("area")
        .order_by("area_id", "-effective_at")
        .distinct("area_id")
    )
