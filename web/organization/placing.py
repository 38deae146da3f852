"""What the form of a new piece of work for residents' requests begins with."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, ngettext

from areas.models import Area
from core import clock
from organizations.models import Organization
from residents.models import HelpRequest
from tasks.models import Task, TaskTemplate


def work_values(requests: Sequence[HelpRequest], organization: Organization, by_name: str) -> dict[str, Any]:
    """What the form of a new piece of work begins with; nothing in it tells who asked."""
    first = requests[0]
    today = timezone.localdate(clock.now())
    days = [each.wanted_on for each in requests if each.wanted_on and each.wanted_on > today]
    people = sum(each.people for each in requests)
    place = first.place if len({each.place for each in requests}) == 1 else ""
    return {
        "type": first.type_id,
        "title": f"{first.type.name} · {place or _shared_area(requests).name}"[:120],
        "content": ngettext(
            "%(kind)s, for %(people)d person who asked for it.",
            "%(kind)s, for %(people)d people who asked for it.",
            people,
        )
        % {"kind": first.type.asked, "people": people},
        "area": _shared_area(requests),
        "place": place,
        "day": min(days, default=today + timedelta(days=1)),
        "starts": "09:00",
        "ends": "11:00",
        "people_needed": 1 if len(requests) == 1 else 2,
        "risks": _usual_risks(first.type_id, organization),
        "contact_name": by_name,
        "contact_phone": organization.contact_phone,
    }


def _usual_risks(kind: int, organization: Organization) -> str:
    """What the organization wrote when it last asked for this kind of work, else what a template of the kind says."""
    own = Task.objects.filter(issuer=organization, type=kind).exclude(risks="").order_by("-id")
    said = own.values_list("risks", flat=True).first()
    if said is not None:
        return said
    field = "risks_en" if (get_language() or "").startswith("en") else "risks_zh"
    templates = TaskTemplate.objects.filter(type=kind).exclude(**{field: ""}).order_by("id")
    return templates.values_list(field, flat=True).first() or ""


def _shared_area(requests: Sequence[HelpRequest]) -> Area:
    """The area that all of them lie in, among those of the requests and what holds the first."""
    shared = requests[0].area
    while shared.parent is not None and not all(shared.contains(each.area) for each in requests):
        shared = shared.parent
    return shared
