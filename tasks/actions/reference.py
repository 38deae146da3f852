"""Loads what posts are made of: causes, capabilities, task types and templates. May run again at any time."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import User
from core import audit
from tasks.models import TaskTemplate, TaskType
from volunteers.models import Capability, Cause

BUNDLED = Path(__file__).resolve().parent.parent / "data" / "reference.json"


@transaction.atomic
def load_reference(*, at: datetime, by: User | None = None, path: Path = BUNDLED) -> None:
    """Create or update every row of the file by its code; rows that it does not name stay as they are."""
    content: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    for position, row in enumerate(content["causes"]):
        Cause.objects.update_or_create(code=row["code"], defaults={**row, "position": position})
    for position, row in enumerate(content["capabilities"]):
        Capability.objects.update_or_create(code=row["code"], defaults={**row, "position": position})
    causes = Cause.objects.in_bulk(field_name="code")
    for position, row in enumerate(content["task_types"]):
        TaskType.objects.update_or_create(
            code=row["code"], defaults={**row, "cause": causes[row["cause"]], "position": position}
        )
    types = TaskType.objects.in_bulk(field_name="code")
    capabilities = Capability.objects.in_bulk(field_name="code")
    for row in content["templates"]:
        values = {name: value for name, value in row.items() if name != "requirements"}
        template, _created = TaskTemplate.objects.update_or_create(
            code=row["code"], defaults={**values, "type": types[row["type"]]}
        )
        template.requirements.set([capabilities[code] for code in row["requirements"]])
        if _created:
            audit.record(verb="template.loaded", by=by, at=at, subject=template)
