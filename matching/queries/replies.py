"""What past offers teach: the rate of yes of a role, from the counts of its county and kind and its own answers."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.timezone import get_current_timezone_name, localtime

from matching.models import ReplyRate
from matching.policies.acceptance import Count, Rate, learned
from tasks.policies.offers import QUIET_FROM_HOUR, QUIET_UNTIL_HOUR

# Offers whose answer lies further back say little about today.
COUNTED_DAYS = 180
# An offer that came to an end with the person; one that we took back did not.
ENDED = "('accepted', 'declined', 'expired')"
_DAY, _EVENING, _WEEKEND, _NIGHT, _ANY = (str(band) for band in ReplyRate.Band)
_EVENING_HOUR = 18


def band_of(starts_at: str) -> str:
    """SQL: the time of the week of a moment, by the clock of `%(zone)s`. The night comes first, then the weekend."""
    local = f"({starts_at} AT TIME ZONE %(zone)s)"
    hour = f"extract(hour FROM {local})"
    return f"""CASE WHEN {starts_at} IS NULL THEN '{_ANY}'
    WHEN {hour} < {QUIET_UNTIL_HOUR} OR {hour} >= {QUIET_FROM_HOUR} THEN '{_NIGHT}'
    WHEN extract(isodow FROM {local}) >= 6 THEN '{_WEEKEND}'
    WHEN {hour} >= {_EVENING_HOUR} THEN '{_EVENING}' ELSE '{_DAY}' END"""


# An offer whose time is over is one that nobody answered, also where no sweep has come by yet.
_RATES = f"""
SELECT role.id, coalesce(every.asked, 0), coalesce(every.accepted, 0), coalesce(county.asked, 0),
  coalesce(county.accepted, 0), coalesce(kind.asked, 0), coalesce(kind.accepted, 0), own.asked, own.accepted
FROM tasks_shiftrole role
JOIN tasks_shift shift ON shift.id = role.shift_id
JOIN tasks_task task ON task.id = shift.task_id
LEFT JOIN matching_replyrate every ON every.county_id IS NULL AND every.type_id IS NULL AND every.band = ''
LEFT JOIN matching_replyrate county
  ON county.county_id = shift.county_id AND county.type_id IS NULL AND county.band = ''
LEFT JOIN matching_replyrate kind
  ON kind.county_id = shift.county_id AND kind.type_id = task.type_id AND kind.band = {band_of("shift.starts_at")}
CROSS JOIN LATERAL (
  SELECT count(*) AS asked, count(*) FILTER (WHERE offer.status = 'accepted') AS accepted FROM tasks_offer offer
  WHERE offer.role_id = role.id AND (
    offer.status IN {ENDED} OR (offer.status = 'offered' AND offer.expires_at <= %(at)s)
  )
) own
WHERE role.id = ANY(%(roles)s)
"""  # noqa: S608


def rates_of(role_ids: Collection[int], *, at: datetime) -> dict[int, Rate]:
    """What is known of the yes to offers of these roles, by id. One statement, for one role as for a whole plan."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"roles": list(role_ids), "at": at, "zone": get_current_timezone_name()}
        cursor.execute(_RATES, values)
        return {
            role_id: learned(*(Count(*counts[place : place + 2]) for place in range(0, 8, 2)))
            for role_id, *counts in cursor.fetchall()
        }


def rate_of(role_id: int, *, at: datetime) -> Rate:
    """What is known of the yes to offers of a role; of a role that is gone, what is known of none."""
    return rates_of([role_id], at=at).get(role_id) or learned(Count(), Count(), Count(), Count())


def counted_window(at: datetime) -> tuple[datetime, datetime]:
    """From when until when the answers are counted on the day of a moment: whole local days, none of today."""
    until = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return until - timedelta(days=COUNTED_DAYS), until


def counted_until() -> datetime | None:
    """The midnight up to which the replies are counted; None where they never were."""
    return ReplyRate.objects.filter(county=None, type=None).values_list("counted_at", flat=True).first()
