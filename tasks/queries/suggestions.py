"""Which organizations are asked first for a call."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from areas.models import Area
from organizations.models import Organization, ServiceArea
from tasks.models import TaskType
from tasks.policies.suggestions import Reason, area_points, kind_points, people_points, record_points
from tasks.queries.records import record_in, with_records
from tasks.queries.stages import rules_of
from volunteers.models import Affiliation, Capability
from volunteers.queries import rows_that_show

# So many are looked at closely: those who come first by their kind and their place.
POOL = 40


@dataclass(frozen=True)
class Suggestion:
    """An organization, its points, and what they are for. Numbers of persons in the reasons are not protected."""

    organization: Organization
    score: int
    reasons: tuple[Reason, ...]


def suggest(
    *,
    type: TaskType,
    area: Area,
    requirements: Iterable[Capability],
    at: datetime,
    limit: int = 5,
    exclude: Collection[int] = (),
) -> list[Suggestion]:
    """Approved organizations that serve the area, the best first; `exclude` holds ids. At most four statements.

    All of them are weighed by kind × stage and by area, the best of these also by what their people hold and by what
    became of their calls.
    """
    rules = rules_of(area, at)
    serves = ServiceArea.objects.filter(organization=OuterRef("pk")).values("area__path")
    around = (
        Organization.objects.approved()
        .exclude(Q(kind=Organization.Kind.GOVERNMENT) | Q(pk__in=tuple(exclude)))
        .serving(area)
        .annotate(served=ArraySubquery(serves))
        .values_list("pk", "kind", "cbo_type", "home_area__path", "served", named=True)
    )
    wider = area.paths_above()[-2] if area.parent_id else ""
    first: dict[int, tuple[int, list[Reason]]] = {}
    for row in around:
        points, reasons = kind_points(row.cbo_type or row.kind, rules.lead_kinds, type.code, rules.name)
        more, where = area_points(row.home_area__path, tuple(row.served), area.path, wider)
        first[row.pk] = points + more, [*reasons, *where]
    best = sorted(first, key=lambda pk: (-first[pk][0], pk))[:POOL]
    wanted = list(requirements)
    rows = with_records(Organization.objects.filter(pk__in=best), at, type.pk).annotate(
        holders=_holders(wanted, at)
    )
    found = []
    for row in rows.select_related("home_area__parent__parent"):
        points, reasons = first[row.pk]
        for more, why in (people_points(row.holders, len(wanted)), record_points(record_in(row))):
            points, reasons = points + more, [*reasons, *why]
        found.append(Suggestion(row, max(0, points), tuple(reasons)))
    return sorted(found, key=lambda each: (-each.score, each.organization.pk))[:limit]


def _holders(wanted: list[Capability], at: datetime) -> Any:
    """How many of an organization's people hold all that is wanted; a qualification counts once it was seen."""
    people = Affiliation.objects.live().filter(organization=OuterRef("pk")).order_by()
    for capability in wanted:
        holds = rows_that_show(capability, localdate(at)).filter(volunteer=OuterRef("volunteer"))
        people = people.filter(Exists(holds))
    counted = people.values("organization").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0) if wanted else Value(0)
