"""How many of which group could have served, were planned and were asked in a run, counted in the rows.

The counts stay with the run as they are and are shown to nobody: `insights.queries.equity` protects them. Who the people
were is kept nowhere.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.utils.timezone import localdate

from areas.models import Area
from matching.models import MatchRun
from matching.policies.groups import ALL, AREA, BANDS, by_dimension
from matching.queries.snapshot import last_birthday
from tasks.models import Offer

Counts = dict[str, int]
ELIGIBLE, PROPOSED, OFFERED, LEVEL = "eligible", "proposed", "offered", "level"
# Fewer cities than these tell nothing about cities.
FEWEST_AREAS = 2

# Where each dimension stands alone in a set, its column is not NULL: nobody's value is.
_COUNTS = """
WITH person AS (
  SELECT split_part(home.path, '/', %(level)s) AS area,
    coalesce((%(bands)s)[width_bucket(volunteer.birth_on, %(born)s::date[]) + 1]::text, 'unsaid') AS age,
    coalesce(nullif(volunteer.sex, ''), 'unsaid') AS sex,
    CASE
      WHEN EXISTS (SELECT FROM volunteers_proxy acts WHERE acts.volunteer_id = volunteer.id AND acts.ended_at IS NULL)
        THEN 'helped'
      WHEN account.email <> '' AND (account.contact_by = 'email' OR account.phone = '') THEN 'email'
      WHEN account.phone <> '' THEN 'sms'
      ELSE 'here'
    END AS channel
  FROM unnest(%(ids)s::bigint[]) AS chosen (id)
  JOIN volunteers_volunteer volunteer ON volunteer.id = chosen.id
  JOIN accounts_user account ON account.id = volunteer.user_id
  LEFT JOIN areas_area home ON home.id = volunteer.area_id
)
SELECT
  CASE
    WHEN GROUPING(area) = 0 THEN 'area:' || coalesce(nullif(area, ''), 'unsaid')
    WHEN GROUPING(age) = 0 THEN 'age:' || age
    WHEN GROUPING(sex) = 0 THEN 'sex:' || sex
    WHEN GROUPING(channel) = 0 THEN 'channel:' || channel
    ELSE 'all'
  END AS code, count(*)
FROM person GROUP BY GROUPING SETS ((area), (age), (sex), (channel), ())
"""


def counts_of(ids: Iterable[int], *, level: int, at: datetime) -> Counts:
    """People by group, each once in every dimension; areas at a level. One statement."""
    oldest_first, today = BANDS[::-1], localdate(at)
    # Whoever was born before the first of these days is in the oldest band, and so on; nobody is younger than all.
    born = [last_birthday(today, band) + timedelta(days=1) for band in oldest_first[:-1]]
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"ids": list(ids), "level": level, "bands": list(oldest_first), "born": born})
        found: Counts = {}
        for code, count in cursor.fetchall():
            # An area that is not known may stand in two rows: without a home, and with one above the level.
            found[code] = found.get(code, 0) + count
    return dict(sorted(found.items()))


def count_plan(*, eligible: Iterable[int], proposed: Iterable[int], at: datetime) -> dict[str, Counts]:
    """What a run keeps once its plan stands. Three statements at most.

    Areas are the cities of the province, or the counties where everybody who could serve lives in one city.
    """
    found = counts_of(eligible, level=Area.Level.CITY, at=at)
    level = Area.Level.CITY
    if len(by_dimension(found)[AREA]) < FEWEST_AREAS:
        level = Area.Level.COUNTY
        found = counts_of(eligible, level=level, at=at)
    return {
        LEVEL: {ALL: int(level)},
        ELIGIBLE: found,
        PROPOSED: counts_of(set(proposed), level=level, at=at),
    }


def count_offers(run: MatchRun, *, at: datetime) -> dict[str, Counts]:
    """What a run keeps once its offers are made. Two statements."""
    asked = set(Offer.objects.filter(run_code=run.code).values_list("volunteer_id", flat=True))
    level = run.equity.get(LEVEL, {}).get(ALL, int(Area.Level.CITY))
    return {**run.equity, OFFERED: counts_of(asked, level=level, at=at)}
