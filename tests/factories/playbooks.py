"""Playbooks, for tests."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from areas.models import Area
from core import clock
from organizations.models import Organization
from tasks.models import Playbook, PlaybookStage

_numbers = count(1)


def make_playbook(*, areas: Iterable[Area] = (), stages: dict[int, dict[str, Any]] | None = None) -> Playbook:
    """Three stages that narrow nothing, but for the values given by number of the stage."""
    number = next(_numbers)
    book = Playbook.objects.create(
        code=f"book-{number}", name_zh=f"预案 {number}", name_en=f"Playbook {number}", changed_at=clock.now()
    )
    book.areas.set(areas)
    kinds = [kind for kind in Organization.Kind.values if kind != Organization.Kind.GOVERNMENT]
    for stage in (1, 2, 3):
        values = {
            "name_zh": f"阶段 {stage}",
            "name_en": f"Step {stage}",
            "publishers": kinds,
            **(stages or {}).get(stage, {}),
        }
        PlaybookStage.objects.create(playbook=book, stage=stage, **values)
    return book
