"""What officials' pictures show, read from rows that are made once a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from areas.models import Area
from insights.models import AreaPicture, RefreshMark
from insights.policies import Gap, Together, together_of
from organizations.models import Organization

# Of the groups near a gap so many are looked through at most.
NEAR_MOST = 200
NO_GAP = Gap()


@dataclass(frozen=True)
class Pictures:
    """What is known of some areas in a stage, or over all days (None): by id of the area.

    `stages` are those in which the first area had calls, `made_at` is None before the first count.
    """

    stage: int | None
    stages: tuple[int, ...] = ()
    made_at: datetime | None = None
    gaps: Mapping[int, Mapping[str, Gap]] = field(default_factory=dict)
    together: Together = field(default_factory=Together)

    def gap(self, area: Area, kind: str) -> Gap:
        return self.gaps.get(area.pk, {}).get(kind, NO_GAP)


def pictures_of(area: Area, below: Sequence[Area] = (), stage: int | None = None) -> Pictures:
    """What is kept of an area, and of those below it the gaps. Two statements; a stage without calls is as all days."""
    made_at = RefreshMark.objects.filter(pk=1).values_list("pictures_at", flat=True).first()
    of_stage = Q(stage=stage) if stage is not None else Q(stage=None)
    rows = list(
        AreaPicture.objects.filter(Q(area=area) | Q(area__in=[one.pk for one in below]) & of_stage).order_by(
            "stage"
        )
    )
    own = {row.stage: row for row in rows if row.area_id == area.pk}
    here = own.get(stage)
    gaps = {
        row.area_id: {kind: Gap(**kept) for kind, kept in row.gaps.items()}
        for row in rows
        if row.stage == stage
    }
    return Pictures(
        stage=stage,
        stages=tuple(
            number for number, row in own.items() if number is not None and row.together.get("calls")
        ),
        made_at=made_at,
        gaps=gaps,
        together=together_of(here.together) if here is not None and here.together else Together(),
    )


def organizations_in(together: Together) -> dict[int, Organization]:
    """Those that the strongest ties name, by id. One statement."""
    wanted = {pk for tie in together.strongest for pk in (tie.one, tie.other)}
    return Organization.objects.select_related("home_area").in_bulk(wanted) if wanted else {}


def groups_at_home(areas: Iterable[Area], kinds: Iterable[str]) -> list[Organization]:
    """Approved groups of some kinds (a CBO's is its type) whose home lies in one of the areas. One statement."""
    inside = Q(pk__in=())
    for area in areas:
        inside |= Q(home_area__path__startswith=area.path)
    wanted = list(kinds)
    rows = Organization.objects.approved().filter(inside, Q(cbo_type__in=wanted) | Q(kind__in=wanted))
    return list(rows.select_related("home_area").order_by("pk")[:NEAR_MOST])
