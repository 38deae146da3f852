"""Writes the audit record of an act, in the act's own transaction."""

from datetime import datetime
from typing import Any, Protocol

from django.db import models

from core.models import AuditRecord


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
) -> None:
    entry(
        verb=verb,
        by=by,
        at=at,
        subject=subject,
        area_code=area_code,
        reason=reason,
        data=data,
    ).save(force_insert=True)
