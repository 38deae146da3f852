"""One number for a whole story: two that are alike went alike, row by row."""

import json
from hashlib import sha256

from django.db import models

from accounts.models import User
from matching.models import MatchRun
from residents.models import HelpRequest
from tasks.models import Assignment, CheckIn, Offer, ServiceRecord, Shift, ShiftRole, Task
from volunteers.models import Volunteer

# Left out: codes, which are drawn, what a machine's clock wrote, and words.
_LEFT_OUT = frozenset(
    {"code", "site_code", "spoken_code", "join_code", "nonce", "seconds", "demand_version", "run_code"}
)
_TABLES: tuple[type[models.Model], ...] = (
    Task, Shift, ShiftRole, Offer, Assignment, CheckIn, ServiceRecord, HelpRequest, MatchRun, Volunteer,
)  # fmt: skip


def of_story() -> str:
    """SHA-256 over what was asked, offered, taken, served and asked for, in the order of ids, without codes."""
    digests = by_table()
    digests["accounts.User"] = str(User.objects.count())
    return sha256(json.dumps(digests).encode()).hexdigest()


def by_table() -> dict[str, str]:
    """The digest of each table alone: it shows where two stories part."""
    return {table._meta.label: _of(table) for table in _TABLES}


def _of(table: type[models.Model]) -> str:
    digest = sha256()
    names = [field.attname for field in table._meta.concrete_fields if field.attname not in _LEFT_OUT]
    for row in table._default_manager.order_by("pk").values_list(*names).iterator():
        digest.update(json.dumps(row, default=str, sort_keys=True).encode())
    return digest.hexdigest()
