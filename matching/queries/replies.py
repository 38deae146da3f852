"""What past offers teach: the rate of yes of a role, from the counts of its county and kind and its own answers."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db.models import IntegerField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.timezone import localtime

from matching.models import ReplyRate
from matching.policies.acceptance import Count, Rate, learned
from tasks.models import ShiftRole
from tasks.policies.offers import QUIET_FROM_HOUR, QUIET_UNTIL_HOUR

# Offers whose answer lies further back say little about today.
COUNTED_DAYS = 180
# An offer that came to an end with the person; one that we took back did not.
ENDED = "('accepted', 'declined', 'expired')"
_DAY, _EVENING, _WEEKEND, _NIGHT, _ANY = (str(band) for band in ReplyRate.Band)
_EVENING_HOUR = 18


def band_of(starts_at: str, *, zone: str) -> str:
    """SQL: the time of the week of a moment, by the clock of a zone. The night comes first, then the weekend."""
    local = f"({starts_at} AT TIME ZONE {zone})"
    hour = f"extract(hour FROM {local})"
    return f"""CASE WHEN {starts_at} IS NULL THEN '{_ANY}'
    WHEN {hour} < {QUIET_UNTIL_HOUR} OR {hour} >= {QUIET_FROM_HOUR} THEN '{_NIGHT}'
    WHEN extract(isodow FROM {local}) >= 6 THEN '{_WEEKEND}'
    WHEN {hour} >= {_EVENING_HOUR} THEN '{_EVENING}' ELSE '{_DAY}' END"""


# Of each row of `tasks_shiftrole`: asked and accepted everywhere, in the county, of the kind there, and of the role. An
# offer whose time is over is one that nobody answered, also where no sweep has come by yet.
_COUNTS = f"""
  SELECT ARRAY[coalesce(every.asked, 0), coalesce(every.accepted, 0), coalesce(county.asked, 0),
    coalesce(county.accepted, 0), coalesce(kind.asked, 0), coalesce(kind.accepted, 0), own.asked, own.accepted]
  FROM (SELECT %s::text AS zone, %s::timestamptz AS at) given
  CROSS JOIN tasks_shift shift
  JOIN tasks_task task ON task.id = shift.task_id
  LEFT JOIN matching_replyrate every ON every.county_id IS NULL AND every.type_id IS NULL AND every.band = ''
  LEFT JOIN matching_replyrate county
    ON county.county_id = shift.county_id AND county.type_id IS NULL AND county.band = ''
  LEFT JOIN matching_replyrate kind ON kind.county_id = shift.county_id AND kind.type_id = task.type_id
    AND kind.band = {band_of("shift.starts_at", zone="given.zone")}
  CROSS JOIN LATERAL (
    SELECT count(*) AS asked, count(*) FILTER (WHERE offer.status = 'accepted') AS accepted
    FROM tasks_offer offer
    WHERE offer.role_id = tasks_shiftrole.id AND (
      offer.status IN {ENDED} OR (offer.status = 'offered' AND offer.expires_at <= given.at)
    )
  ) own
  WHERE shift.id = tasks_shiftrole.shift_id
"""  # noqa: S608


def roles_and_rates(roles: QuerySet[ShiftRole], *, at: datetime) -> tuple[list[ShiftRole], dict[int, Rate]]:
    """Some roles, and what is known of the yes to their offers, by id. One statement."""
    counted = list(roles.annotate(replies=_counts(at)))
    return [*counted], {role.pk: _rate(role.replies) for role in counted}


def rates_of(role_ids: Collection[int], *, at: datetime) -> dict[int, Rate]:
    """What is known of the yes to offers of these roles, by id. One statement, for one role as for a whole plan."""
    rows = ShiftRole.objects.filter(pk__in=role_ids).values_list("pk", _counts(at))
    return {pk: _rate(counts) for pk, counts in rows}


def rate_of(role_id: int, *, at: datetime) -> Rate:
    """What is known of the yes to offers of a role; of a role that is gone, what is known of none."""
    return rates_of([role_id], at=at).get(role_id) or _rate([0] * 8)


def _counts(at: datetime) -> RawSQL:
    values = [settings.TIME_ZONE, at]
    return RawSQL(_COUNTS, values, output_field=ArrayField(IntegerField()))  # noqa: S611  a constant


def _rate(counts: Sequence[int]) -> Rate:
    return learned(*(Count(*counts[place : place + 2]) for place in range(0, len(counts), 2)))


def counted_window(at: datetime) -> tuple[datetime, datetime]:
    """From when until when the answers are counted on the day of a moment: whole local days, none of today."""
    until = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return until - timedelta(days=COUNTED_DAYS), until


def counted_until() -> datetime | None:
    """The midnight up to which the replies are counted; None where they never were."""
    return ReplyRate.objects.filter(county=None, type=None).values_list("counted_at", flat=True).first()
