"""What is told of calls that nobody takes on."""

from datetime import datetime

from notifications.notices import Kind, Notice
from organizations.queries import leaders_of
from tasks.models import Escalation
from tasks.notices.calls import CALL_SAMPLE, about_call, names_of, to_all

_UP = {
    **CALL_SAMPLE,
    "authority": {"zh": "温州市指挥部", "en": "Wenzhou Command"},
    "waits_since": "2020-02-06T10:00:00Z",
    "url": "/area/3303/calls/8KQ34MWX/",
}
KINDS = (
    Kind("call_escalated", _UP),
    Kind("call_looked_after", {**_UP, "url": "/area/330302/calls/8KQ34MWX/"}),
)


def call_escalated(escalation: Escalation, waits_since: datetime) -> list[Notice]:
    """To the officials of the authority above: nobody takes this on."""
    authority = escalation.authority
    context = {
        **about_call(escalation.task),
        "authority": names_of(authority),
        "waits_since": waits_since,
        "url": f"/area/{authority.home_area.code}/calls/{escalation.task.code}/",
    }
    return to_all(leaders_of([authority]), "call_escalated", f"call-escalated:{escalation.pk}", context)


def call_looked_after(escalation: Escalation) -> list[Notice]:
    """To whoever asked for the work: the authority above looks after it."""
    task = escalation.task
    url = f"/area/{task.area.code}/calls/{task.code}/" if task.issuer.is_authority else "/home/"
    context = {
        **about_call(task),
        "authority": names_of(escalation.authority),
        "waits_since": escalation.escalated_at,
        "url": url,
    }
    people = leaders_of([task.issuer])
    return to_all(people, "call_looked_after", f"call-looked-after:{escalation.pk}", context)
