"""Makes what the picture of causes is drawn from: once a day, for all areas at once."""

import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from areas.models import Area
from core import faults
from insights.actions.persons import moved_cells
from insights.actions.window import last_day, stored
from insights.models import CauseShift
from insights.policies import USUAL_WEEKS
from insights.queries import cause_sources as sources

logger = logging.getLogger(__name__)

# Any number that nothing else locks.
LOCK = 7_102_334
# Two rows are alike in these, whenever they were made.
KEPT = ("began_on", "ends_on", "flows", "weeks")


def shift_due(*, at: datetime) -> int:
    """Count yesterday's people and causes once a day, and at once where nothing is kept of the crisis yet. Returns the
    rows that differ; 0 as long as no day of a crisis is over."""
    days = _days(at)
    if days is None or CauseShift.objects.filter(began_on=days[0], ends_on=days[1]).exists():
        return 0
    return shift_causes(at=at)


@transaction.atomic
def shift_causes(*, at: datetime) -> int:
    """Count where the people of each cause went, and what is left of its work; write what differs: all or nothing.

    0 while another is at work, and without a crisis.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            logger.info("causes are being counted already")
            return 0
        cursor.execute("SET LOCAL jit = off")
    days = _days(at)
    if days is None:
        return CauseShift.objects.all().delete()[0]
    made = _made(*days)
    kept = {row.area_id: row for row in CauseShift.objects.all()}
    gone = [row.pk for pk, row in kept.items() if pk not in made]
    new, changed = [], []
    for pk, values in made.items():
        if pk not in kept:
            new.append(CauseShift(area_id=pk, made_at=at, **values))
        elif any(getattr(kept[pk], name) != values[name] for name in KEPT):
            changed.append(CauseShift(pk=kept[pk].pk, area_id=pk, made_at=at, **values))
    CauseShift.objects.filter(pk__in=gone).delete()
    faults.point("causes-half-written")
    CauseShift.objects.bulk_create(new, batch_size=500)
    CauseShift.objects.bulk_update(changed, [*KEPT, "made_at"], batch_size=500)
    return len(gone) + len(new) + len(changed)


@transaction.atomic
def rebuild_causes(*, at: datetime) -> int:
    """Throw away what is kept and count it again from the rows."""
    CauseShift.objects.all().delete()
    return shift_causes(at=at)


def _days(at: datetime) -> tuple[date, date] | None:
    """The first day of the crisis and the last one that may be shown; None before there is one."""
    crisis = sources.crisis_days()
    if crisis is None:
        return None
    began, ended = crisis
    last = last_day(at) if ended is None else min(last_day(at), ended)
    return (began, last) if last >= began else None


def _made(began: date, end: date) -> dict[int, dict[str, Any]]:
    """What is kept of each area, by id. Three statements."""
    areas = list(Area.objects.filter(level__lte=sources.COUNTED_DOWN_TO).order_by("path"))
    flows = moved_cells(areas, sources.moved(began, end))
    weeks = _weeks(began, end)
    return {
        area.pk: {
            "began_on": began,
            "ends_on": end,
            "flows": {cause: stored(cells) for cause, cells in flows.get(area.code, {}).items()},
            "weeks": weeks.get(area.pk, {}),
        }
        for area in areas
    }


def _weeks(began: date, end: date) -> Mapping[int, dict[str, list[list[int]]]]:
    """By area and cause a row for every week, those without any work too."""
    count = USUAL_WEEKS + sources.whole_weeks(began, end)
    found: dict[int, dict[str, list[list[int]]]] = defaultdict(dict)
    for row in sorted(sources.left(began, end)):
        weeks = found[row.area].setdefault(row.cause, [[0, 0, 0] for _ in range(count)])
        weeks[row.week + USUAL_WEEKS] = [row.minutes, row.least, row.covered]
    return found
