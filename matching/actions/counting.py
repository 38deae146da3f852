"""Counts how past offers were answered. Each night everything anew, so an answer that came in late is never missed."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from core import faults
from matching.queries.replies import ENDED, band_of, counted_until, counted_window

logger = logging.getLogger(__name__)

# Namespace and number of the lock: two who count at once would write the same rows.
LOCK = (7206, 2**31 - 1)
# The last grouping gives one row even where nobody was ever asked: it says that everything was counted.
_COUNT = f"""
WITH answered AS (
  SELECT shift.county_id, task.type_id, {band_of("shift.starts_at", zone="%(zone)s")} AS band, offer.status = 'accepted' AS yes
  FROM tasks_offer offer
  JOIN tasks_shift shift ON shift.id = offer.shift_id
  JOIN tasks_task task ON task.id = shift.task_id
  WHERE offer.status IN {ENDED} AND offer.ended_at >= %(since)s AND offer.ended_at < %(until)s
), counted AS (
  SELECT county_id, type_id, coalesce(band, '') AS band, count(*) AS asked, count(*) FILTER (WHERE yes) AS accepted
  FROM answered GROUP BY GROUPING SETS ((county_id, type_id, band), (county_id), ())
  HAVING county_id IS NOT NULL OR GROUPING(county_id) = 1
), gone AS (
  DELETE FROM matching_replyrate old WHERE NOT EXISTS (
    SELECT FROM counted WHERE counted.county_id IS NOT DISTINCT FROM old.county_id
      AND counted.type_id IS NOT DISTINCT FROM old.type_id AND counted.band = old.band
  )
)
INSERT INTO matching_replyrate (county_id, type_id, band, asked, accepted, counted_at)
SELECT county_id, type_id, band, asked, accepted, %(until)s FROM counted
ORDER BY county_id NULLS FIRST, type_id NULLS FIRST, band
ON CONFLICT (county_id, type_id, band) DO UPDATE
SET asked = excluded.asked, accepted = excluded.accepted, counted_at = excluded.counted_at
"""  # noqa: S608


@transaction.atomic
def count_replies(*, at: datetime) -> int:
    """Count the answers of the 180 days before the day of a moment; how many rows that makes.

    One statement. The same offers give the same rows, at whichever moment of the day, and however often.
    """
    since, until = counted_window(at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)
        cursor.execute(_COUNT, {"since": since, "until": until, "zone": settings.TIME_ZONE})
        rows: int = cursor.rowcount
    faults.point("replies-counted")
    logger.info("replies until %s are counted: %d rows", until, rows)
    return rows


def count_replies_if_due(*, at: datetime) -> int:
    """Count once a day: the clock asks every hour, so that a night without a worker is made up for."""
    done = counted_until()
    if done is not None and done >= counted_window(at)[1]:
        logger.debug("replies until %s are counted already", done)
        return 0
    return count_replies(at=at)
