"""What is told of claims that nobody acts on: work without a fixed time, and calls that were taken on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import User
from notifications.notices import Kind, Notice
from organizations.queries import leaders_of
from tasks.models import Adoption, Assignment, Task
from tasks.notices.calls import groups_serving, leaders_of_groups
from tasks.notices.shifts import SHIFT_SAMPLE, about_shift, area_names, organization_names

# A second reminder has its own name where more time was given.
EXTENDED = ":more"
_CLAIM = {
    **SHIFT_SAMPLE,
    "name": "桂芳",
    "begin_by": "2020-02-08T10:00:00Z",
    "due_at": "2020-02-10T10:00:00Z",
    "url": "/me/seats/8KQ34MWX7204/",
}
_CALL = {
    "code": "8KQ34MWX",
    "title": {"zh": "夜间卡口测温登记", "en": "Night checkpoint"},
    "area": {"zh": "鹿城区", "en": "Lucheng District"},
    "organization": {"zh": "鹿城邻里互助会", "en": "Lucheng Neighbours"},
    "act_by": "2020-02-08T10:00:00Z",
    "may_ask": True,
    "url": "/org/7KQ3MWXA/calls/8KQ34MWX/",
}
KINDS = (
    Kind("claim_reminder", _CLAIM),
    Kind("claim_lapsed", {**_CLAIM, "url": "/needs/8KQ34MWX/"}),
    Kind("call_to_act", _CALL),
    Kind("call_lapsed", _CALL),
    Kind("call_open_again", {**_CALL, "url": "/home/"}),
    Kind("call_more_time", {**_CALL, "reason": "仓库周五才开。", "url": "/area/330302/calls/8KQ34MWX/"}),
)


def claim_reminder(assignment: Assignment) -> Notice:
    """At half of the time: say that you are on it, or give it back."""
    return Notice(
        kind="claim_reminder",
        event=f"seat:{assignment.code}:begin",
        recipient=assignment.volunteer.user,
        context=_about_claim(assignment, f"/me/seats/{assignment.code}/"),
        useful_until=assignment.begin_by,
    )


def claim_lapsed(assignment: Assignment) -> Notice:
    return Notice(
        kind="claim_lapsed",
        event=f"seat:{assignment.code}:lapsed",
        recipient=assignment.volunteer.user,
        context=_about_claim(assignment, f"/needs/{assignment.shift.code}/"),
    )


def call_to_act(adoption: Adoption) -> list[Notice]:
    """At half of the time, and anew where more was given."""
    event = f"call-to-act:{adoption.pk}{EXTENDED if adoption.extended_at else ''}"
    people = leaders_of([adoption.organization])
    return _to_all(people, "call_to_act", event, adoption, useful_until=adoption.act_by)


def call_lapsed(adoption: Adoption) -> list[Notice]:
    """To the organization whose share ended; it can take the call on again."""
    return _to_all(leaders_of([adoption.organization]), "call_lapsed", f"call-lapsed:{adoption.pk}", adoption)


def call_open_again(adoption: Adoption) -> list[Notice]:
    """To whoever asked for the work, and to the other organizations that serve the area."""
    task = adoption.task
    event = f"call-open-again:{adoption.pk}"
    officials = list(leaders_of([task.issuer]))
    groups = groups_serving(task.area).exclude(pk__in=(task.issuer_id, adoption.organization_id))
    others = leaders_of_groups(groups).exclude(pk__in=[official.pk for official in officials])
    url = f"/area/{task.area.code}/calls/{task.code}/" if task.issuer.is_authority else "/home/"
    return [
        *_to_all(officials, "call_open_again", event, adoption, url=url),
        *_to_all(others, "call_open_again", event, adoption, url="/home/"),
    ]


def call_more_time(adoption: Adoption, reason: str) -> list[Notice]:
    task = adoption.task
    url = f"/area/{task.area.code}/calls/{task.code}/" if task.issuer.is_authority else "/home/"
    event = f"call-more-time:{adoption.pk}"
    return _to_all(leaders_of([task.issuer]), "call_more_time", event, adoption, url=url, reason=reason)


def _to_all(
    people: Iterable[User],
    kind: str,
    event: str,
    adoption: Adoption,
    *,
    useful_until: datetime | None = None,
    **more: str,
) -> list[Notice]:
    context = {**_about_share(adoption), **more}
    return [
        Notice(kind=kind, event=event, recipient=person, context=context, useful_until=useful_until)
        for person in people
    ]


def _about_claim(assignment: Assignment, url: str) -> dict[str, Any]:
    return {
        **about_shift(assignment.shift),
        "name": assignment.volunteer.user.name,
        "begin_by": assignment.begin_by,
        "due_at": assignment.shift.due_at,
        "url": url,
    }


def _about_share(adoption: Adoption) -> dict[str, Any]:
    task: Task = adoption.task
    return {
        "code": task.code,
        "title": task.titles,
        "area": area_names(task.area),
        "organization": organization_names(adoption.organization),
        "act_by": adoption.act_by,
        "may_ask": adoption.extended_at is None,
        "url": f"/org/{adoption.organization.code}/calls/{task.code}/",
    }
