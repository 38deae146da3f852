"""Writes down that somebody's details were looked at."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from core.audit import Actor
from core.models import AccessRecord


def record(
    *,
    person_ids: Iterable[int],
    by: Actor,
    label: str,
    at: datetime,
    purpose: AccessRecord.Purpose,
    what: AccessRecord.What,
    own_words: str = "",
    about: Mapping[str, str] | None = None,
) -> None:
    """One row a person; looking at oneself is not logged. `label` is what the person reads of who looked."""
    AccessRecord.objects.bulk_create(
        AccessRecord(
            at=at,
            person_id=person_id,
            actor_id=by.pk,
            actor_label=label,
            purpose=purpose,
            own_words=own_words,
            what=what,
            about=dict(about or {}),
        )
        for person_id in person_ids
        if person_id != by.pk
    )
