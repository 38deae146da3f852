"""What was decided about an area on a day, by which office: for reports. No person is named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.timezone import make_aware
from django.utils.translation import get_language

from areas.models import Area

# How many of one kind and verdict are told; of the others their number is.
TOLD = 20
# The parts of the union, each with the columns that differ from NONE: what it is about, where, by whom, why.
COLUMNS = "what, at, code, area_id, by_id, office_id, org_id, task_id, giver_id, type_id, reason, until"
PARTS = """
SELECT 'stage', c.decided_at, c.stage::text, c.area_id, c.decided_by_id, NULL::bigint, NULL::bigint, NULL::bigint,
  NULL::bigint, NULL::bigint, c.reason, c.effective_at
FROM tasks_stagechange c JOIN around ON around.id = c.area_id
WHERE c.decided_at >= %(start)s AND c.decided_at < %(end)s
UNION ALL
SELECT 'mode', c.decided_at, c.mode, c.area_id, c.decided_by_id, NULL, NULL, NULL, NULL, NULL, c.reason, c.effective_at
FROM tasks_modechange c JOIN around ON around.id = c.area_id
WHERE c.decided_at >= %(start)s AND c.decided_at < %(end)s
UNION ALL
SELECT 'stop', s.stopped_at, '', s.area_id, s.stopped_by_id, NULL, NULL, NULL, NULL, NULL, s.reason, s.lifted_at
FROM tasks_areastop s JOIN around ON around.id = s.area_id
WHERE s.stopped_at < %(end)s AND (s.lifted_at IS NULL OR s.lifted_at >= %(start)s)
UNION ALL
SELECT 'lift', s.lifted_at, '', s.area_id, s.lifted_by_id, NULL, NULL, NULL, NULL, NULL, '', s.stopped_at
FROM tasks_areastop s JOIN around ON around.id = s.area_id
WHERE s.lifted_at >= %(start)s AND s.lifted_at < %(end)s
UNION ALL
SELECT 'review', r.decided_at, r.decision, t.area_id, NULL, r.decided_for_id, NULL, r.task_id, NULL, NULL, '', NULL
FROM tasks_review r JOIN tasks_task t ON t.id = r.task_id JOIN inside ON inside.id = t.area_id
WHERE r.decision IN ('approved', 'returned') AND r.decided_at >= %(start)s AND r.decided_at < %(end)s
UNION ALL
SELECT 'verification', v.decided_at, v.decision, o.home_area_id, v.decided_by_id, NULL, o.id, NULL, NULL, NULL, '', NULL
FROM organizations_verification v JOIN organizations_organization o ON o.id = v.organization_id
  JOIN inside ON inside.id = o.home_area_id
WHERE v.decided_at >= %(start)s AND v.decided_at < %(end)s
UNION ALL
SELECT 'transfer', greatest(f.giver_agreed_at, f.taker_agreed_at), 'agreed', f.taker_id, NULL,
  CASE WHEN f.giver_agreed_at > f.taker_agreed_at THEN f.giver_agreed_for_id ELSE f.taker_agreed_for_id END,
  NULL, NULL, f.giver_id, NULL, '', NULL
FROM tasks_transfer f
WHERE f.giver_agreed_at IS NOT NULL AND f.taker_agreed_at IS NOT NULL
  AND (f.giver_id IN (SELECT id FROM inside) OR f.taker_id IN (SELECT id FROM inside))
  AND greatest(f.giver_agreed_at, f.taker_agreed_at) >= %(start)s
  AND greatest(f.giver_agreed_at, f.taker_agreed_at) < %(end)s
UNION ALL
SELECT 'transfer', f.ended_at, f.status, f.taker_id, f.ended_by_id, NULL, NULL, NULL, f.giver_id, NULL, '', NULL
FROM tasks_transfer f
WHERE f.status = 'declined' AND (f.giver_id IN (SELECT id FROM inside) OR f.taker_id IN (SELECT id FROM inside))
  AND f.ended_at >= %(start)s AND f.ended_at < %(end)s
UNION ALL
SELECT 'delegation', d.granted_at, d.kind, d.area_id, d.granted_by_id, NULL, d.delegate_id, NULL, NULL, NULL, d.reason,
  d.ends_at
FROM organizations_delegation d JOIN around ON around.id = d.area_id
WHERE d.granted_at >= %(start)s AND d.granted_at < %(end)s
UNION ALL
SELECT 'delegation_back', d.revoked_at, d.kind, d.area_id, d.revoked_by_id, NULL, d.delegate_id, NULL, NULL, NULL, '', NULL
FROM organizations_delegation d JOIN around ON around.id = d.area_id
WHERE d.revoked_at >= %(start)s AND d.revoked_at < %(end)s
UNION ALL
SELECT 'promise', p.decided_at, p.answer_minutes || ' ' || p.done_minutes, p.area_id, p.decided_by_id, NULL, NULL, NULL,
  NULL, p.type_id, '', p.starts_at
FROM residents_promise p JOIN around ON around.id = p.area_id
WHERE p.decided_at >= %(start)s AND p.decided_at < %(end)s
UNION ALL
SELECT 'correction', r.released_at, r.period || ' ' || r.starts_on || ' ' || r.ends_on, NULL, NULL, NULL, NULL, NULL, NULL,
  NULL, r.correction, NULL
