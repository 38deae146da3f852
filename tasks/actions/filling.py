"""How the empty seats of a task find people."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import audit
from tasks.actions.calls import OPEN, TaskNotOpen
from tasks.models import Task


@transaction.atomic
def choose_filling(*, task: Task, filling: Task.Filling, by: User, at: datetime) -> Task:
    """Suggest people to the organizer, send offers by itself, or assign who asked for it; for all its shifts.

    The choice that stands already changes nothing and is not written down again.
    """
    task = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("area").get(pk=task.pk)
    if task.status not in OPEN:
        raise TaskNotOpen
    before, task.filling = task.filling, Task.Filling(filling)
    if before != task.filling:
        task.save(update_fields=["filling"])
        data = {"before": before, "after": task.filling}
        audit.record(
            verb="task.filling_chosen", by=by, at=at, subject=task, area_code=task.area.code, data=data
        )
    return task
