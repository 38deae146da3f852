"""What the page of a seat shows of those who come along."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from tasks.models import Assignment
from tasks.queries.parties import companions_of
from web.volunteer.forms import FewerForm


def party_context(
    seat: Assignment, request: HttpRequest, *, bound: FewerForm | None = None
) -> dict[str, Any]:
    """`party` of somebody who keeps places for others, `came_with` of somebody for whom one was kept; a statement each."""
    if seat.status != Assignment.Status.ACTIVE:
        return {}
    if seat.came_with_id is not None:
        holder = Assignment.objects.live().filter(pk=seat.came_with_id).exclude(join_code=None)
        return {"came_with": holder.values_list("volunteer__user__name", flat=True).first() or ""}
    if not seat.join_code:
        return {}
    kept = seat.seats - 1
    # Without a language: each who opens it reads their own.
    path = reverse("public:party", args=[seat.join_code]).removeprefix(f"/{get_language()}")
    return {
        "party": {
            "join_code": seat.join_code,
            "address": request.build_absolute_uri(path),
            "kept": kept,
            "companions": [each.volunteer.user.name for each in companions_of(seat)],
            "fewer": (bound or FewerForm(initial={"seats": kept}, most=kept)) if kept else None,
        }
    }
