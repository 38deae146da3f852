"""Causes, capabilities, kinds of work, the texts of calls and playbooks: from files, as often as one likes."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from core import audit
from tasks.actions.playbooks import load_shipped
from tasks.models import TaskTemplate, TaskType
from volunteers.actions.implications import set_implications
from volunteers.models import Capability, Cause

FILE = Path(__file__).resolve().parent.parent / "data" / "reference.json"
BILINGUAL = ("title", "content", "conditions", "risks", "guarantees")
PLAIN = ("stage", "starts_hour", "duration_minutes", "seats_min", "seats")


@transaction.atomic
def load_reference(*, at: datetime) -> int:
    """Write the reference data and return the number of templates. Rows keep their identity; none is deleted."""
    given = json.loads(FILE.read_text(encoding="utf-8"))
    causes = {
        row["code"]: _named(Cause, row, position) for position, row in enumerate(given["causes"], start=1)
    }
    capabilities = {
        row["code"]: _named(Capability, row, position, kind=row["kind"])
        for position, row in enumerate(given["capabilities"], start=1)
    }
    said = [
        (capabilities[row["code"]], capabilities[implied])
        for row in given["capabilities"]
        for implied in row.get("implies", ())
    ]
    set_implications(direct=said, by=None, at=at)
    types = {
        row["code"]: _named(TaskType, row, position, cause=causes[row["cause"]], **_asked(row))
        for position, row in enumerate(given["types"], start=1)
    }
    for row in given["templates"]:
        template, _ = TaskTemplate.objects.update_or_create(
            code=row["code"], defaults={"type": types[row["type"]], **_texts(row)}
        )
        template.requirements.set(capabilities[code] for code in row["requirements"])
    load_shipped(at=at)
    audit.record(
        verb="reference.loaded",
        by=None,
        at=at,
        subject=template,
        data={"templates": len(given["templates"])},
    )
    return len(given["templates"])


def _named(model: Any, row: dict[str, Any], position: int, **fields: Any) -> Any:
    named, _ = model.objects.update_or_create(
        code=row["code"],
        defaults={"name_zh": row["zh"], "name_en": row["en"], "position": position, **fields},
    )
    return named


def _asked(row: dict[str, Any]) -> dict[str, str]:
    """How residents say it; a kind without such words is none that they ask for."""
    words = row.get("asked", {})
    return {f"asked_{language}": words.get(language, "") for language in ("zh", "en")}


def _texts(row: dict[str, Any]) -> dict[str, Any]:
    texts = {f"{name}_{language}": row[name][language] for name in BILINGUAL for language in ("zh", "en")}
    return {**texts, **{name: row[name] for name in PLAIN}}
