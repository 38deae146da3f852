"""Writes the audit record of an act, in the act's own transaction."""

import json
from datetime import datetime
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from core.models import AuditRecord, RequestKey

_WITH_ANSWER = """
WITH kept AS (
  INSERT INTO core_requestkey (actor_id, key, body_hash, status, answer, at)
  VALUES (%(asker)s, %(key)s, %(hash)s, %(status)s, %(answer)s::jsonb, %(kept_at)s)
)
INSERT INTO core_auditrecord (at, actor_id, verb, subject_type, subject_id, area_code, reason, data)
VALUES (%(at)s, %(actor)s, %(verb)s, %(type)s, %(subject)s, %(area)s, %(reason)s, %(data)s::jsonb)
"""


class Actor(Protocol):
    pk: Any


def entry(
    *,
    verb: str,
    by: Actor | None,
    at: datetime,
    subject: models.Model,
    area_code: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> AuditRecord:
    """The unsaved record, for an action that writes many at once."""
    return AuditRecord(
        at=at,
        actor_id=by.pk if by else None,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        area_code=area_code,
        reason=reason,
        data=data or {},
    )


def record(
    *,
    verb: str,
    by: Actor | None,
    at: datetime,
    subject: models.Model,
    area_code: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
    answer: RequestKey | None = None,
) -> None:
    """Write the record; with `answer`, the answer to the request that the act carries out too, in one statement."""
    made = entry(
        verb=verb,
        by=by,
        at=at,
        subject=subject,
        area_code=area_code,
        reason=reason,
        data=data,
    )
    if answer is None:
        made.save(force_insert=True)
    else:
        _write_with_answer(made, answer)


def _write_with_answer(made: AuditRecord, answer: RequestKey) -> None:
    params: dict[str, Any] = {
        "asker": answer.actor_id,
        "key": answer.key,
        "hash": answer.body_hash,
        "status": answer.status,
        "answer": json.dumps(answer.answer, cls=DjangoJSONEncoder),
        "kept_at": answer.at,
        "at": made.at,
        "actor": made.actor_id,
        "verb": made.verb,
        "type": made.subject_type,
        "subject": made.subject_id,
        "area": made.area_code,
        "reason": made.reason,
        "data": json.dumps(made.data, cls=DjangoJSONEncoder),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WITH_ANSWER, params)
