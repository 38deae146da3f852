"""Requests of residents and codes on buildings, for tests. Factories build rows and check no rule."""

from datetime import timedelta
from itertools import count
from typing import Any

from accounts.models import User
from areas.models import Area
from core import clock
from organizations.models import Organization
from residents.models import HelpRequest, RequestDesk, RequestEvent, RequestPoint
from tasks.models import TaskType
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_task, make_task_type

_numbers = count(1)


def make_help_kind(code: str = "", **fields: Any) -> TaskType:
    """A kind of work that residents ask for."""
    kind = make_task_type(code)
    kind.asked_zh, kind.asked_en = (
        fields.get("zh", f"帮忙 {kind.code}"),
        fields.get("en", f"Help {kind.code}"),
    )
    kind.save(update_fields=["asked_zh", "asked_en"])
    return kind


def make_request(
    *,
    area: Area | None = None,
    type: TaskType | None = None,
    organization: Organization | None = None,
    status: str = "new",
    **fields: Any,
) -> HelpRequest:
    """A request in a state, with what its state needs; its first event is there."""
    at = fields.pop("asked_at", None) or clock.now()
    area = area or make_area(level=Area.Level.TOWNSHIP)
    ended = status in ("confirmed", "merged", "declined", "withdrawn")
    values: dict[str, Any] = {
        "words": "Medicine for two weeks.",
        "place": f"Canal house {next(_numbers)}",
        "channel": "web",
        "asked_at": at,
        "answer_due_at": at + timedelta(hours=24),
        "done_due_at": at + timedelta(hours=72),
        "answered_at": None if status == "new" else at,
        "placed_at": at if fields.get("task") else None,
        "served_at": at if status in ("served", "confirmed") else None,
        "confirmed_at": at if status == "confirmed" else None,
        "ended_at": at if ended else None,
        "reason": "We have nobody for this." if status == "declined" else "",
        **fields,
    }
    kind = type or make_help_kind()
    if status == "placed" and "task" not in values:
        values |= {"task": make_task(area=area, adopted_by=organization), "placed_at": at}
    if status == "merged" and "merged_into" not in values:
        values["merged_into"] = make_request(area=area, type=kind, organization=organization)
    request = HelpRequest.objects.create(
        area=area,
        county_id=area.county_id,
        type=kind,
        organization=organization,
        status=status,
        **values,
    )
    RequestEvent.objects.create(request=request, verb="asked", at=at)
    return request


def make_point(
    organization: Organization | None = None,
    *,
    area: Area | None = None,
    by: User | None = None,
    **fields: Any,
) -> RequestPoint:
    organization = organization or make_organization()
    values = {"place": f"Canal house {next(_numbers)}", "made_at": clock.now(), **fields}
    return RequestPoint.objects.create(
        organization=organization, area=area or organization.home_area, made_by=by or make_user(), **values
    )


def make_desk(organization: Organization, *, by: User | None = None) -> RequestDesk:
    """The organization looks at the requests of its areas."""
    return RequestDesk.objects.create(
        organization=organization, opened_at=clock.now(), opened_by=by or make_user()
    )