FROM insights_release r WHERE r.version > 1 AND r.released_at >= %(start)s AND r.released_at < %(end)s
"""
# Of a call the title in each language, as far as it has one; of whoever decided the organization in
# which they were then, an authority before any other.
FOUND = """
WITH inside AS MATERIALIZED (SELECT id FROM areas_area WHERE path LIKE %(below)s),
around AS MATERIALIZED (SELECT id FROM areas_area WHERE path LIKE %(below)s OR path = ANY(%(above)s)),
every ({columns}) AS ({parts}),
numbered AS (
  SELECT *, count(*) OVER of_kind AS alike, row_number() OVER (of_kind ORDER BY at DESC) AS number FROM every
  WINDOW of_kind AS (PARTITION BY what, CASE WHEN what = ANY(%(with_verdict)s) THEN code END)
),
found AS (SELECT * FROM numbered WHERE number <= %(told)s)
SELECT found.what, found.at, found.code, area.name_zh, area.name_en,
  coalesce(about.name, giver.name_zh, type.name_zh,
    CASE WHEN task.language LIKE 'zh%%' THEN task.title ELSE coalesce(nullif(task.second_title, ''), task.title) END),
  coalesce(about.name_en, giver.name_en, type.name_en,
    CASE WHEN task.language LIKE 'zh%%' THEN coalesce(nullif(task.second_title, ''), task.title) ELSE task.title END),
  office.name, office.name_en, found.reason, found.until, found.alike
FROM found
  LEFT JOIN areas_area area ON area.id = found.area_id
  LEFT JOIN organizations_organization about ON about.id = found.org_id
  LEFT JOIN areas_area giver ON giver.id = found.giver_id
  LEFT JOIN tasks_tasktype type ON type.id = found.type_id
  LEFT JOIN tasks_task task ON task.id = found.task_id
  LEFT JOIN LATERAL (
    SELECT o.name, o.name_en FROM (
      SELECT found.office_id AS id, NULL::timestamptz AS started_at WHERE found.office_id IS NOT NULL
      UNION ALL
      SELECT organization_id, started_at FROM organizations_membership
      WHERE user_id = found.by_id AND started_at <= found.at AND (ended_at IS NULL OR ended_at > found.at)
    ) theirs JOIN organizations_organization o ON o.id = theirs.id
    ORDER BY o.kind = 'government' DESC, theirs.started_at DESC LIMIT 1
  ) office ON true
ORDER BY found.at, found.what
""".replace("{columns}", COLUMNS).replace("{parts}", PARTS)


class What(StrEnum):
    """Kinds of decisions; `code` of the decision says which way it went."""

    STAGE = "stage"
    MODE = "mode"
    STOP = "stop"
    LIFT = "lift"
    REVIEW = "review"
    VERIFICATION = "verification"
    TRANSFER = "transfer"
    DELEGATION = "delegation"
    DELEGATION_BACK = "delegation_back"
    PROMISE = "promise"
    CORRECTION = "correction"


# Of these `code` says yes or no.
WITH_VERDICT = (What.REVIEW, What.VERIFICATION, What.TRANSFER)


@dataclass(frozen=True)
class Named:
    """A name in both languages; empty where there is none."""

    zh: str = ""
    en: str = ""

    def __str__(self) -> str:
        return self.en or self.zh if (get_language() or "").startswith("en") else self.zh

    def __bool__(self) -> bool:
        return bool(self.zh)


@dataclass(frozen=True)
class Decision:
    """One decision: when, about what, where, by which office and why.

    `until` is when a stop was lifted, or from when a stage or a mode is in force. `subject` is what it was about: the
    call, the organization, the area that gives hands. `reason` is what was written for it, where that is about areas.
    `alike` is how many of its kind and verdict there are on that day, this one and those that are not told among them.
    """

    what: What
    at: datetime
    code: str
    area: Named
    subject: Named
    office: Named
    reason: str
    until: datetime | None
    alike: int

    @property
    def sort(self) -> tuple[What, str]:
        """Its kind, and which way it went where that is yes or no."""
        return self.what, self.code if self.what in WITH_VERDICT else ""


def decisions_on(area: Area, day: date) -> list[Decision]:
    """What was decided on the day about the area, what lies in it, and for stages, modes, stops, lent decisions and
    promises what lies over it; also the stops that were in force on it. Of each kind and verdict the last `TOLD`, the
    latest last; one statement."""
    values: dict[str, Any] = {
        "below": f"{area.path}%",
        "above": list(area.paths_above()),
        "with_verdict": [what.value for what in WITH_VERDICT],
        "told": TOLD,
        "start": make_aware(datetime.combine(day, time())),
        "end": make_aware(datetime.combine(day + timedelta(days=1), time())),
    }
    with connection.cursor() as cursor:
        cursor.execute(FOUND, values)
        return [_decision(row) for row in cursor.fetchall()]


def _decision(row: Iterable[Any]) -> Decision:
    what, at, code, area_zh, area_en, about_zh, about_en, office_zh, office_en, reason, until, alike = row
    return Decision(
        what=What(what),
        at=at,
        code=code,
        area=Named(area_zh or "", area_en or ""),
        subject=Named(about_zh or "", about_en or ""),
        office=Named(office_zh or "", office_en or ""),
        reason=reason,
        until=until,
        alike=alike,
    )
