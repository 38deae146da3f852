"""Writes down that somebody's details were looked at."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection

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


_ONCE = """
INSERT INTO core_accessrecord (at, person_id, actor_id, actor_label, purpose, own_words, what, about)
SELECT %(at)s, person, %(actor)s, %(label)s, %(purpose)s, '', %(what)s, %(about)s::jsonb
FROM unnest(%(people)s::bigint[]) AS person
WHERE person <> %(actor)s AND NOT EXISTS (
  SELECT FROM core_accessrecord seen
  WHERE seen.person_id = person AND seen.actor_id = %(actor)s AND seen.at >= %(since)s
    AND seen.purpose = %(purpose)s AND seen.what = %(what)s AND seen.about = %(about)s::jsonb
)
"""


def record_once(
    *,
    person_ids: Iterable[int],
    by: Actor,
    label: str,
    at: datetime,
    since: datetime,
    purpose: AccessRecord.Purpose,
    what: AccessRecord.What,
    about: Mapping[str, str],
) -> None:
    """The same for a page that is loaded again and again: nothing is added to an equal row since `since`.

    One statement, so that two loads at once add a row twice at worst.
    """
    people = sorted(set(person_ids))
    if not people:
        return
    values = {
        "at": at,
        "since": since,
        "people": people,
        "actor": by.pk,
        "label": label,
        "purpose": str(purpose),
        "what": str(what),
        "about": json.dumps(dict(about)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ONCE, values)
