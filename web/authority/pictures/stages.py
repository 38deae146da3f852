"""The choice of a stage on pages of pictures."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext

from tasks.models import Stage
from tasks.queries.stages import number_name


def stage_of_query(text: str) -> int | None:
    """The stage that an address asks for; None for all days together."""
    return int(text) if text.isdecimal() and int(text) in Stage.values else None


def stage_links(stage: int | None, known: Collection[int]) -> list[dict[str, Any]]:
    """All days, and the stages in which there were calls; the one that is asked for is among them."""
    numbers = sorted({*known, *(() if stage is None else (stage,))}, key=lambda number: (number == 0, number))
    return [
        {"label": gettext("All days"), "url": "?", "current": stage is None},
        *(
            {"label": stage_name(number), "url": f"?stage={number}", "current": number == stage}
            for number in numbers
        ),
    ]


def stage_name(stage: int) -> str:
    """第一阶段, Stage 1; days without a stage in words."""
    return number_name(stage) if stage else gettext("Outside of a stage")
