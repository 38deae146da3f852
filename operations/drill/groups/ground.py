"""Where a drill's work is: areas with their volunteers, the words of templates, and by which hours people are about."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from areas.models import Area
from operations.drill.chance import Key
from operations.drill.drama import Drama
from operations.synthetic import places
from operations.synthetic.calls import EARLIEST_HOUR, LATEST_HOUR
from residents.models import HelpRequest
from tasks.models import Task, TaskTemplate
from volunteers.models import Volunteer

# A county calls by itself where at least this share of all volunteers lives; fewer cannot fill a shift.
LEAST_SHARE = 0.012
# Offices and groups are at work between these hours of the place; residents ask at any hour that they are awake.
OPENS_HOUR, CLOSES_HOUR = EARLIEST_HOUR, LATEST_HOUR
# What comes in at night is looked at within so many hours of the morning.
MORNING_HOURS = 2.5


@dataclass(frozen=True)
class Ground:
    """Townships of counties with enough volunteers, each with how many live there. `counties`: most volunteers first."""

    volunteers: int
    areas: tuple[Area, ...]
    hands: tuple[int, ...]
    counties: tuple[Area, ...]

    def drawn(self, drama: Drama, *key: Key) -> Area:
        """An area, by how many volunteers live there."""
        return drama.chance.weighted(self.areas, self.hands, *key)


def survey() -> Ground:
    """Count where volunteers live. Two queries."""
    counted: Counter[int] = Counter(Volunteer.objects.values_list("area_id", flat=True))
    found = Area.objects.filter(pk__in=list(counted)).with_parents().select_related("county").order_by("code")
    areas = [area for area in found if area.level >= Area.Level.COUNTY]
    by_county: Counter[int] = Counter()
    for area in areas:
        by_county[area.county_id or area.pk] += counted[area.pk]
    total = sum(by_county.values())
    # A small place has no county that is large enough: then all of them are.
    large = {pk for pk, hands in by_county.items() if hands >= LEAST_SHARE * total} or set(by_county)
    kept = [area for area in areas if (area.county_id or area.pk) in large]
    counties = {area.county_id or area.pk: area.county or area for area in kept}
    ranked = sorted(counties.values(), key=lambda county: (-by_county[county.pk], county.code))
    return Ground(total, tuple(kept), tuple(counted[area.pk] for area in kept), tuple(ranked))


def points() -> dict[int, tuple[float, float]]:
    """Longitude and latitude of townships and counties, invented where nobody knows them, by the area's id."""
    where = places.load()
    found = {
        county.pk: (county.longitude, county.latitude)
        for county in where.counties
        if county.longitude is not None and county.latitude is not None
    }
    for township, longitude, latitude in zip(
        where.townships, where.longitude.tolist(), where.latitude.tolist(), strict=True
    ):
        found[township.pk] = (longitude, latitude)
    return found


def about(drama: Drama, moment: datetime, *key: Key) -> datetime:
    """The moment, or where that lies in the night some time in the next morning."""
    here = timezone.localtime(moment)
    if OPENS_HOUR <= here.hour < CLOSES_HOUR:
        return moment
    morning = here.replace(hour=OPENS_HOUR, minute=0, second=0, microsecond=0)
    if here.hour >= CLOSES_HOUR:
        morning += timedelta(days=1)
    return morning + timedelta(hours=drama.chance.uniform("morning", *key) * MORNING_HOURS)


def is_open(at: datetime) -> bool:
    """Whether offices and groups are at work."""
    return OPENS_HOUR <= timezone.localtime(at).hour < CLOSES_HOUR


def key_of(task: Task) -> str:
    """What a call is, whatever row it became: so draws for it are the same in every story in which it is written."""
    return f"{task.area_id}|{task.type_id}|{task.title}|{task.starts_on}|{task.people_needed}"


def asked_key(request: HelpRequest) -> tuple[int, str, str]:
    """The same of a request."""
    return request.area_id, request.place, request.words


def place_of(area: Area) -> dict[str, str]:
    return {"zh": area.name_zh, "en": area.name_en}


class Templates:
    """Templates with their requirements, by what calls were written from them. Two queries."""

    def __init__(self) -> None:
        self.all = list(
            TaskTemplate.objects.select_related("type").prefetch_related("requirements").order_by("pk")
        )
        self.by_id = {one.pk: one for one in self.all}
        self._by_title = {(one.type_id, one.title_zh): one for one in self.all}
        self._by_type: dict[int, TaskTemplate] = {}
        for one in self.all:
            self._by_type.setdefault(one.type_id, one)

    def of(self, task: Task) -> TaskTemplate:
        """The one that a call was written from, or the first of its kind of work, or the first of all."""
        found = self._by_title.get((task.type_id, task.title)) or self._by_type.get(task.type_id)
        return found or self.all[0]

    def of_kind(self, type_id: int) -> TaskTemplate:
        return self._by_type.get(type_id, self.all[0])
