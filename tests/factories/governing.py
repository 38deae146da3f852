"""Modes, calls that wait for a word, lent decisions and help between areas, for tests. Rows, no rules."""

from datetime import timedelta
from typing import Any

from areas.models import Area
from core import clock
from organizations.models import Delegation, Organization
from tasks.models import ModeChange, Review, Task, Transfer
from tests.factories.accounts import make_user
from tests.factories.organizations import make_authority, make_organization
from tests.factories.tasks import make_task

DAY = timedelta(days=1)


def make_mode(area: Area, mode: str, **fields: Any) -> ModeChange:
    """The mode in force in the area since yesterday."""
    values = {"effective_at": clock.now() - DAY, "decided_at": clock.now() - DAY, "reason": "So.", **fields}
    values.setdefault("decided_by", make_user())
    return ModeChange.objects.create(area=area, mode=mode, **values)


def make_draft(issuer: Organization, area: Area | None = None, **fields: Any) -> Task:
    """A group's call that is not public yet."""
    return make_task(area=area or issuer.home_area, issuer=issuer, status="draft", **fields)


def make_review(authority: Organization, task: Task | None = None, **fields: Any) -> Review:
    """A group's call before the authority, due tomorrow."""
    if task is None:
        task = make_draft(make_organization(home_area=authority.home_area))
    values = {"asked_at": clock.now(), "due_at": clock.now() + DAY, **fields}
    values.setdefault("asked_by", make_user())
    return Review.objects.create(task=task, authority=authority, **values)


def make_delegation(
    authority: Organization, delegate: Organization, kind: str, area: Area | None = None, **fields: Any
) -> Delegation:
    """In force since yesterday, for thirty days."""
    at = clock.now()
    values = {"starts_at": at - DAY, "ends_at": at + 30 * DAY, "granted_at": at - DAY, "reason": "So."}
    values |= fields
    values.setdefault("granted_by", make_user())
    return Delegation.objects.create(
        authority=authority, delegate=delegate, kind=kind, area=area or authority.home_area, **values
    )


def make_transfer(task: Task, giver: Area, taker: Area | None = None, **fields: Any) -> Transfer:
    """Proposed by the area in need, unless told otherwise; `status="agreed"` gives the other word, too."""
    at, status = clock.now(), fields.get("status", "proposed")
    taker = taker or task.area
    values: dict[str, Any] = {"people": 2, "asked_at": at, "due_at": at + 2 * DAY}
    for side, area in (("taker", taker), ("giver", giver)):
        if side == "taker" or status in ("agreed", "ended"):
            authority = Organization.objects.authorities().filter(home_area=area).first()
            values[f"{side}_agreed_for"] = authority or make_authority(area)
            values[f"{side}_agreed_by"] = make_user()
            values[f"{side}_agreed_at"] = at
    values |= fields
    values.setdefault("asked_by", values["taker_agreed_by"] or make_user())
    return Transfer.objects.create(task=task, giver=giver, taker=taker, **values)
