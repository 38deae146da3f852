"""Shifts that people can join."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Subquery
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import NoSuchThing
from api.v1.base import ApiView
from api.v1.described import CURSOR, described
from api.v1.paging import PAGE, cursor_after, page, read_cursor, read_moment
from api.v1.rows import shift_rows
from api.v1.serializers import ShiftPageSerializer, ShiftSerializer
from areas.models import Area
from core import clock
from tasks.models import Shift, Task
from tasks.queries.finding import fitting_ids
from tasks.queries.needs import joinable

WANTED = [
    OpenApiParameter("area", str, description="Code of an area: only what lies in it."),
    OpenApiParameter(
        "after", str, description="Only what begins after this time, such as 2026-02-06T18:00:00+08:00."
    ),
    OpenApiParameter(
        "eligible",
        bool,
        description="true: only what nothing forbids the person who asks, within their reach, up to some hundreds.",
    ),
    CURSOR,
]


class ShiftListView(ApiView):
    """Shifts ahead, the soonest first; those without a fixed time last."""

    @described(
        "list_shifts",
        "Shifts that people can still join",
        answers={200: ShiftPageSerializer},
        problems=("invalid", "no-volunteer"),
        parameters=WANTED,
    )
    def get(self, request: Request) -> Response:
        at = clock.now()
        shifts = _wanted(request, at)
        if _is_eligible_wanted(request):
            shifts = shifts.filter(pk__in=fitting_ids(self.volunteer, at))
        rows = shifts.select_related("task", "organization", "area").order_by(
            F("starts_at").asc(nulls_last=True), "pk"
        )
        answer = page(
            request,
            list(rows[: PAGE + 1]),
            cursor_of=lambda shift: cursor_after(shift.starts_at, shift.code),
            shown=shift_rows,
        )
        return Response(answer)


class ShiftView(ApiView):
    """One shift, whatever its state."""

    @described("read_shift", "One shift", answers={200: ShiftSerializer}, problems=("not-found",))
    def get(self, request: Request, code: str) -> Response:
        found = (
            Shift.objects.filter(code=code)
            .exclude(task__status=Task.Status.DRAFT)
            .select_related("task", "organization", "area")
        )
        rows = shift_rows(found)
        if not rows:
            raise NoSuchThing
        return Response(rows[0])


def _is_eligible_wanted(request: Request) -> bool:
    text = request.query_params.get("eligible", "false").lower()
    if text not in {"true", "false", ""}:
        raise ValidationError({"eligible": [gettext("Write true or false")]})
    return text == "true"


def _wanted(request: Request, at: datetime) -> QuerySet[Any]:
    shifts = joinable(at)
    if code := request.query_params.get("area"):
        area = Area.objects.filter(code=code).first()
        if area is None:
            raise ValidationError({"area": [gettext("There is no area with this code")]})
        shifts = shifts.filter(area__path__startswith=area.path)
        if area.county_id is not None:
            shifts = shifts.filter(county=area.county_id)
    if (after := read_moment(request, "after")) is not None:
        shifts = shifts.filter(starts_at__gt=after)
    if cursor := request.query_params.get("cursor"):
        shifts = shifts.filter(_beyond(*read_cursor(cursor)))
    return shifts


def _beyond(starts_at: datetime | None, code: str) -> Q:
    """What follows the row with this start and code."""
    last = Subquery(Shift.objects.filter(code=code).values("pk"))
    if starts_at is None:
        return Q(starts_at=None, pk__gt=last)
    return Q(starts_at__gt=starts_at) | Q(starts_at=starts_at, pk__gt=last) | Q(starts_at=None)
