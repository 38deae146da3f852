"""What a call says, as the form of the page gives it, from a template."""

from datetime import date
from typing import Any

from areas.models import Area
from operations.synthetic.calls import FROM_HOME
from operations.synthetic.words import STREETS, Street
from organizations.models import Organization
from tasks.actions.shifts import RoleWanted
from tasks.models import TaskTemplate

# Kinds of organizations that make calls public in every stage of the shipped playbook: requests are passed on to them.
TAKES_REQUESTS = (Organization.Kind.COMMUNITY, Organization.Kind.CBO)
CONTACT_NAME, CONTACT_PHONE = "值班员", "12345"
# Of the seats of a shift whose template requires something: so many for those who hold it, one at least; the others help.
NEEDS_SHARE = 0.4
ABLE, HELPING = "持证或熟手", "协助"
# A shift goes ahead from this share of its seats on.
LEAST_SHARE = 0.65


def values_of(
    template: TaskTemplate, area: Area, *, people: int, starts_on: date, ends_on: date, street: Street
) -> dict[str, Any]:
    """Values of `issue_call`, in Chinese with the template's English beside it."""
    return {
        "type": template.type,
        "area": area,
        "language": "zh-hans",
        "title": template.title_zh,
        "content": template.content_zh,
        "conditions": template.conditions_zh,
        "risks": template.risks_zh,
        "guarantees": template.guarantees_zh,
        "second_title": template.title_en,
        "second_content": template.content_en,
        "people_needed": people,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "is_remote": template.type.code in FROM_HOME,
        "place": f"{area.name_zh}{street.zh}一带",
        "address": f"{area.name_zh}{street.zh}，社区服务站门口",
        "contact_name": CONTACT_NAME,
        "contact_phone": CONTACT_PHONE,
        "requirements": list(template.requirements.all()),
    }


def street_at(share: float) -> Street:
    """One of the invented streets, by a draw from 0 to 1."""
    return STREETS[int(share * len(STREETS))]


def roles_of(template: TaskTemplate, seats: int) -> list[RoleWanted]:
    """Seats of one shift: those that need what the template requires, and hands beside them."""
    needed = list(template.requirements.all())
    if not needed or seats < 2:
        return [RoleWanted(seats_min=max(1, round(seats * LEAST_SHARE)), seats=seats, requirements=needed)]
    able = max(1, round(seats * NEEDS_SHARE))
    return [
        RoleWanted(ABLE, max(1, round(able * LEAST_SHARE)), able, requirements=needed),
        RoleWanted(HELPING, round((seats - able) * LEAST_SHARE), seats - able, requirements=[]),
    ]
