"""What is typed into the forms of shifts."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from core import clock


def day(offset):
    return (timezone.localdate(clock.now()) + timedelta(days=offset)).isoformat()


RULES = {
    "notice_minutes": "0",
    "release_notice_minutes": "120",
    "party_most": "10",
    "has_waiting_list": "on",
    "handover_rule": "free",
    "claim_hours": "48",
    "warn_days": "3",
    "warn_hours": "12",
}


def role_fields(key=0, **changes):
    values = {"name": "Temperature", "seats_min": "4", "seats": "6", "min_age": "0", **changes}
    return {f"roles-{key}-{name}": value for name, value in values.items()}


def typed(**changes):
    values = {
        "kind": "fixed",
        "repeat": "once",
        "first_day": day(1),
        "other_days": "",
        "every": "1",
        "weekdays": ["0", "1", "2", "3", "4", "5", "6"],
        "last_day": "",
        "starts": "18:00",
        "ends": "22:00",
        "role": ["0"],
        **role_fields(),
        **RULES,
        "area": "桐庐县",
        "place": "Hushu North Road",
        "contact_name": "Zhao Qing",
        "contact_phone": "138 0000 0044",
        "step": "post",
    }
    return {**values, **changes}


def address(organization, task):
    return reverse("organization:post_shifts", args=[organization.code, task.code])
