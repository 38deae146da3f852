"""Help between areas: what was proposed and agreed, whose word is missing, and who could help."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from areas.models import Area
from areas.policies import distance_m
from organizations.models import Delegation, Organization
from organizations.queries import delegations_held
from tasks.models import Task, Transfer
from tasks.queries.shortage import short_now
from volunteers.models import Volunteer

# Beyond this the way eats the day.
MOST_KM = 120
# So many neighbours are looked at closely, the nearest first.
POOL = 12


@dataclass(frozen=True)
class Helper:
    """An area that could send hands, the one that needs them, the people on duty there who would come so far (as
    counted, not protected), and the way between the centres of both."""

    giver: Area
    taker: Area
    willing: int
    km: float


def transfers_around(area: Area) -> QuerySet[Transfer]:
    """Every transfer that an area or one below it gives or takes, those that wait for a word first, then the latest."""
    waits = Q(status=Transfer.Status.PROPOSED)
    return (
        _with_names(
            Transfer.objects.filter(
                Q(giver__path__startswith=area.path) | Q(taker__path__startswith=area.path)
            )
        )
        .annotate(waits=waits)
        .order_by("-waits", "-pk")
    )


def transfers_waiting(area: Area) -> QuerySet[Transfer]:
    """Proposals for which the word of an area, or of one below it, is missing; those due first."""
    return _with_names(Transfer.objects.filter(_word_missing(area.path))).order_by("due_at", "pk")


def transfers_for(delegate: Organization, at: datetime) -> QuerySet[Transfer]:
    """Proposals that an organization may answer in the place of authorities. Two statements."""
    held = delegations_held(delegate, at).filter(kind=Delegation.Kind.TRANSFER)
    missing = Q(pk__in=())
    for path in held.values_list("area__path", flat=True):
        missing |= _word_missing(path)
    return _with_names(Transfer.objects.filter(missing)).order_by("due_at", "pk")


def _word_missing(path: str) -> Q:
    return Q(status=Transfer.Status.PROPOSED) & (
        Q(giver_agreed_at=None, giver__path__startswith=path)
        | Q(taker_agreed_at=None, taker__path__startswith=path)
    )


def agreed_for(giver_paths: list[str]) -> QuerySet[Transfer]:
    """Transfers in force by which an area of these paths, or one above them, gives."""
    return Transfer.objects.filter(status=Transfer.Status.AGREED, giver__path__in=giver_paths)


def lets_serve(task: Task, served: list[str]) -> bool:
    """Whether an organization that serves areas of these paths may work for the call since one of them agreed to help."""
    givers = Transfer.objects.filter(status=Transfer.Status.AGREED, task=task).values_list(
        "giver__path", flat=True
    )
    return any(giver.startswith(path) or path.startswith(giver) for giver in givers for path in served)


def who_could_help(area: Area, at: datetime, limit: int = 3) -> list[Helper]:
    """Counties near an area that lack nobody in the next days themselves, with the people on duty there whose reach
    covers the way. Three statements.

    Those with most such people first; none without any, and none beyond 120 km. Counts of persons go through
    disclosure control before anybody sees them.
    """
    need = area if area.level <= Area.Level.COUNTY or area.county is None else area.county
    if need.longitude is None or need.latitude is None:
        return []
    others = Area.objects.at_level(Area.Level.COUNTY).exclude(pk=need.pk).exclude(longitude=None)
    near: list[tuple[float, Area]] = []
    for other in others.with_parents():
        if other.longitude is None or other.latitude is None or need.contains(other):
            continue
        km = distance_m(need.longitude, need.latitude, other.longitude, other.latitude) / 1000
        if km <= MOST_KM:
            near.append((km, other))
    near = sorted(near, key=lambda pair: (pair[0], pair[1].code))[:POOL]
    if not near:
        return []
    lacking = short_now(at)
    free = [(km, other) for km, other in near if not lacking.of(other).missing]
    reaching = {
        f"c{other.pk}": Count("pk", filter=Q(county=other.pk, reach_km__gte=km)) for km, other in free
    }
    on_duty = Volunteer.objects.filter(
        county__in=[other.pk for _, other in free], on_duty_since__isnull=False, is_guest=False
    )
    counts = on_duty.aggregate(**reaching) if free else {}
    found = [
        Helper(giver=other, taker=need, willing=counts[f"c{other.pk}"], km=km)
        for km, other in free
        if counts[f"c{other.pk}"]
    ]
    return sorted(found, key=lambda each: (-each.willing, each.km))[:limit]


def _with_names(transfers: QuerySet[Transfer]) -> QuerySet[Transfer]:
    # Areas by statements of their own: to plan one of seventeen tables takes longer than all of these.
    areas = Area.objects.select_related("parent__parent")
    return transfers.select_related(
        "task__issuer__home_area", "task__type", "asked_by", "giver_agreed_for", "taker_agreed_for"
    ).prefetch_related(*(Prefetch(name, areas) for name in ("task__area", "giver", "taker")))


def with_names(transfers: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """Loads whatever a page or a message about a transfer reads."""
    return _with_names(transfers).select_related("giver_agreed_by", "taker_agreed_by", "ended_by")
