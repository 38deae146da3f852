"""What a day brings to the tables that figures are counted from, for a benchmark to measure the counting."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils.timezone import localdate

from areas.models import Area
from residents.models import Channel, HelpRequest
from tasks.models import ServiceRecord, TaskType

# Of the volunteers, those who are served, sign up and ask on a day of a crisis in the studied province: 2,500 services,
# as many sign-ups, and 500 requests among 85,699.
SHARE, REQUESTS_SHARE = 0.03, 0.006
# Hours that a desk found late, and the day on which they were served.
LATE, LATE_DAYS = 0.02, 40

HOURS = """
INSERT INTO tasks_servicerecord (code, assignment_id, volunteer_id, organization_id, task_id, county_id, served_on,
  starts_at, ends_at, minutes, confirmed_at, confirmed_by_id)
SELECT 'B' || lpad(a.id::text, 11, '0'), a.id, a.volunteer_id, s.organization_id, s.task_id, s.county_id,
  CASE WHEN row_number() OVER () <= %(late)s THEN %(late_day)s ELSE %(day)s END::date,
  %(at)s - interval '3 hours', %(at)s, 180, %(at)s,
  (SELECT user_id FROM organizations_membership WHERE organization_id = s.organization_id LIMIT 1)
FROM tasks_assignment a JOIN tasks_shift s ON s.id = a.shift_id
WHERE a.status = 'active' AND s.starts_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM tasks_servicerecord r WHERE r.assignment_id = a.id)
  AND EXISTS (SELECT FROM organizations_membership m WHERE m.organization_id = s.organization_id)
ORDER BY s.starts_at DESC LIMIT %(count)s
"""
SEATS = """
UPDATE tasks_shiftrole SET seats_taken = seats_taken + 1 WHERE id IN (
  SELECT r.id FROM tasks_shiftrole r JOIN tasks_shift s ON s.id = r.shift_id
  WHERE s.status = 'open' AND s.starts_at > %(at)s AND r.seats_taken < r.seats
  ORDER BY s.starts_at LIMIT %(count)s)
"""


def change_a_day(at: datetime) -> dict[str, int]:
    """Hours confirmed (some of them late), seats taken and requests asked; how many of each, as far as there is room."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM volunteers_volunteer")
        people = cursor.fetchone()[0]
        values = {
            "at": at,
            "day": localdate(at) - timedelta(days=1),
            "late_day": localdate(at) - timedelta(days=LATE_DAYS),
            "count": round(people * SHARE),
            "late": round(people * SHARE * LATE),
        }
        before = ServiceRecord.objects.count()
        cursor.execute(HOURS, values)
        cursor.execute(SEATS, values)
        seats = cursor.rowcount
        hours = ServiceRecord.objects.count() - before
    return {"hours": hours, "seats": seats, "requests": _ask(at, round(people * REQUESTS_SHARE))}


def _ask(at: datetime, wanted: int) -> int:
    counties = list(Area.objects.at_level(Area.Level.COUNTY).order_by("code"))
    types = list(TaskType.objects.order_by("code"))
    made = HelpRequest.objects.bulk_create(
        HelpRequest(
            type=types[number % len(types)],
            channel=Channel.WEB,
            area=counties[number % len(counties)],
            county=counties[number % len(counties)],
            words="-",
            asked_at=at - timedelta(minutes=number % 600),
        )
        for number in range(wanted)
    )
    return len(made)
