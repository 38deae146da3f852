"""Requests that may be the same as another."""

from dataclasses import dataclass
from datetime import timedelta

from residents.models import HelpRequest
from residents.policies import ALIKE_FROM, DAYS_APART, KEEPS_OTHERS, Asked, Why, likeness

# How many of the same kind and county are compared: the latest of the days around.
COMPARED = 300


@dataclass(frozen=True)
class Alike:
    """A request that may be the same, how much speaks for it out of 100, and what."""

    request: HelpRequest
    score: int
    why: tuple[Why, ...]


def alike(request: HelpRequest, limit: int = 5) -> list[Alike]:
    """The requests most alike to this one, the best first: of the same kind and county, asked for within
    `DAYS_APART` days, and not ended. One statement, by the index "request_open_alike".

    The score is that of `residents.policies.likeness`: pairs of characters that both texts hold, place and time.
    """
    near = timedelta(days=DAYS_APART)
    others = (
        HelpRequest.objects.filter(
            county=request.county_id,
            type=request.type_id,
            status__in=KEEPS_OTHERS,
            asked_at__range=(request.asked_at - near, request.asked_at + near),
        )
        .exclude(pk=request.pk)
        .select_related("type", "area__parent__parent", "organization")
        .order_by("-asked_at")[:COMPARED]
    )
    own = asked(request)
    found = [Alike(other, *_scored(own, other)) for other in others]
    return sorted(
        (each for each in found if each.score >= ALIKE_FROM), key=lambda each: (-each.score, each.request.pk)
    )[:limit]


def asked(request: HelpRequest) -> Asked:
    """What is compared of a request."""
    return Asked(
        words=request.words,
        place=request.place,
        phone=request.phone,
        area=request.area_id,
        point=request.point_id,
        asked_at=request.asked_at,
        wanted_on=request.wanted_on,
    )


def _scored(own: Asked, other: HelpRequest) -> tuple[int, tuple[Why, ...]]:
    found = likeness(own, asked(other))
    return found.score, found.why
