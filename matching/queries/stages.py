"""What the stages in force weigh in plans."""

import json
from datetime import datetime

from django.db import connection

from matching.policies.weights import Weights
from tasks.queries.reach import GOVERNED

_WEIGHTS = f"""
SELECT DISTINCT governed.key, governed.seat_weight, (
  SELECT coalesce(json_object_agg(kind.code, urgent.priority), '{{}}'::json)::text FROM tasks_playbookpriority urgent
  JOIN tasks_tasktype kind ON kind.id = urgent.type_id WHERE urgent.stage_id = governed.id
)
FROM ({GOVERNED}) governed
"""  # noqa: S608


def weights_for(at: datetime) -> Weights:
    """The weights of a plan that is made at a moment, with what each stage in force anywhere gives. One statement.

    The plan keeps them, so that it can be repeated after a playbook has changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WEIGHTS, {"at": at})
        rows = cursor.fetchall()
    return Weights(
        stages={key: float(weight) for key, weight, _ in rows},
        priorities={key: json.loads(urgent) for key, _, urgent in rows},
    )
