"""How far from the work people are alerted: what the stage in force where it lies says, and which areas lend hands.

Fragments of SQL for the statements that look at many people at once; `%(at)s` is their moment.
"""

from datetime import datetime

from django.db import connection

from areas.models import Area
from tasks.models import Task

# The stage of a playbook in force in each area of a crisis that follows one; areas without one have no row.
GOVERNED = """
SELECT DISTINCT ON (area.id) area.id AS area_id, stage.id, stage.stage, stage.alert_reach, stage.seat_weight,
  playbook.code || '/' || stage.stage AS key, playbook.version
FROM tasks_crisis crisis
JOIN tasks_playbook playbook ON playbook.id = crisis.playbook_id
JOIN areas_area struck ON struck.id = crisis.area_id
JOIN areas_area area ON starts_with(area.path, struck.path)
JOIN tasks_playbookstage stage ON stage.playbook_id = playbook.id AND stage.stage = coalesce((
  SELECT change.stage FROM tasks_stagechange change JOIN areas_area above ON above.id = change.area_id
  WHERE change.crisis_id = crisis.id AND change.effective_at <= %(at)s AND starts_with(area.path, above.path)
  ORDER BY change.effective_at DESC, above.level DESC, change.id DESC LIMIT 1
), 0)
WHERE crisis.ended_at IS NULL
ORDER BY area.id, crisis.started_at DESC, crisis.id DESC
"""

# Paths of the areas whose people are alerted of the work of one task in one area: that of the stage's reach, and
# those that agreed to lend hands. NULL where nobody is left out: without a stage that narrows, and for work from home.
ALERTED = f"""(
  SELECT array_append(
    ARRAY(
      SELECT giver.path FROM tasks_transfer transfer JOIN areas_area giver ON giver.id = transfer.giver_id
      WHERE transfer.task_id = %(task)s AND transfer.status = 'agreed'
    ),
    array_to_string(
      (string_to_array(rtrim(here.path, '/'), '/'))[1:CASE governed.alert_reach WHEN 'county' THEN 3 ELSE 2 END], '/'
    ) || '/'
  )
  FROM ({GOVERNED}) governed JOIN areas_area here ON here.id = governed.area_id
  WHERE governed.area_id = %(alert_area)s AND governed.alert_reach <> 'province' AND NOT %(is_remote)s
)"""  # noqa: S608


def beyond(volunteer: str = "volunteer", paths: str = "alerts.paths") -> str:
    """Whether a volunteer is left out of alerts; somebody without an area is, where they are narrowed."""
    return f"""(
  {paths} IS NOT NULL AND NOT EXISTS (
    SELECT FROM areas_area home, unnest({paths}) AS inside (path)
    WHERE home.id = {volunteer}.area_id AND starts_with(home.path, inside.path)
  )
)"""


def alert_params(task: Task, area: Area) -> dict[str, int | bool]:
    """What `ALERTED` asks for, beside the moment."""
    return {"task": task.pk, "alert_area": area.pk, "is_remote": task.is_remote}


def alerted_paths(task: Task, area: Area, at: datetime) -> list[str] | None:
    """Paths of the areas whose people are alerted; None where nobody is left out. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ALERTED}", {**alert_params(task, area), "at": at})
        found: list[str] | None = cursor.fetchone()[0]
    return found
