"""What is told of calls that organizations are asked by name to take on."""

from notifications.notices import Kind, Notice
from organizations.queries import leaders_of
from tasks.models import CallRequest
from tasks.notices.calls import CALL_SAMPLE, about_call, names_of, to_all

_ASKED = {
    **CALL_SAMPLE,
    "asker": {"zh": "鹿城区指挥部", "en": "Lucheng Command"},
    "organization": {"zh": "鹿城邻里互助会", "en": "Lucheng Neighbours"},
    "url": "/org/7KQ3MWXA/calls/8KQ34MWX/",
}
KINDS = (
    Kind("call_asked", _ASKED),
    Kind("call_declined", {**_ASKED, "reason": "这周人手都排满了。", "url": "/area/330302/calls/8KQ34MWX/"}),
)


def call_asked(request: CallRequest) -> list[Notice]:
    """To whoever leads the organization: an authority asks for it by name."""
    people = leaders_of([request.organization])
    url = f"/org/{request.organization.code}/calls/{request.task.code}/"
    return to_all(people, "call_asked", f"call-asked:{request.code}", {**_about(request), "url": url})


def call_declined(request: CallRequest) -> list[Notice]:
    """To whoever leads the authority, or the group, that asked: it cannot, and why."""
    people = leaders_of([request.asker])
    room = f"area/{request.task.area.code}" if request.asker.is_authority else f"org/{request.asker.code}"
    url = f"/{room}/calls/{request.task.code}/"
    context = {**_about(request), "reason": request.reason, "url": url}
    return to_all(people, "call_declined", f"call-declined:{request.code}", context)


def _about(request: CallRequest) -> dict[str, object]:
    return {
        **about_call(request.task),
        "asker": names_of(request.asker),
        "organization": names_of(request.organization),
    }
